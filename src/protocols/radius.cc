// RADIUS (RFC 2865, 2866, 5176): a code, a number, the length, an authenticator, and attributes
// that fill the rest. Proof is an answer with the number of a request; on the registered ports one
// message is a strong sign. Attributes hold users and passwords: the header alone is shown.
#include <array>

#include <fmt/format.h>

#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"

namespace parlance {
namespace {

constexpr size_t kHeader = 20;
constexpr size_t kLongest = 4096;  // RFC 2865 section 3
constexpr int kDatagramsAtMost = 32;
constexpr std::array<uint16_t, 6> kPorts = {1812, 1813, 1645, 1646, 3799, 1700};

struct RadiusMessage {
  uint8_t code = 0, number = 0;
  int attributes = 0;
};

bool read_message(Bytes datagram, RadiusMessage& message) {
  ByteReader reader(datagram);
  message.code = reader.u8();
  message.number = reader.u8();
  const size_t length = reader.be16();
  if (!reader.ok() || length != datagram.size() || length < kHeader || length > kLongest)
    return false;
  reader.skip(16);
  while (!reader.at_end()) {
    const uint8_t type = reader.u8();
    const uint8_t size = reader.u8();
    if (type == 0 || size < 3) return false;
    reader.skip(size - 2U);
    if (!reader.ok()) return false;
    ++message.attributes;
  }
  return true;
}

bool is_request(uint8_t code) {
  return code == 1 || code == 4 || code == 12 || code == 40 || code == 43;
}

bool answers(uint8_t answer, uint8_t request) {
  switch (request) {
    case 1:
      return answer == 2 || answer == 3 || answer == 11;
    case 4:
      return answer == 5;
    case 12:
      return answer == 2 || answer == 5;
    case 40:
      return answer == 41 || answer == 42;
    case 43:
      return answer == 44 || answer == 45;
    default:
      return false;
  }
}

bool is_registered(uint16_t port) {
  for (const uint16_t each : kPorts) {
    if (port == each) return true;
  }
  return false;
}

class Radius : public MessageVerifier {
 private:
  void read(const Place& datagram, Findings& findings) override {
    RadiusMessage message;
    if (read_message(datagram.octets, message)) {
      judge(message, head_of(datagram, kHeader), findings);
    } else if (best() == Strength::none) {
      return leave("no message that its attributes fill", findings);
    }
    if (++datagrams_ >= kDatagramsAtMost) leave("no answer to a request", findings);
  }

  void judge(const RadiusMessage& message, const Place& place, Findings& findings) {
    const RadiusMessage& asked = last_[index(opposite(place.direction))];
    if (asked.code != 0 && message.number == asked.number && answers(message.code, asked.code)) {
      return prove("answer", place,
                   fmt::format("code {} answers code {} with the same number; attributes fill both", message.code,
                               asked.code),
                   findings);
    }
    if (is_request(message.code)) last_[index(place.direction)] = message;
    const FiveTuple& flow = findings.flow();
    const bool own_port = is_registered(flow.destination.port) || is_registered(flow.source.port);
    if (!own_port || message.attributes == 0 || message.code > 45) return;
    confirm(Strength::strong, "message", place, "a message that its attributes fill, on a registered port", findings);
  }

  RadiusMessage last_[2];
  int datagrams_ = 0;
};

}  // namespace

extern const ParserModule kRadius;
const ParserModule kRadius{"radius", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                             return std::make_unique<Radius>();
                           }};

}  // namespace parlance
