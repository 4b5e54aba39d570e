#include "support/talk.h"

#include <algorithm>

#include "base/time.h"
#include "model/packet.h"
#include "support/wire.h"

namespace parlance::test {
namespace {

using namespace tcp_flag;

constexpr int64_t kStart = 1'700'000'000 * kSecond;
constexpr int64_t kStep = kMillisecond;

class Conversation {
 public:
  Conversation(uint16_t client_port, uint16_t server_port) : ports_{client_port, server_port} {}

  void say(bool from_client, uint8_t flags, std::string_view octets = {}) {
    const size_t side = from_client ? 0 : 1;
    const std::string ends[] = {std::string("\x0a\0\0\x01", 4), std::string("\x0a\0\0\x02", 4)};
    Wire wire;
    wire.origin.nanoseconds = kStart + kStep * static_cast<int64_t>(frames_.size());
    wire.link = std::string("\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0", 14);
    wire.ip = ipv4_header(6, 0, ends[side], ends[1 - side]);
    wire.transport = be16(ports_[side]) + be16(ports_[1 - side]) + be32(next_[side]) +
                     be32((flags & kAck) != 0 ? next_[1 - side] : 0) + '\x50' +
                     static_cast<char>(flags) + be16(65535) + be32(0);
    wire.payload = octets;
    next_[side] += static_cast<uint32_t>(octets.size() + ((flags & (kSyn | kFin)) != 0 ? 1 : 0));
    frames_.push_back(wire.frame());
  }
  Frames frames() && { return std::move(frames_); }

 private:
  uint16_t ports_[2];
  uint32_t next_[2] = {1000, 5000};
  Frames frames_;
};

}  // namespace

Frames tcp_talk(uint16_t client_port, uint16_t server_port, const std::vector<Line>& lines) {
  Conversation talk(client_port, server_port);
  talk.say(true, kSyn);
  talk.say(false, kSyn | kAck);
  talk.say(true, kAck);
  for (const Line& line : lines) talk.say(line.from_client, kAck | kPush, line.octets);
  talk.say(true, kAck | kFin);
  talk.say(false, kAck | kFin);
  talk.say(true, kAck);
  return std::move(talk).frames();
}

Frames xmpp_talk(uint16_t client_port) {
  const std::string open =
      " xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
  return tcp_talk(client_port, 5222,
                  {{true, "<?xml version='1.0'?><stream:stream to='example.org'" + open},
                   {false, "<?xml version='1.0'?><stream:stream from='example.org' id='a1'" + open},
                   {false,
                    "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
                    "<mechanism>PLAIN</mechanism></mechanisms></stream:features>"},
                   {true, "</stream:stream>"},
                   {false, "</stream:stream>"}});
}

Frames mqtt_talk(uint16_t client_port) {
  // MQTT 3.1.1: CONNECT, CONNACK, SUBSCRIBE, SUBACK, DISCONNECT
  return tcp_talk(client_port, 1883,
                  {{true, std::string("\x10\x0e\0\x04MQTT\x04\x02\0\x3c\0\x02me", 16)},
                   {false, std::string("\x20\x02\0\0", 4)},
                   {true, std::string("\x82\x06\0\x01\0\x01t\0", 8)},
                   {false, std::string("\x90\x03\0\x01\0", 5)},
                   {true, std::string("\xe0\0", 2)}});
}

Frames joined(const std::vector<Frames>& talks) {
  Frames all;
  for (const Frames& each : talks) all.insert(all.end(), each.begin(), each.end());
  return all;
}

Frames interleaved(const std::vector<Frames>& talks) {
  Frames all;
  size_t longest = 0;
  for (const Frames& each : talks) longest = std::max(longest, each.size());
  for (size_t i = 0; i < longest; ++i) {
    for (const Frames& each : talks) {
      if (i < each.size()) all.push_back(each[i]);
    }
  }
  return all;
}

}  // namespace parlance::test
