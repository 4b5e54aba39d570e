// Kik's chat (kik-bot-api-unofficial): each direction is an XML document whose root is <k>, in no
// namespace. The server's root says whether it accepts the client; stanzas like XMPP's follow. Not
// XMPP: the framing is XML's alone.
#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/xml_reader.h"

namespace parlance {
namespace {

constexpr int kStanzasAtMost = 64;
constexpr std::array<std::string_view, 8> kStanzas = {"iq",   "message", "ack", "ping",
                                                      "pong", "stc",     "stp", "noti"};

class Kik : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& side = sides_[index(direction)];
    if (over_) return;
    if (!side.reader) side.reader = std::make_unique<XmlReader>(findings.limits());
    const Bytes all = side.input.append(octets);
    size_t used = 0;
    while (!over_ && used < all.size()) {
      const XmlReader::Step step = side.reader->next(all.subspan(used));
      if (step.event == XmlReader::Event::need_more) break;
      const Place place{direction, side.input.offset() + used, all.subspan(used, step.used)};
      used += step.used;
      read(step.event, side, place, findings);
    }
    side.input.consume(over_ ? all.size() : used);
  }

 private:
  using Event = XmlReader::Event;
  struct Side {
    InputBuffer input;
    std::unique_ptr<XmlReader> reader;
    bool rooted = false;
    bool in_stanza = false;
  };

  void read(Event event, Side& side, const Place& place, Findings& findings) {
    const XmlReader& reader = *side.reader;
    switch (event) {
      case Event::forbidden:
      case Event::damaged:
      case Event::stray:
        return leave(findings);
      case Event::open:
        if (reader.depth() == 1) return read_root(side, place, findings);
        if (reader.depth() == 2) side.in_stanza = is_stanza(reader.element());
        return;
      case Event::empty:
        if (reader.depth() == 0) return leave(findings);
        if (reader.depth() == 1 && is_stanza(reader.element())) end_stanza(place, findings);
        return;
      case Event::close:
        if (reader.depth() == 1 && side.in_stanza) end_stanza(place, findings);
        return;
      default:
        return;
    }
  }

  static bool is_stanza(const XmlElement& element) {
    return std::find(kStanzas.begin(), kStanzas.end(), element.name) != kStanzas.end();
  }

  /// The client's root names its user and holds a digest of the password: only its name is shown.
  void read_root(Side& side, const Place& place, Findings& findings) {
    const XmlElement& root = side.reader->element();
    const bool client = place.direction == Direction::to_server;
    const bool fits =
        root.name == "k" && root.space.empty() &&
        (client ? root.has("anon") || root.has("to") || root.has("from") : root.has("ok"));
    if (!fits || side.rooted) return leave(findings);
    side.rooted = true;
    if (!(sides_[0].rooted && sides_[1].rooted)) return;
    confirmed_ = true;
    findings.confirm(Strength::strong, "roots", name_of_root(place),
                     "both sides open a document with Kik's root element");
  }

  static Place name_of_root(const Place& place) {
    constexpr size_t kName = 2;
    return {place.direction, place.offset,
            place.octets.first(std::min(kName, place.octets.size()))};
  }

  void end_stanza(const Place& place, Findings& findings) {
    findings.count("kik.stanzas");
    if (confirmed_ && !proven_) {
      proven_ = true;
      findings.confirm(Strength::proof, "stanza", {place.direction, place.offset, {}},
                       "a whole stanza inside Kik's root elements, which both sides opened");
    }
    if (++stanzas_ >= kStanzasAtMost) leave(findings);
  }

  void leave(Findings& findings) {
    over_ = true;
    if (confirmed_) {
      findings.finish();
    } else {
      findings.refute("no document of Kik's");
    }
  }

  Side sides_[2];
  int stanzas_ = 0;
  bool confirmed_ = false, proven_ = false, over_ = false;
};

}  // namespace

extern const ParserModule kKik;
const ParserModule kKik{"kik", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                          return std::make_unique<Kik>();
                        }};

}  // namespace parlance
