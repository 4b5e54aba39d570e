// Socket.IO (protocol versions 4 and 5) inside Engine.IO messages: a digit for the type, an
// optional namespace and a comma, an optional acknowledgement number, and a JSON payload
// (https://github.com/socketio/socket.io-protocol).
#include <optional>

#include "protocols/parser.h"
#include "protocols/support/json_scan.h"

namespace parlance {
namespace {

constexpr size_t kMessages = 16;

struct Packet {
  char type = 0;  ///< 0 connect, 1 disconnect, 2 event, 3 ack, 4 error, 5 and 6 with binary parts
  std::string_view payload;
};

std::optional<Packet> read_packet(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '6') return std::nullopt;
  Packet packet{text.front(), text.substr(1)};
  const auto skip_digits = [&] {
    while (!packet.payload.empty() && packet.payload.front() >= '0' &&
           packet.payload.front() <= '9') {
      packet.payload.remove_prefix(1);
    }
  };
  if (packet.type >= '5') {  // the number of binary parts and a hyphen
    skip_digits();
    if (packet.payload.empty() || packet.payload.front() != '-') return std::nullopt;
    packet.payload.remove_prefix(1);
  }
  if (!packet.payload.empty() && packet.payload.front() == '/') {
    const size_t comma = packet.payload.find(',');
    packet.payload =
        comma == std::string_view::npos ? std::string_view{} : packet.payload.substr(comma + 1);
  }
  skip_digits();
  return packet;
}

bool is_event(const Packet& packet) {
  if (packet.type != '2' && packet.type != '5') return false;
  const auto scan = JsonScan::read(packet.payload);
  return scan && scan->type() == JsonType::array && scan->size() > 0 &&
         scan->members().front().type == JsonType::string;
}

bool is_connect(const Packet& packet) {
  if (packet.type != '0') return false;
  return packet.payload.empty() || JsonScan::read(packet.payload).has_value();
}

class SocketIo : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    const uint64_t offset = offsets_[index(direction)];
    offsets_[index(direction)] += octets.size();
    const auto packet = read_packet(as_text(octets));
    if (packet) look(direction, *packet, {direction, offset, octets}, findings);
    if (proven_) return findings.finish();
    if (++messages_ < kMessages) return;
    if (connected_ || events_ > 0) {
      findings.finish();
    } else {
      findings.refute("no packet of its kind");
    }
  }
  void gap(Direction direction, uint64_t length, Findings&) override {
    offsets_[index(direction)] += length;
  }

 private:
  /// What an event holds, and a session's identifier, are not shown.
  void look(Direction, const Packet& packet, Place place, Findings& findings) {
    const auto before = static_cast<size_t>(packet.payload.data() - as_text(place.octets).data());
    place.octets = first_of(place.octets, packet.payload.empty() ? 1 : before + 1);

    const auto scan = is_connect(packet) ? JsonScan::read(packet.payload) : std::nullopt;
    // Engine.IO's own open packet looks alike and says more.
    if (scan && scan->find("pingTimeout") != nullptr) return;
    if (scan && scan->find("sid", JsonType::string) != nullptr) {
      proven_ = true;
      findings.confirm(Strength::proof, "connect", place, "a connect packet with its sid");
      return;
    }
    connected_ |= is_connect(packet);
    if (!is_event(packet)) return;
    ++events_;
    if (connected_) {
      proven_ = true;
      findings.confirm(Strength::proof, "event", place, "an event behind a connect packet");
    } else if (events_ == 1) {
      findings.confirm(Strength::strong, "event", place,
                       "an event: a JSON array that begins with its name");
    }
  }

  uint64_t offsets_[2] = {0, 0};
  bool connected_ = false, proven_ = false;
  int events_ = 0;
  size_t messages_ = 0;
};

}  // namespace

extern const ParserModule kSocketio;
const ParserModule kSocketio{
    "socketio", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<SocketIo>(); }};

}  // namespace parlance
