// SIP in messages: UDP datagrams (RFC 3261) and WebSocket messages (RFC 7118). Keep-alives (empty
// lines, zeros, a word of some vendor, STUN) stand between them and are passed over.
#include "protocols/parser.h"
#include "protocols/support/sip_dialogue.h"
#include "protocols/support/sip_message.h"

namespace parlance {
namespace {

constexpr int kOthersAtMost = 40;       // before the first message
constexpr int kDatagramsAtMost = 1000;  // looked at in all

class Sip : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    const uint64_t offset = offset_[index(direction)];
    offset_[index(direction)] += octets.size();
    if (++datagrams_ > kDatagramsAtMost) return end_reading(findings);

    const size_t leading = leading_line_ends(octets);
    const std::string_view text = as_text(octets.subspan(leading));
    const size_t whole = sip_head_size(text);
    const std::string_view first = text.substr(0, whole == 0 ? text.size() : whole);
    const SipHead head = read_sip_head(first, findings.limits().header_fields);
    if (head.kind == SipHead::Kind::none && !head.has_own_fields()) {
      if (++others_ > kOthersAtMost && !dialogue_.confirmed()) end_reading(findings);
      return;
    }
    dialogue_.take(head, as_bytes(text.substr(first.size())),
                   {direction, offset + leading, as_bytes(first)}, findings);
  }

  void gap(Direction, uint64_t, Findings&) override {}  // each message stands for itself

 private:
  static size_t leading_line_ends(Bytes octets) {
    size_t count = 0;
    while (count < octets.size() && count < 8 && (octets[count] == '\r' || octets[count] == '\n')) {
      ++count;
    }
    return count;
  }
  void end_reading(Findings& findings) {
    over_ = true;
    if (dialogue_.confirmed()) {
      findings.finish();
    } else {
      findings.refute("many messages and none of SIP among them");
    }
  }

  SipDialogue dialogue_;
  uint64_t offset_[2] = {0, 0};
  int datagrams_ = 0;
  int others_ = 0;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kSip;
const ParserModule kSip{"sip", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                          return std::make_unique<Sip>();
                        }};

}  // namespace parlance
