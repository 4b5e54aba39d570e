// SIP in streams (RFC 3261 section 18.3): messages framed by Content-Length, empty lines between
// them as keep-alives (RFC 5626 section 3.5.1). A side that cannot be followed is picked up again
// where a portion of it begins with a start line.
#include <algorithm>

#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/sip_dialogue.h"
#include "protocols/support/sip_message.h"

namespace parlance {
namespace {

constexpr int kMessagesAtMost = 400;     // read in all
constexpr int kLostPortionsAtMost = 16;  // of a side, while looking for a start line
constexpr size_t kBodyWaitedFor = 4096;  // a longer body is passed over unread

class SipTcp : public Parser {
 public:
  explicit SipTcp(Carrier carrier) : has_messages_(carrier == Carrier::websocket) {}

  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& side = sides_[index(direction)];
    if (over_) return;
    if (has_messages_) return end_reading("its messages are read one by one", findings);
    if (side.lost && !picks_up(side, octets, findings)) return;
    const Bytes view = side.input.append(octets);
    size_t used = 0;
    while (!over_ && !side.lost) {
      const size_t step = read_one(side, direction, view.subspan(used), used, findings);
      if (step == 0) break;
      used += step;
    }
    side.input.consume(over_ || side.lost ? view.size() : used);
  }

  void gap(Direction direction, uint64_t length, Findings&) override {
    Side& side = sides_[index(direction)];
    const bool in_body = length > 0 && length <= side.passing && side.input.kept() == 0;
    side.input.skip_gap(length);
    side.searched = side.awaited = 0;
    side.passing = in_body ? side.passing - static_cast<size_t>(length) : 0;
    side.lost = !in_body;
  }

 private:
  struct Side {
    InputBuffer input;
    size_t passing = 0;   ///< octets of a body still to be passed over
    size_t searched = 0;  ///< octets of the head that hold no empty line
    size_t awaited = 0;   ///< octets of head and body together, once the head is known
    int lost_portions = 0;
    bool lost = false;
  };

  /// Octets used, 0 if more are needed or the side is lost.
  size_t read_one(Side& side, Direction direction, Bytes rest, size_t used, Findings& findings) {
    if (rest.empty()) return 0;
    if (side.passing > 0) {
      const size_t step = std::min(side.passing, rest.size());
      side.passing -= step;
      return step;
    }
    if (rest.size() < side.awaited) return 0;
    if (rest[0] == '\r' || rest[0] == '\n') return 1;
    const std::string_view text = as_text(rest);
    if (!may_start_sip(text)) return lose(side, findings);
    // Three octets back: the empty line may have come in two portions.
    const size_t from = side.searched < 3 ? 0 : side.searched - 3;
    const size_t found = sip_head_size(text.substr(from));
    if (found == 0) {
      side.searched = text.size();
      return text.size() > findings.limits().header_block_octets ? lose(side, findings) : 0;
    }
    const Place place{direction, side.input.offset() + used, rest.first(from + found)};
    return read_message(side, place, rest.subspan(from + found), findings);
  }

  size_t read_message(Side& side, const Place& place, Bytes behind, Findings& findings) {
    const SipHead head = read_sip_head(as_text(place.octets), findings.limits().header_fields);
    if (head.kind == SipHead::Kind::none) return lose(side, findings);
    const size_t length = head.content_length.value_or(0);
    const bool waits = length <= kBodyWaitedFor;
    side.awaited = waits && behind.size() < length ? place.octets.size() + length : 0;
    if (side.awaited > 0) return 0;
    const Bytes body = waits ? behind.first(length) : Bytes{};
    side.searched = 0;
    side.passing = length - body.size();
    dialogue_.take(head, body, place, findings);
    if (dialogue_.messages() >= kMessagesAtMost) end_reading("many messages, no proof", findings);
    return place.octets.size() + body.size();
  }

  bool picks_up(Side& side, Bytes octets, Findings& findings) {
    const std::string_view text = as_text(octets);
    if (text.size() >= 8 && may_start_sip(text)) {
      side.lost = false;
      return true;
    }
    side.input.skip_gap(octets.size());
    if (++side.lost_portions > kLostPortionsAtMost) {
      end_reading("no start line for long", findings);
    }
    return false;
  }

  /// Returns 0 so that a reader can end with it.
  size_t lose(Side& side, Findings& findings) {
    side.lost = true;
    side.searched = side.awaited = 0;
    if (!dialogue_.confirmed() && sides_[0].lost && sides_[1].lost) {
      end_reading("no start line on either side", findings);
    }
    return 0;
  }
  void end_reading(std::string_view reason, Findings& findings) {
    over_ = true;
    if (dialogue_.confirmed()) {
      findings.finish();
    } else {
      findings.refute(reason);
    }
  }

  Side sides_[2];
  SipDialogue dialogue_;
  const bool has_messages_;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kSipTcp;
const ParserModule kSipTcp{"sip_tcp", Unit::bytes,
                           [](const Start& start) -> std::unique_ptr<Parser> {
                             return std::make_unique<SipTcp>(start.carrier);
                           }};

}  // namespace parlance
