// Puts the streams of a QUIC connection together (RFC 9000 section 2): octets come in any order, and
// more than once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/limits.h"
#include "model/direction.h"
#include "protocols/support/quic_application.h"
#include "protocols/support/quic_frames.h"
#include "protocols/support/range_set.h"

namespace parlance {

/// All streams of one connection. Hands octets on in order, and holds those that came too early:
/// bounded by Limits::quic_reorder_octets and quic_reorder_pieces of all streams together. When no
/// more can be held, the hole is reported as a gap and passed over.
class QuicStreams {
 public:
  /// Takes a STREAM or RESET_STREAM frame of a packet that `direction` brought.
  void add(const QuicFrame& frame, Direction direction, QuicApplication& to, Findings& findings);
  /// The connection ends: what waits behind a hole is handed on, the hole reported.
  void flush(QuicApplication& to, Findings& findings);

  /// Streams that are followed now, and that have ended.
  size_t open() const { return streams_.size(); }
  size_t held_octets() const { return held_octets_; }

 private:
  /// One direction of a stream.
  struct Side {
    uint64_t next = 0;  ///< offset of the first octet that was not handed on
    std::map<uint64_t, std::vector<uint8_t>> held;  ///< by offset; may overlap
    std::optional<uint64_t> final_size;
    bool over = false;
  };
  struct Stream {
    std::array<Side, 2> sides;
    uint64_t used = 0;  ///< when a frame came last: what count of frames
  };

  Stream* find(uint64_t id, QuicApplication& to, Findings& findings);
  void make_room(QuicApplication& to, Findings& findings);
  void hold(Side& side, uint64_t offset, Bytes octets);
  void advance(uint64_t id, Side& side, Direction direction, QuicApplication& to,
               Findings& findings);
  void make_less(uint64_t id, Direction direction, QuicApplication& to, Findings& findings);
  void pass_hole(uint64_t id, Side& side, Direction direction, QuicApplication& to,
                 Findings& findings);
  void end_side(uint64_t id, Direction direction, bool whole, QuicApplication& to,
                Findings& findings);
  void close(uint64_t id);
  void drop_held(Side& side);
  bool too_much(const Limits& limits) const {
    return held_octets_ > limits.quic_reorder_octets || held_pieces_ > limits.quic_reorder_pieces;
  }

  std::map<uint64_t, Stream> streams_;
  std::array<RangeSet, 4> closed_;  // ordinals of streams that ended, by the two lowest bits
  uint64_t frames_ = 0;
  size_t held_octets_ = 0;
  size_t held_pieces_ = 0;
};

}  // namespace parlance
