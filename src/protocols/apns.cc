// What Apple's devices speak to their push service inside TLS (application protocol
// apns-security-v3), as published by those who wrote clients (pushproxy,
// doc/apple-push-protocol-ios5-lion.md; pypush, apns/protocol.py): messages of a command (1), a
// length (4, big-endian) and items of a type (1), a length (2, big-endian) and a value. The device
// sends 07, the service answers 08; 0a is a notification, 0b acknowledges it. Tokens and payloads
// are passed over.
#include <optional>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/support/verifier.h"

namespace parlance {
namespace {

constexpr uint8_t kConnect = 0x07, kConnected = 0x08;
constexpr uint8_t kLastItem = 0x3f;
constexpr uint8_t kStatusItem = 0x01;  // of 08, one octet
constexpr size_t kHeader = 5;
constexpr int kItemsAtMost = 256;

/// What a message's items are: nothing if they do not fill it exactly.
struct Items {
  int count = 0;
  bool status = false;  ///< the first is one octet of type 1
};
std::optional<Items> read_items(Bytes body) {
  Items items;
  ByteReader reader(body);
  while (reader.ok() && !reader.at_end() && items.count < kItemsAtMost) {
    const uint8_t type = reader.u8();
    const Bytes value = reader.bytes(reader.be16());
    if (!reader.ok() || type == 0 || type > kLastItem) return std::nullopt;
    if (++items.count == 1) items.status = type == kStatusItem && value.size() == 1;
  }
  return reader.at_end() && items.count > 0 ? std::optional(items) : std::nullopt;
}

class Apns : public Verifier {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    bool& read = read_[index(direction)];
    if (over() || read) return;
    InputBuffer& input = input_[index(direction)];
    const Bytes view = input.append(octets);
    ByteReader reader(view);
    const uint8_t command = reader.u8();
    const uint32_t length = reader.be32();
    if (command != (direction == Direction::to_server ? kConnect : kConnected)) {
      return leave("another first command", findings);
    }
    if (reader.ok() && length > findings.limits().message_octets) {
      return leave("a message too long", findings);
    }
    const Bytes body = reader.bytes(length);
    if (!reader.ok()) return input.consume(0);
    read = true;
    take(direction, body, view.first(kHeader), findings);
    input.consume(view.size());
  }

 private:
  void take(Direction direction, Bytes body, Bytes head, Findings& findings) {
    const auto items = read_items(body);
    if (!items) return leave("items do not fill the message", findings);
    const Place place{direction, 0, head};
    if (direction == Direction::to_client && !items->status) return leave("no status", findings);
    if (direction == Direction::to_server) {
      confirm(Strength::strong, "connect", place,
              "a command to connect whose items fill it exactly", findings);
    }
    if (!read_[0] || !read_[1]) return;
    prove("connected", place,
          "a command to connect and the answer with a status, the items of each fill it exactly",
          findings);
  }

  InputBuffer input_[2];
  bool read_[2] = {false, false};  ///< the first message was read
};

}  // namespace

extern const ParserModule kApns;
const ParserModule kApns{"apns", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                           return std::make_unique<Apns>();
                         }};

}  // namespace parlance
