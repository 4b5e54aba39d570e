// NetBIOS name service (RFC 1002 section 4.2): DNS's layout on port 137 with types of its own and
// names in 32 half-octet letters.
#include <array>

#include "protocols/support/dns_parser.h"

namespace parlance {
namespace {

constexpr uint16_t kName = 0x20, kStatus = 0x21;  // NB and NBSTAT
constexpr size_t kEncodedName = 32;

/// RFC 1001 section 14.1: each octet of the name as two letters from 'A' to 'P'; a scope may
/// follow.
bool is_encoded(const std::string& name) {
  if (name.size() < kEncodedName) return false;
  for (size_t i = 0; i < kEncodedName; ++i) {
    if (name[i] < 'a' || name[i] > 'p') return false;  // the reader made them lower case
  }
  return name.size() == kEncodedName || name[kEncodedName] == '.';
}

class Nbns : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    const Place place{direction, offset_[index(direction)], octets};
    offset_[index(direction)] += octets.size();
    const auto message = read_dns_message(octets, findings.limits().dns_names);
    const bool asks = message && !message->questions.empty() && is_question(message->questions[0]);
    if (asks) {
      findings.confirm(Strength::proof, "query", place,
                       "a NetBIOS name query that ends exactly with its datagram");
      return findings.finish();
    }
    // Responses have no question; alone they are not told from others.
    if (!message || !message->response || !uses_port(findings, dns_port::kNbns)) {
      findings.refute("no NetBIOS name message");
    }
  }
  void gap(Direction direction, uint64_t length, Findings&) override {
    offset_[index(direction)] += length;
  }

 private:
  static bool is_question(const DnsQuestion& question) {
    return (question.type == kName || question.type == kStatus) && is_encoded(question.name);
  }

  std::array<uint64_t, 2> offset_{};
};

}  // namespace

extern const ParserModule kNbns;
const ParserModule kNbns{"nbns", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                           return std::make_unique<Nbns>();
                         }};

}  // namespace parlance
