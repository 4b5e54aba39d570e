// How Mumble's clients ask servers, whether they are connected or not, for their load
// (mumble-protocol, "Ping packet"): twelve octets, answered by 24 that repeat the number asked
// with.
//
//   asks      00000000          number64
//   answered  version[4]        number64  users32  users at most32  bandwidth32
//
// The version is 0, major, minor and patch. Since 1.5 clients also ask in protocol buffers
// (MumbleUDP.proto), behind the octet 01:
//
//   asks      1: number  2: true
//   answered  1: number  3: version  4: users  5: users at most  6: bandwidth
//
// where the version is four numbers of 16 bits.
#include <optional>

#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"
#include "protocols/support/protobuf.h"
#include "protocols/support/recent.h"

namespace parlance {
namespace {

constexpr size_t kAskOctets = 12, kAnswerOctets = 24;
constexpr size_t kAskedAtOnce = 4;
constexpr int kDatagramsAtMost = 32;
constexpr uint32_t kUsersAtMost = 1'000'000;
constexpr uint32_t kBandwidthAtLeast = 8'000, kBandwidthAtMost = 100'000'000;  // bit/s

constexpr uint8_t kPingOfProtobuf = 0x01;

/// What both forms say.
struct Ping {
  uint64_t number = 0;
  bool asks = false;
  uint64_t major = 0, minor = 0;
  uint64_t users = 0, most = 0, bandwidth = 0;
};

Ping read_old_answer(Bytes octets) {
  ByteReader reader(octets);
  const uint32_t version = reader.be32();
  Ping ping;
  ping.number = reader.be64();
  ping.major = version >> 16;
  ping.minor = version >> 8 & 0xff;
  ping.users = reader.be32();
  ping.most = reader.be32();
  ping.bandwidth = reader.be32();
  return ping;
}

/// One whole message, no field of which is another's.
std::optional<Ping> read_protobuf(Bytes datagram) {
  if (datagram.empty() || datagram[0] != kPingOfProtobuf) return std::nullopt;
  ProtobufReader reader(datagram.subspan(1));
  Ping ping;
  ProtobufField field;
  while (reader.next(field)) {
    if (field.wire_type != 0) return std::nullopt;
    switch (field.number) {
      case 1:
        ping.number = field.value;
        break;
      case 2:
        ping.asks = field.value == 1;
        break;
      case 3:
        ping.major = field.value >> 48;
        ping.minor = field.value >> 32 & 0xffff;
        break;
      case 4:
        ping.users = field.value;
        break;
      case 5:
        ping.most = field.value;
        break;
      case 6:
        ping.bandwidth = field.value;
        break;
      default:
        return std::nullopt;
    }
  }
  return reader.failed() ? std::nullopt : std::optional(ping);
}

class MumblePing : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    const Bytes octets = message.octets;
    const bool client = message.direction == Direction::to_server;
    const auto ping = read_protobuf(octets);
    if (client && octets.size() == kAskOctets) take_question(octets);
    if (client && ping && ping->asks) ask(ping->number);
    const bool answered = octets.size() == kAnswerOctets && answers(read_old_answer(octets));
    if (!client && (answered || (ping && !ping->asks && answers(*ping)))) {
      return prove("ping", message,
                   "a ping of a random number, answered with it, a version, and users and "
                   "bandwidth within bounds",
                   findings);
    }
    if (++datagrams_ >= kDatagramsAtMost) leave("no ping that was answered", findings);
  }

  void take_question(Bytes octets) {
    ByteReader reader(octets);
    if (reader.be32() == 0) ask(reader.be64());
  }

  void ask(uint64_t number) {
    // Neither small nor padded: an echo is to say something.
    if (number >> 32 == 0 || (number & UINT32_MAX) == 0) return;
    asked_.remember(number);
  }

  bool answers(const Ping& ping) const {
    return asked_.holds(ping.number) && ping.major >= 1 && ping.major <= 2 && ping.minor <= 20 &&
           ping.users <= ping.most && ping.most <= kUsersAtMost &&
           ping.bandwidth >= kBandwidthAtLeast && ping.bandwidth <= kBandwidthAtMost;
  }

  Recent<uint64_t, kAskedAtOnce> asked_;
  int datagrams_ = 0;
};

}  // namespace

extern const ParserModule kMumblePing;
const ParserModule kMumblePing{
    "mumble_ping", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<MumblePing>(); }};

}  // namespace parlance
