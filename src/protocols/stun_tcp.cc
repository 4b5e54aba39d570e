// STUN in streams: bare messages and ChannelData one after another (RFC 8489 section 6.2.2, RFC
// 8656 section 12.5), or each behind a length of two octets as ICE over TCP has them (RFC 4571, RFC
// 6544), where RTP and DTLS stand beside them. Only messages with the magic cookie are looked for
// here. What a TURN server relays is handed to an inner channel for each peer, what stands beside
// ICE's messages to one channel; after a granted ConnectionBind the connection itself is the peer's
// (RFC 6062).
#include <algorithm>
#include <optional>

#include "base/byte_reader.h"
#include "protocols/support/stun_dialogue.h"
#include "protocols/support/stun_message.h"
#include "protocols/support/switching_parser.h"
#include "protocols/support/turn_relay.h"

namespace parlance {
namespace {

constexpr size_t kMessageAtMost = 64 * kKibi + 32;  // of STUN: a Data indication holds a datagram
constexpr uint64_t kFramesAtMost = 2048;            // looked at in all
constexpr int kGapsAtMost = 4;                      // of a side
constexpr size_t kLengthSize = 2, kChannelHeader = 4;
constexpr size_t kStartSize = 8;  // of a message: its cookie is the end of it

enum class Framing : uint8_t { unknown, bare, lengths, none };

class StunTcp : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override;
  void gap(Direction direction, uint64_t length, Findings& findings) override;
  void end(Direction direction, Findings& findings) override;

 private:
  struct Side {
    InputBuffer input;
    Framing framing = Framing::unknown;
    size_t passing = 0;  ///< octets of a frame still to be passed over
    int gaps = 0;
    bool heard = false;
    bool waiting = false;  ///< asked for the connection itself: what follows depends on the answer
  };
  Side& side(Direction direction) { return sides_[index(direction)]; }

  void read(Direction direction, Bytes octets, Findings& findings);
  size_t read_one(Side& side, const Place& place, Findings& findings);
  bool find_framing(Side& side, Bytes rest, Findings& findings);
  size_t read_bare(Side& side, const Place& place, Findings& findings);
  size_t read_channel_data(Side& side, const Place& place, Findings& findings);
  size_t read_length(Side& side, const Place& place, Findings& findings);
  size_t read_beside(Side& side, const Place& place, size_t length, Findings& findings);
  size_t read_message(Side& side, const Place& place, size_t before, size_t length,
                      Findings& findings);
  void take_connection_bind(const StunMessage& message, Direction direction, Findings& findings);
  void open_tunnel(Findings& findings);
  size_t count_frame(size_t used, Findings& findings);
  size_t give_up(Side& side, Findings& findings);

  Side sides_[2];
  StunDialogue dialogue_;
  TurnRelay relay_;
  std::optional<ChannelId> beside_;  ///< RTP and DTLS that stand beside ICE's messages
  std::optional<ChannelId> tunnel_;
  uint64_t frames_ = 0;
  bool over_ = false;
};

void StunTcp::data(Direction direction, Bytes octets, Findings& findings) {
  if (tunnel_) {
    findings.deliver(*tunnel_, direction, octets);
    if (!findings.listening(*tunnel_)) findings.finish();
    return;
  }
  Side& mine = side(direction);
  mine.heard = true;
  if (over_ || mine.framing == Framing::none) return;
  read(direction, octets, findings);
  // An answer may have set free what the other side sent behind its request.
  Side& other = side(opposite(direction));
  if (!over_ && !tunnel_ && !other.waiting && other.input.kept() > 0) {
    read(opposite(direction), {}, findings);
  }
  if (mine.waiting && mine.input.kept() > findings.limits().head_octets) end(direction, findings);
}

void StunTcp::read(Direction direction, Bytes octets, Findings& findings) {
  Side& mine = side(direction);
  const Bytes view = mine.input.append(octets);
  size_t used = 0;
  while (!over_ && !tunnel_ && !mine.waiting && mine.framing != Framing::none) {
    const Place place{direction, mine.input.offset() + used, view.subspan(used)};
    const size_t step = read_one(mine, place, findings);
    if (step == 0) break;
    used += step;
  }
  mine.input.consume(over_ || mine.framing == Framing::none ? view.size() : used);
  if (tunnel_) open_tunnel(findings);
}

void StunTcp::gap(Direction direction, uint64_t length, Findings& findings) {
  if (tunnel_) return findings.deliver_gap(*tunnel_, direction, length);
  // Whole segments are lost most often: the next octets may begin a message again.
  Side& mine = side(direction);
  mine.input.skip_gap(length);
  mine.passing = 0;
  mine.waiting = false;
  if (++mine.gaps > kGapsAtMost) give_up(mine, findings);
  if (mine.framing != Framing::none) mine.framing = Framing::unknown;
}

/// If nothing of the server was captured, a client that goes on after asking for the peer's
/// connection was granted it.
void StunTcp::end(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  if (over_ || tunnel_ || !mine.waiting || mine.input.kept() == 0) return;
  mine.waiting = false;
  if (side(opposite(direction)).heard) {
    over_ = true;
    return findings.finish();
  }
  tunnel_ = findings.open(Carrier::tcp, Unit::bytes);
  open_tunnel(findings);
}

/// Octets used, 0 if more are needed or reading is over.
size_t StunTcp::read_one(Side& side, const Place& place, Findings& findings) {
  if (side.passing > 0) {
    const size_t step = std::min(side.passing, place.octets.size());
    side.passing -= step;
    return step;
  }
  if (side.framing == Framing::unknown && !find_framing(side, place.octets, findings)) return 0;
  return side.framing == Framing::bare ? read_bare(side, place, findings)
                                       : read_length(side, place, findings);
}

bool StunTcp::find_framing(Side& side, Bytes rest, Findings& findings) {
  const bool may_be_bare = may_start_stun(rest);
  const bool may_be_lengths = may_start_stun(rest.subspan(std::min(kLengthSize, rest.size())));
  if (!may_be_bare && !may_be_lengths) {
    give_up(side, findings);
    return false;
  }
  if (rest.size() < kLengthSize + kStartSize) return false;
  side.framing = may_be_bare ? Framing::bare : Framing::lengths;
  return true;
}

size_t StunTcp::read_bare(Side& side, const Place& place, Findings& findings) {
  ByteReader reader(place.octets);
  const uint16_t type = reader.be16();
  const size_t length = reader.be16();
  if (!reader.ok()) return 0;
  if (type >= stun::kFirstChannel) return read_channel_data(side, place, findings);
  return read_message(side, place, 0, StunMessage::kHeader + length, findings);
}

size_t StunTcp::read_channel_data(Side& side, const Place& place, Findings& findings) {
  ByteReader reader(place.octets);
  ChannelData message;
  message.number = reader.be16();
  const size_t length = reader.be16();
  if (message.number > stun::kLastChannel || !dialogue_.confirmed()) return give_up(side, findings);
  const size_t padded = (length + 3) / 4 * 4;  // over TCP padding is a must
  if (!relay_.wants(message.number, findings)) {
    findings.count("stun.channel_data");
    side.passing = padded;
    return count_frame(kChannelHeader, findings);
  }
  if (reader.remaining() < padded) return 0;
  message.data = reader.bytes(length);
  relay_.take(message, place.direction, findings);
  return count_frame(kChannelHeader + padded, findings);
}

size_t StunTcp::read_length(Side& side, const Place& place, Findings& findings) {
  ByteReader reader(place.octets);
  const size_t length = reader.be16();
  if (!reader.ok()) return 0;
  const Bytes start = reader.rest();
  if (start.size() < std::min(kStartSize, length)) return 0;
  if (length >= StunMessage::kHeader && may_start_stun(first_of(start, kStartSize))) {
    return read_message(side, place, kLengthSize, length, findings);
  }
  if (length == 0 || !dialogue_.confirmed()) return give_up(side, findings);
  return read_beside(side, place, length, findings);
}

/// RTP, RTCP or DTLS.
size_t StunTcp::read_beside(Side& side, const Place& place, size_t length, Findings& findings) {
  if (!beside_) beside_ = findings.open(Carrier::udp, Unit::message);
  if (!findings.listening(*beside_)) {
    side.passing = length;
    return count_frame(kLengthSize, findings);
  }
  if (place.octets.size() < kLengthSize + length) return 0;
  findings.deliver(*beside_, place.direction, place.octets.subspan(kLengthSize, length));
  return count_frame(kLengthSize + length, findings);
}

size_t StunTcp::read_message(Side& side, const Place& place, size_t before, size_t length,
                             Findings& findings) {
  if (length > kMessageAtMost) return give_up(side, findings);
  if (place.octets.size() < before + length) return 0;
  const Bytes octets = place.octets.subspan(before, length);
  const auto message = read_stun_message(octets);
  if (!message || !message->cookie) return give_up(side, findings);
  dialogue_.take(*message, {place.direction, place.offset + before, octets}, findings);
  relay_.take(*message, place.direction, findings);
  take_connection_bind(*message, place.direction, findings);
  return count_frame(before + length, findings);
}

void StunTcp::take_connection_bind(const StunMessage& message, Direction direction,
                                   Findings& findings) {
  if (message.method() != stun::kConnectionBind) return;
  switch (message.message_class()) {
    case StunClass::request:
      side(direction).waiting = true;
      break;
    case StunClass::success:
      tunnel_ = findings.open(Carrier::tcp, Unit::bytes);
      break;
    default:
      side(opposite(direction)).waiting = false;
  }
}

/// What either side said behind its last message belongs to the peer's connection.
void StunTcp::open_tunnel(Findings& findings) {
  hand_over(sides_[0].input, sides_[1].input, *tunnel_, findings);
}

size_t StunTcp::count_frame(size_t used, Findings& findings) {
  if (++frames_ > kFramesAtMost) {
    over_ = true;
    findings.finish();
  }
  return used;
}

/// This side is no STUN (any more). Returns 0 so that a reader can end with it.
size_t StunTcp::give_up(Side& side, Findings& findings) {
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

}  // namespace

extern const ParserModule kStunTcp;
const ParserModule kStunTcp{"stun_tcp", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                              return std::make_unique<StunTcp>();
                            }};

}  // namespace parlance
