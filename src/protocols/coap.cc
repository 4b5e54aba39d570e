// CoAP over UDP (RFC 7252): a header of four octets, a token, options coded by their differences,
// and after ff a payload. Proof is an answer with the message's number or its token; on the
// registered port a request that names a resource is a strong sign.
#include <algorithm>
#include <array>
#include <string>

#include "base/byte_reader.h"
#include "base/text.h"
#include "protocols/support/message_verifier.h"

namespace parlance {
namespace {

constexpr uint16_t kPort = 5683;
constexpr int kDatagramsAtMost = 32;
constexpr uint8_t kConfirmable = 0, kAcknowledgement = 2;
constexpr size_t kTokenToCompare = 2;  // a shorter one says too little
constexpr uint32_t kOptionAtMost = 65804;

struct CoapMessage {
  uint8_t kind = 0, code = 0;
  uint16_t number = 0;
  std::string token;
  int texts = 0;  ///< options that hold two characters or more
  bool is_request() const { return code >= 1 && code <= 7; }
  bool is_response() const { return code >= 64; }
};

/// A difference or length of an option (RFC 7252 section 3.1); false if it is reserved.
bool read_extended(ByteReader& reader, uint8_t nibble, uint32_t& value) {
  value = nibble;
  if (nibble == 13) value = 13U + reader.u8();
  if (nibble == 14) value = 269U + reader.be16();
  return nibble != 15 && reader.ok();
}

/// Uri-Host, Location-Path, Uri-Path, Uri-Query, Location-Query, Proxy-Uri and Proxy-Scheme
/// (section 5.10).
bool is_text_option(uint32_t option) {
  constexpr std::array<uint32_t, 7> kText = {3, 8, 11, 15, 20, 35, 39};
  return std::find(kText.begin(), kText.end(), option) != kText.end();
}

bool is_readable(Bytes text) {
  return is_utf8(text) && std::none_of(text.begin(), text.end(),
                                       [](uint8_t octet) { return octet < 0x20 || octet == 0x7f; });
}

bool read_options(ByteReader& reader, CoapMessage& message) {
  uint32_t option = 0;
  while (!reader.at_end()) {
    const uint8_t head = reader.u8();
    if (head == 0xff) return !reader.at_end();  // a payload must follow
    uint32_t difference = 0, length = 0;
    if (!read_extended(reader, head >> 4, difference)) return false;
    if (!read_extended(reader, head & 0x0f, length)) return false;
    const Bytes value = reader.bytes(length);
    option += difference;
    if (!reader.ok() || option > kOptionAtMost) return false;
    if (!is_text_option(option)) continue;
    if (!is_readable(value)) return false;
    message.texts += value.size() >= 2 ? 1 : 0;
  }
  return true;
}

bool read_message(Bytes datagram, CoapMessage& message) {
  ByteReader reader(datagram);
  const uint8_t first = reader.u8();
  message.kind = first >> 4 & 0x03;
  message.code = reader.u8();
  message.number = reader.be16();
  const size_t token = first & 0x0f;
  if (!reader.ok() || first >> 6 != 1 || token > 8) return false;
  message.token = as_text(reader.bytes(token));
  const uint8_t code_class = message.code >> 5;
  const bool known = message.code <= 7 || code_class == 2 || code_class == 4 || code_class == 5;
  if (!reader.ok() || !known) return false;
  if (message.code == 0) return token == 0 && reader.at_end();  // empty: a ping or its answer
  return read_options(reader, message);
}

class Coap : public MessageVerifier {
 private:
  void read(const Place& datagram, Findings& findings) override {
    CoapMessage message;
    if (read_message(datagram.octets, message)) {
      judge(message, head_of(datagram, 4), findings);
    } else if (best() == Strength::none) {
      return leave("no message whose options fit", findings);
    }
    if (++datagrams_ >= kDatagramsAtMost) leave("no answer to a request", findings);
  }

  void judge(CoapMessage& message, const Place& place, Findings& findings) {
    const CoapMessage& asked = asked_[index(opposite(place.direction))];
    const bool acknowledges = message.kind == kAcknowledgement && asked.kind == kConfirmable &&
                              message.number == asked.number;
    const bool same_token = message.token == asked.token;
    if (asked.is_request() && message.is_response() && same_token &&
        (acknowledges || message.token.size() >= kTokenToCompare)) {
      return prove("response", place, "a response with the number or the token of the request", findings);
    }
    const FiveTuple& flow = findings.flow();
    const bool own_port = flow.destination.port == kPort || flow.source.port == kPort;
    if (own_port && message.is_request() && message.texts > 0) {
      confirm(Strength::strong, "message", place,
              "a request for a named resource, its options fit, on the registered port", findings);
    }
    if (message.is_request()) asked_[index(place.direction)] = std::move(message);
  }

  CoapMessage asked_[2];
  int datagrams_ = 0;
};

}  // namespace

extern const ParserModule kCoap;
const ParserModule kCoap{"coap", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                           return std::make_unique<Coap>();
                         }};

}  // namespace parlance
