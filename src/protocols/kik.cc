// Kik's chat (kik-bot-api-unofficial): each direction is an XML document whose root is <k>, in no
// namespace. The server's root says whether it accepts the client; stanzas like XMPP's follow. Not
// XMPP: the framing is XML's alone.
#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "base/input_buffer.h"
#include "protocols/support/verifier.h"
#include "protocols/support/xml_reader.h"

namespace parlance {
namespace {

constexpr int kChildrenAtMost = 64;
constexpr std::array<std::string_view, 8> kStanzas = {"iq",   "message", "ack", "ping",
                                                      "pong", "stc",     "stp", "noti"};

class Kik : public Verifier {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& side = sides_[index(direction)];
    if (over()) return;
    if (!side.reader) side.reader = std::make_unique<XmlReader>(findings.limits());
    const Bytes all = side.input.append(octets);
    size_t used = 0;
    while (!over() && used < all.size()) {
      const XmlReader::Step step = side.reader->next(all.subspan(used));
      if (step.event == XmlReader::Event::need_more) break;
      const Place place{direction, side.input.offset() + used, all.subspan(used, step.used)};
      used += step.used;
      read(step.event, side, place, findings);
    }
    side.input.consume(over() ? all.size() : used);
    side.unfinished += octets.size();
    if (side.unfinished > findings.limits().message_octets) leave("a child without an end", findings);
  }

 private:
  using Event = XmlReader::Event;
  struct Side {
    InputBuffer input;
    std::unique_ptr<XmlReader> reader;
    bool rooted = false;
    bool in_stanza = false;
    size_t unfinished = 0;  ///< octets since a child of the root ended, about
  };

  void read(Event event, Side& side, const Place& place, Findings& findings) {
    const XmlReader& reader = *side.reader;
    switch (event) {
      case Event::forbidden:
      case Event::damaged:
      case Event::stray:
        return leave(kReason, findings);
      case Event::open:
        if (reader.depth() == 1) return read_root(side, place, findings);
        if (reader.depth() == 2) side.in_stanza = is_stanza(reader.element());
        return;
      case Event::empty:
        if (reader.depth() == 0) return leave(kReason, findings);
        if (reader.depth() == 1) end_child(is_stanza(reader.element()), side, place, findings);
        return;
      case Event::close:
        if (reader.depth() == 1) end_child(side.in_stanza, side, place, findings);
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
    if (!fits || side.rooted) return leave(kReason, findings);
    side.rooted = true;
    if (!(sides_[0].rooted && sides_[1].rooted)) return;
    confirm(Strength::strong, "roots", name_of_root(place), "both sides open a document with Kik's root element",
            findings);
  }

  static Place name_of_root(const Place& place) {
    constexpr size_t kName = 2;
    return {place.direction, place.offset,
            place.octets.first(std::min(kName, place.octets.size()))};
  }

  void end_child(bool stanza, Side& side, const Place& place, Findings& findings) {
    side.unfinished = 0;
    if (stanza) {
      findings.count("kik.stanzas");
      if (best() != Strength::none) {
        confirm(Strength::proof, "stanza", {place.direction, place.offset, {}},
                "a whole stanza inside Kik's root elements, which both sides opened", findings);
      }
    }
    if (++children_ >= kChildrenAtMost) leave("children that are no stanzas", findings);
  }

  static constexpr std::string_view kReason = "no document of Kik's";

  Side sides_[2];
  int children_ = 0;
};

}  // namespace

extern const ParserModule kKik;
const ParserModule kKik{"kik", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                          return std::make_unique<Kik>();
                        }};

}  // namespace parlance
