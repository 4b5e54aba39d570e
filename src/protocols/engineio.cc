// Engine.IO versions 3 and 4, the transport under Socket.IO: each packet is a digit and what it
// carries (https://github.com/socketio/engine.io-protocol). Over WebSocket a packet is a message.
// Over HTTP polling a body holds several: version 4 puts 1E between them, version 3 their length
// and a colon in front. The messages (type 4) are a channel of their own.
#include <algorithm>
#include <optional>

#include "protocols/support/json_scan.h"
#include "protocols/support/verifier.h"

namespace parlance {
namespace {

constexpr char kSeparator = '\x1e';
constexpr size_t kPacketsPerBody = 64;
constexpr int kUndecided = 24;  // packets after which a connection without proof is left

enum PacketType : char {
  open_packet = '0',
  ping = '2',
  pong = '3',
  message_packet = '4',
  noop = '6'
};

bool is_open_packet(std::string_view packet) {
  if (packet.empty() || packet.front() != open_packet) return false;
  const auto scan = JsonScan::read(packet.substr(1));
  return scan && scan->find("sid", JsonType::string) != nullptr &&
         scan->find("upgrades", JsonType::array) != nullptr &&
         scan->find("pingTimeout", JsonType::number) != nullptr;
}

// "12:4..." of version 3 polling: takes one packet off the front of `body`. The length counts
// characters, not octets; it is met exactly only by ASCII, which is all that is needed here.
std::optional<std::string_view> take_counted(std::string_view& body) {
  const size_t colon = body.substr(0, 8).find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  size_t length = 0;
  for (const char c : body.substr(0, colon)) {
    if (c < '0' || c > '9') return std::nullopt;
    length = length * 10 + static_cast<size_t>(c - '0');
  }
  if (length > body.size() - colon - 1) return std::nullopt;
  const std::string_view packet = body.substr(colon + 1, length);
  body.remove_prefix(colon + 1 + length);
  return packet;
}

class EngineIo : public Verifier {
 public:
  explicit EngineIo(const Start& start) : polling_(start.carrier == Carrier::http) {}

  void data(Direction direction, Bytes octets, Findings& findings) override {
    const uint64_t offset = offsets_[index(direction)];
    offsets_[index(direction)] += octets.size();
    if (octets.empty()) return;
    if (polling_) return body(direction, offset, as_text(octets), findings);
    packet(direction, {direction, offset, octets}, findings);
  }

  // A message of which only the head came is no reason to give up the connection.
  void gap(Direction direction, uint64_t length, Findings& findings) override {
    offsets_[index(direction)] += length;
    if (inner_) findings.deliver_gap(*inner_, direction, length);
  }

 private:
  void body(Direction direction, uint64_t offset, std::string_view body, Findings& findings) {
    const size_t size = body.size();
    for (size_t i = 0; i < kPacketsPerBody && !body.empty() && !over(); ++i) {
      const uint64_t at = offset + size - body.size();
      if (const auto counted = take_counted(body)) {
        packet(direction, {direction, at, as_bytes(*counted)}, findings);
        continue;
      }
      const size_t end = body.find(kSeparator);
      packet(direction, {direction, at, as_bytes(body.substr(0, end))}, findings);
      body = end == std::string_view::npos ? std::string_view{} : body.substr(end + 1);
    }
  }

  void packet(Direction direction, const Place& place, Findings& findings) {
    const std::string_view text = as_text(place.octets);
    const char type = text.empty() ? '\0' : text.front();
    const bool is_packet = type >= open_packet && type <= noop;
    if (best() == Strength::none && !is_packet) {
      // Over HTTP other bodies stand between; over WebSocket there is nothing else.
      if (!polling_ || ++undecided_ > kUndecided) leave("no packet type", findings);
      return;
    }
    if (is_packet) judge(direction, type, text, place, findings);
    if (type == message_packet) return deliver(direction, place.octets.subspan(1), findings);
    // What is no packet is the binary part of the message before it.
    if (!is_packet && !polling_) deliver(direction, place.octets, findings);
    if (best() == Strength::none && ++undecided_ > kUndecided) leave("nothing of its own", findings);
  }

  void judge(Direction direction, char type, std::string_view text, const Place& place,
             Findings& findings) {
    if (best() < Strength::proof && is_open_packet(text)) {
      // The sid lets anyone into the session: it is not shown.
      const Place shown{place.direction, place.offset, first_of(place.octets, 2)};
      return confirm(Strength::proof, "open-packet", shown,
                     "an open packet with sid, upgrades and pingTimeout", findings);
    }
    if (text == "2probe" || text == "3probe") probes_[index(direction)] = type;
    if (text == "2" || text == "3") beats_[index(direction)] = type;
    const Direction other = opposite(direction);
    if (best() < Strength::proof && probes_[0] != 0 && probes_[1] != 0 && probes_[0] != probes_[1]) {
      return confirm(Strength::proof, "probe", place, "2probe was answered with 3probe", findings);
    }
    if (best() == Strength::none && type == pong && beats_[index(direction)] == pong &&
        beats_[index(other)] == ping && messages_ > 0) {
      confirm(Strength::strong, "heartbeat", place, "a ping answered with a pong, and messages",
              findings);
    }
  }

  void deliver(Direction direction, Bytes payload, Findings& findings) {
    ++messages_;
    if (best() == Strength::none) {
      // "42[" midstream: what is inside tells more than the digit before it.
      if (payload.size() < 3 || payload[0] != '2' || payload[1] != '[' || payload[2] != '"') return;
      if (!JsonScan::read(as_text(payload.subspan(1)))) return;
      const uint64_t offset = offsets_[index(direction)] - payload.size();
      confirm(Strength::strong, "message-packet", {direction, offset, payload.first(2)},
              "a message packet with a Socket.IO event: 42 and a JSON array", findings);
    }
    if (payload.empty()) return;
    if (!inner_) inner_ = findings.open(Carrier::websocket, Unit::message);
    if (findings.listening(*inner_)) {
      findings.deliver(*inner_, direction, payload);
    } else if (best() == Strength::proof) {
      leave({}, findings);
    }
  }

  bool polling_;
  uint64_t offsets_[2] = {0, 0};
  char probes_[2] = {0, 0};
  char beats_[2] = {0, 0};
  int messages_ = 0;
  int undecided_ = 0;
  std::optional<ChannelId> inner_;
};

}  // namespace

extern const ParserModule kEngineio;
const ParserModule kEngineio{"engineio", Unit::message,
                             [](const Start& start) -> std::unique_ptr<Parser> {
                               return std::make_unique<EngineIo>(start);
                             }};

}  // namespace parlance
