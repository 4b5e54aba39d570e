// NTP (RFC 5905), also its simple clients (RFC 4330) and older versions: 48 octets, maybe
// extensions and a checksum. Proof is an answer that gives back the time which the request bore; on
// the registered port plausible fields are a strong sign.
#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"

namespace parlance {
namespace {

constexpr uint16_t kPort = 123;
constexpr size_t kHeader = 48;
constexpr size_t kLongest = 1024;
constexpr int kDatagramsAtMost = 16;
constexpr uint8_t kServer = 4, kSymmetricActive = 1, kSymmetricPassive = 2;

struct NtpMessage {
  uint8_t version = 0, mode = 0;
  uint64_t origin = 0, transmit = 0;
};

bool read_message(Bytes datagram, NtpMessage& message) {
  if (datagram.size() < kHeader || datagram.size() > kLongest || datagram.size() % 4 != 0)
    return false;
  ByteReader reader(datagram);
  const uint8_t first = reader.u8();
  message.version = first >> 3 & 0x07;
  message.mode = first & 0x07;
  const uint8_t stratum = reader.u8();
  const auto poll = static_cast<int8_t>(reader.u8());
  const auto precision = static_cast<int8_t>(reader.u8());
  const uint16_t root_delay = reader.be16();  // whole seconds
  reader.skip(2);
  const uint16_t root_dispersion = reader.be16();
  reader.skip(2 + 4 + 8);  // its fraction, reference identifier and time
  message.origin = reader.be64();
  reader.skip(8);  // time of receipt
  message.transmit = reader.be64();
  return message.version >= 1 && message.version <= 4 && message.mode >= 1 && message.mode <= 5 &&
         stratum <= 16 && poll >= -8 && poll <= 17 && precision <= 0 && precision >= -32 &&
         root_delay < 32 && root_dispersion < 64 && message.transmit != 0;
}

class Ntp : public MessageVerifier {
 private:
  void read(const Place& datagram, Findings& findings) override {
    NtpMessage message;
    if (read_message(datagram.octets, message)) {
      judge(message, head_of(datagram, kHeader), findings);
    } else if (best() == Strength::none) {
      return leave("fields out of their ranges", findings);
    }
    if (++datagrams_ >= kDatagramsAtMost) leave("no answer to a request", findings);
  }

  void judge(const NtpMessage& message, const Place& place, Findings& findings) {
    const uint64_t asked = transmit_[index(opposite(place.direction))];
    const bool answers = message.mode == kServer || message.mode == kSymmetricPassive ||
                         message.mode == kSymmetricActive;
    if (answers && asked != 0 && message.origin == asked) {
      findings.note("ntp.version", static_cast<int64_t>(message.version));
      return prove("answer", place, "an answer that gives back the time of the request", findings);
    }
    transmit_[index(place.direction)] = message.transmit;
    const FiveTuple& flow = findings.flow();
    if (best() != Strength::none || (flow.destination.port != kPort && flow.source.port != kPort)) return;
    confirm(Strength::strong, "message", place, "fields in their ranges in 48 octets on the registered port", findings);
    findings.note("ntp.version", static_cast<int64_t>(message.version));
  }

  uint64_t transmit_[2] = {0, 0};
  int datagrams_ = 0;
};

}  // namespace

extern const ParserModule kNtp;
const ParserModule kNtp{"ntp", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                          return std::make_unique<Ntp>();
                        }};

}  // namespace parlance
