// LDAP (RFC 4511) on TCP and inside TLS: messages in BER, SEQUENCE { number, operation, … }, each
// answer with the number of its request. After a granted StartTLS (section 4.14) TLS begins at the
// next octet. A connection that goes on with SASL's own layer (section 5.1.2) is read up to there.
#include <algorithm>
#include <optional>

#include "base/byte_reader.h"
#include "protocols/support/recent.h"
#include "protocols/support/switching_parser.h"

namespace parlance {
namespace {

constexpr uint8_t kSequence = 0x30, kInteger = 0x02, kEnumerated = 0x0a;
constexpr uint8_t kExtendedRequest = 0x77, kExtendedResponse = 0x78;  // [APPLICATION 23] and 24
constexpr uint8_t kRequestName = 0x80;
constexpr std::string_view kStartTls = "1.3.6.1.4.1.1466.20037";
constexpr int kMessagesAtMost = 64;  // of both sides; later messages say nothing new

struct Element {
  uint8_t tag = 0;
  bool definite = true;  ///< its length has the form that LDAP asks for (RFC 4511 section 5.1)
  Bytes content;
};

/// The next element; a length of up to four octets.
Element read_element(ByteReader& reader) {
  Element element;
  element.tag = reader.u8();
  size_t length = reader.u8();
  if (length >= 0x80) {
    const size_t octets = length & 0x7f;
    element.definite = octets > 0 && octets <= 4;
    if (!element.definite) return element;
    length = 0;
    for (ByteReader digits(reader.bytes(octets)); !digits.at_end();)
      length = length << 8 | digits.u8();
  }
  element.content = reader.bytes(length);
  return element;
}

struct Message {
  uint32_t number = 0;
  uint8_t operation = 0;
  Bytes content;  ///< of the operation
};

std::optional<Message> read_message(Bytes content) {
  ByteReader reader(content);
  const Element number = read_element(reader);
  const Element operation = read_element(reader);
  if (!reader.ok() || !operation.definite || number.tag != kInteger || number.content.empty() ||
      number.content.size() > 4) {
    return std::nullopt;
  }
  Message message;
  for (const uint8_t octet : number.content) message.number = message.number << 8 | octet;
  message.operation = operation.tag;
  message.content = operation.content;
  return message;
}

/// What the octets at the front are: a whole message, the start of one, or none.
enum class Front : uint8_t { whole, part, other };

Front read_front(Bytes octets, size_t at_most, Element& element, size_t& size) {
  ByteReader reader(octets);
  element = read_element(reader);
  size = reader.position();
  if (octets.empty()) return Front::part;
  if (octets[0] != kSequence || !element.definite) return Front::other;
  if (reader.ok()) return Front::whole;
  return octets.size() > at_most ? Front::other : Front::part;
}

/// Operations of clients, and the answer to each: bind, search, modify, add, delete, rename,
/// compare, extended. A search has entries and references first.
bool answers(uint8_t operation, uint8_t request) {
  switch (request) {
    case 0x60:
      return operation == 0x61;
    case 0x63:
      return operation == 0x64 || operation == 0x65 || operation == 0x73;
    case 0x66:
    case 0x68:
    case 0x6c:
    case 0x6e:
      return operation == request + 1;
    case 0x4a:
      return operation == 0x6b;
    case kExtendedRequest:
      return operation == kExtendedResponse;
    default:
      return false;
  }
}

bool asks_for_tls(const Message& message) {
  if (message.operation != kExtendedRequest) return false;
  ByteReader reader(message.content);
  const Element name = read_element(reader);
  return reader.ok() && name.tag == kRequestName && as_text(name.content) == kStartTls;
}

/// An answer's result is 0: success.
bool is_success(const Message& message) {
  ByteReader reader(message.content);
  const Element result = read_element(reader);
  return reader.ok() && result.tag == kEnumerated && result.content.size() == 1 &&
         result.content[0] == 0;
}

class Ldap : public SwitchingParser {
 private:
  struct Asked {
    uint32_t number = 0;
    uint8_t operation = 0;
  };

  void read_opening(Direction direction, Bytes octets, Findings& findings) override {
    InputBuffer& kept = input(direction);
    const Bytes view = kept.append(octets);
    size_t used = 0;
    // What a client sends behind its request for TLS waits for the answer.
    while (reading() && (!tls_ || direction == Direction::to_client)) {
      Element element;
      size_t size = 0;
      const Front front =
          read_front(view.subspan(used), findings.limits().message_octets, element, size);
      if (front == Front::part) break;
      const auto message = front == Front::whole ? read_message(element.content) : std::nullopt;
      if (!message) {
        leave("no chain of LDAP messages", findings);
        break;
      }
      const Place place{direction, kept.offset() + used,
                        view.subspan(used, std::min<size_t>(size, 8))};
      take(*message, place, findings);
      used += size;
    }
    kept.consume(used);
    if (tls_ && kept.kept() > findings.limits().head_octets) leave("no answer", findings);
  }

  void take(const Message& message, const Place& place, Findings& findings) {
    if (++messages_ > kMessagesAtMost) return leave("many messages and no answer", findings);
    if (place.direction == Direction::to_server) {
      asked_.remember({message.number, message.operation});
      if (asks_for_tls(message)) tls_ = message.number;
      return;
    }
    const auto asks = [&](const Asked& each) {
      return each.number == message.number && answers(message.operation, each.operation);
    };
    if (asked_.find(asks) != nullptr) take_answer(message, place, findings);
  }

  void take_answer(const Message& message, const Place& place, Findings& findings) {
    if (!confirmed()) {
      confirm(Strength::proof, "answer", place,
              "an operation's answer, with the number of the request", findings);
    }
    if (message.number != tls_ || message.operation != kExtendedResponse) return;
    tls_.reset();
    if (!is_success(message)) return;
    confirm(Strength::proof, "starttls", place, "the server agrees to the client's request for TLS",
            findings);
    switch_to_tls("ldap", findings);
  }

  Recent<Asked, 8> asked_;
  int messages_ = 0;
  std::optional<uint32_t> tls_;  ///< the number of a request for TLS that waits for its answer
};

}  // namespace

extern const ParserModule kLdap;
const ParserModule kLdap{"ldap", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                           return std::make_unique<Ldap>();
                         }};

}  // namespace parlance
