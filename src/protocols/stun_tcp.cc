// STUN in streams: bare messages and ChannelData one after another (RFC 8489 section 6.2.2, RFC
// 8656 section 12.5), or each behind a length of two octets as ICE over TCP has them (RFC 4571, RFC
// 6544), where RTP and DTLS stand beside them. Only messages with the magic cookie are looked for
// here.
#include <algorithm>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/stun_dialogue.h"
#include "protocols/support/stun_message.h"

namespace parlance {
namespace {

constexpr size_t kMessageAtMost = 4096;   // of STUN; ChannelData is passed over in pieces
constexpr uint64_t kFramesAtMost = 2048;  // looked at in all
constexpr size_t kHeadSize = 10;          // enough to see the cookie behind a length
constexpr size_t kLengthSize = 2, kChannelHeader = 4;

enum class Framing : uint8_t { unknown, bare, lengths, none };

class StunTcp : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& side = sides_[index(direction)];
    if (over_ || side.framing == Framing::none) return;
    const Bytes view = side.input.append(octets);
    size_t used = 0;
    while (!over_ && side.framing != Framing::none) {
      const size_t step = read_one(side, direction, view.subspan(used), used, findings);
      if (step == 0) break;
      used += step;
    }
    side.input.consume(over_ || side.framing == Framing::none ? view.size() : used);
  }

  void gap(Direction direction, uint64_t length, Findings& findings) override {
    // Whole segments are lost most often: the next octets may begin a message again.
    Side& side = sides_[index(direction)];
    side.input.skip_gap(length);
    side.passing = 0;
    if (++side.gaps > 4) give_up(side, findings);
    if (side.framing != Framing::none) side.framing = Framing::unknown;
  }

 private:
  struct Side {
    InputBuffer input;
    Framing framing = Framing::unknown;
    size_t passing = 0;  ///< octets of a frame still to be passed over
    int gaps = 0;
  };

  /// Octets used, 0 if more are needed or reading is over.
  size_t read_one(Side& side, Direction direction, Bytes rest, size_t used, Findings& findings) {
    if (side.passing > 0) {
      const size_t step = std::min(side.passing, rest.size());
      side.passing -= step;
      return step;
    }
    if (side.framing == Framing::unknown && !find_framing(side, rest, findings)) return 0;
    const Place place{direction, side.input.offset() + used, rest};
    return side.framing == Framing::bare ? read_bare(side, place, findings)
                                         : read_length(side, place, findings);
  }

  bool find_framing(Side& side, Bytes rest, Findings& findings) {
    const bool may_be_bare = may_start_stun(rest);
    const bool may_be_lengths = may_start_stun(rest.subspan(std::min(kLengthSize, rest.size())));
    if (!may_be_bare && !may_be_lengths) {
      give_up(side, findings);
      return false;
    }
    if (rest.size() < kHeadSize) return false;
    side.framing = may_be_bare ? Framing::bare : Framing::lengths;
    return true;
  }

  size_t read_bare(Side& side, const Place& place, Findings& findings) {
    ByteReader reader(place.octets);
    const uint16_t type = reader.be16();
    const size_t length = reader.be16();
    if (!reader.ok()) return 0;
    if (type >= 0x4000) {
      if (type > 0x4fff || !dialogue_.confirmed()) return give_up(side, findings);
      findings.count("stun.channel_data");
      side.passing = (length + 3) / 4 * 4;  // over TCP padding is a must
      return count_frame(kChannelHeader, findings);
    }
    return read_message(side, place, 0, StunMessage::kHeader + length, findings);
  }

  size_t read_length(Side& side, const Place& place, Findings& findings) {
    ByteReader reader(place.octets);
    const size_t length = reader.be16();
    if (!reader.ok()) return 0;
    const Bytes start = reader.rest();
    if (start.size() < std::min<size_t>(8, length)) return 0;
    if (length >= StunMessage::kHeader && may_start_stun(first_of(start, 8))) {
      return read_message(side, place, kLengthSize, length, findings);
    }
    if (length == 0 || !dialogue_.confirmed()) return give_up(side, findings);
    side.passing = length;  // RTP, RTCP or DTLS
    return count_frame(kLengthSize, findings);
  }

  size_t read_message(Side& side, const Place& place, size_t before, size_t length,
                      Findings& findings) {
    if (length > kMessageAtMost) return give_up(side, findings);
    if (place.octets.size() < before + length) return 0;
    const Bytes octets = place.octets.subspan(before, length);
    const auto message = read_stun_message(octets);
    if (!message || !message->cookie) return give_up(side, findings);
    dialogue_.take(*message, {place.direction, place.offset + before, octets}, findings);
    return count_frame(before + length, findings);
  }

  size_t count_frame(size_t used, Findings& findings) {
    if (++frames_ > kFramesAtMost) {
      over_ = true;
      findings.finish();
    }
    return used;
  }

  /// This side is no STUN (any more). Returns 0 so that a reader can end with it.
  size_t give_up(Side& side, Findings& findings) {
    side.framing = Framing::none;
    if (!dialogue_.confirmed()) {
      over_ = true;
      findings.refute("no chain of STUN messages");
    } else if (sides_[0].framing == Framing::none && sides_[1].framing == Framing::none) {
      over_ = true;
      findings.finish();
    }
    return 0;
  }

  Side sides_[2];
  StunDialogue dialogue_;
  uint64_t frames_ = 0;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kStunTcp;
const ParserModule kStunTcp{"stun_tcp", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                              return std::make_unique<StunTcp>();
                            }};

}  // namespace parlance
