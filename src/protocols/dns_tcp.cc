// DNS over a stream, TCP or TLS: each message after its length in two octets (RFC 1035
// section 4.2.2, RFC 7858).
#include <array>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/support/dns_parser.h"

namespace parlance {
namespace {

constexpr size_t kShortest = 12;  // a header

class DnsTcp : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_ || lost_[index(direction)]) return;
    InputBuffer& input = inputs_[index(direction)];
    const Bytes view = input.append(octets);
    size_t used = 0;
    while (!over_) {
      ByteReader reader(view.subspan(used));
      const uint16_t length = reader.be16();
      if (!reader.ok()) break;
      if (length < kShortest) {
        give_up(findings);
        break;
      }
      const Bytes message = reader.bytes(length);
      if (!reader.ok()) break;
      const Place place{direction, input.offset() + used, view.subspan(used, length + 2U)};
      if (reporter_.read(message, place, findings)) {
        found_ = true;
      } else {
        give_up(findings);
      }
      used += length + 2U;
    }
    input.consume(over_ ? view.size() : used);
  }

  void gap(Direction direction, uint64_t, Findings& findings) override {
    lost_[index(direction)] = true;
    if (!lost_[index(opposite(direction))]) return;
    over_ = true;
    findings.finish();
  }

 private:
  void give_up(Findings& findings) {
    over_ = true;
    if (found_) {
      findings.finish();
    } else {
      findings.refute("no DNS message after a length of two octets");
    }
  }

  DnsReporter reporter_{true};
  std::array<InputBuffer, 2> inputs_;
  std::array<bool, 2> lost_{};
  bool found_ = false;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kDnsTcp;
const ParserModule kDnsTcp{"dns_tcp", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                             return std::make_unique<DnsTcp>();
                           }};

}  // namespace parlance
