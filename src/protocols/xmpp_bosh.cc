// XMPP over HTTP long polling (BOSH, XEP-0124 and XEP-0206): the body of each request and response
// is one <body/> in BOSH's namespace, stanzas its children. Responses are often empty bodies, and
// sometimes HTML of a proxy; neither says anything against it.
#include <memory>

#include "protocols/parser.h"
#include "protocols/support/xmpp_record.h"
#include "protocols/support/xmpp_stream.h"

namespace parlance {
namespace {

constexpr size_t kStrange = 16;  // messages that are no BOSH body

class XmppBosh : public Parser {
 public:
  explicit XmppBosh(const Start& start) : usable_(start.carrier == Carrier::http) {}

  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (!usable_) return findings.finish();
    uint64_t& position = offsets_[index(direction)];
    const uint64_t offset = position;
    position += octets.size();
    if (octets.empty()) return;

    XmppStream stream(direction, XmppStream::Framing::bosh, findings.limits());
    size_t used = 0;
    while (used < octets.size()) {
      const size_t step = stream.step(octets.subspan(used), offset + used, record_, findings);
      if (step == 0) break;
      used += step;
    }
    if (record_.seen_enough()) return findings.finish();
    if (stream.state() == XmppStream::State::ended || ++strange_ < kStrange) return;
    if (record_.best() >= Strength::strong) return findings.finish();
    findings.refute(stream.reason().empty() ? "bodies that are no BOSH body" : stream.reason());
  }

  /// Messages stand alone, so a missing one does not matter.
  void gap(Direction direction, uint64_t length, Findings&) override {
    offsets_[index(direction)] += length;
  }

 private:
  XmppRecord record_{"bosh"};
  uint64_t offsets_[2] = {0, 0};
  size_t strange_ = 0;
  bool usable_;
};

}  // namespace

extern const ParserModule kXmppBosh;
const ParserModule kXmppBosh{.name = "xmpp_bosh",
                             .unit = Unit::message,
                             .make = [](const Start& start) -> std::unique_ptr<Parser> {
                               return std::make_unique<XmppBosh>(start);
                             }};

}  // namespace parlance
