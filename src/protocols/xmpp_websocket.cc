// XMPP inside WebSocket (RFC 7395): each text message is one element, <open/> and <close/> in a
// namespace of their own take the place of the stream's tags. Before the RFC, drafts sent the tags
// of RFC 6120 as they are, a start tag without its end in one message: that is read as well.
#include <memory>

#include "protocols/parser.h"
#include "protocols/support/xmpp_record.h"
#include "protocols/support/xmpp_stream.h"

namespace parlance {
namespace {

constexpr size_t kStrange = 8;  // messages in a direction that are no element

class XmppWebsocket : public Parser {
 public:
  explicit XmppWebsocket(const Start& start)
      : usable_(start.carrier != Carrier::http), midstream_(start.midstream) {}

  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (!usable_) return findings.finish();  // HTTP bodies are xmpp_bosh's
    Side& mine = sides_[index(direction)];
    const uint64_t offset = mine.offset;
    mine.offset += octets.size();
    if (octets.empty() || mine.ended) return;
    if (mine.stream == nullptr) {
      mine.stream = std::make_unique<XmppStream>(direction, XmppStream::Framing::websocket,
                                                 findings.limits());
    }
    read(mine, octets, offset, findings);
    if (record_.seen_nothing()) return findings.refute("no element of XMPP among the messages");
    if (record_.seen_enough() || (sides_[0].ended && sides_[1].ended)) findings.finish();
  }

  /// A hole may have taken part of a message or many whole ones; the next message starts afresh.
  void gap(Direction direction, uint64_t length, Findings&) override {
    sides_[index(direction)].stream.reset();
    sides_[index(direction)].offset += length;
  }

 private:
  struct Side {
    std::unique_ptr<XmppStream> stream;
    uint64_t offset = 0;
    size_t strange = 0;
    bool ended = false;
  };

  void read(Side& mine, Bytes octets, uint64_t offset, Findings& findings) {
    XmppStream& stream = *mine.stream;
    size_t used = 0;
    while (used < octets.size()) {
      const size_t step = stream.step(octets.subspan(used), offset + used, record_, findings);
      if (step == 0) break;
      used += step;
    }
    mine.ended = stream.state() == XmppStream::State::ended;
    if (mine.ended || (used == octets.size() && stream.depth() == 1)) return;
    // Not one element (section 3.3.3): a message cut or joined, or another protocol.
    const std::string_view reason =
        stream.reason().empty() ? "a message that is not one XML element" : stream.reason();
    const bool first = record_.best() < Strength::strong && !midstream_;
    mine.stream.reset();
    if (!first && ++mine.strange < kStrange) return;
    if (record_.best() == Strength::proof) return findings.finish();
    findings.refute(reason);
  }

  XmppRecord record_{"websocket"};
  Side sides_[2];
  bool usable_;
  bool midstream_;
};

}  // namespace

extern const ParserModule kXmppWebsocket;
const ParserModule kXmppWebsocket{.name = "xmpp_websocket",
                                  .unit = Unit::message,
                                  .make = [](const Start& start) -> std::unique_ptr<Parser> {
                                    return std::make_unique<XmppWebsocket>(start);
                                  }};

}  // namespace parlance
