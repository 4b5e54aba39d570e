// One direction of a TCP flow, put together: octets in order, and gaps where some are missing.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/time.h"
#include "stream/recent_octets.h"

namespace parlance::stream {

/// The packet that brought something.
struct Origin {
  uint64_t frame = 0;    ///< in its file
  uint64_t ordinal = 0;  ///< over all inputs
  Timestamp time;
};

/// One TCP segment, as a stream sees it.
struct Segment {
  uint32_t sequence = 0;
  uint8_t flags = 0;            ///< tcp_flag::…
  Bytes payload;                ///< as captured; borrowed for the call
  uint32_t payload_length = 0;  ///< as sent; more than was captured if the capture cut it off
  bool suspicious = false;      ///< wrong checksum or odd TTL: perhaps put in by somebody else
  Origin origin;
};

/// Where a stream delivers. `origin` is of the packet in which the octets came (or, for a gap, of
/// the packet that showed it).
class Sink {
 public:
  virtual ~Sink() = default;
  /// The next octets; borrowed for the call.
  virtual void data(Bytes octets, const Origin& origin) = 0;
  /// `length` octets are missing here.
  virtual void gap(uint64_t length, const Origin& origin) = 0;
  /// The direction ended with a FIN and everything before it has been delivered. At most once.
  virtual void end(const Origin& origin) = 0;
};

/// What all streams of a worker may hold together. Outlives them.
struct ReorderPool {
  explicit ReorderPool(const Limits& bounds) : limits(bounds) {}
  const Limits& limits;
  size_t octets = 0;  ///< held now
};

/// Puts one direction of a TCP flow in order. Octets that come in order are passed on without a
/// copy; what comes early is held, within limits.reorder_octets, reorder_segments and
/// reorder_total_octets.
///
/// Rules, where receivers and captures leave a choice:
/// - Overlaps: the octets that came first win; each segment that disagrees with them counts as a
///   conflict. Delivered octets are compared as far back as 1 KiB.
/// - Missing octets are given up (a gap) when the receiver acknowledged what follows them and three
///   more packets passed without bringing them (captures shuffle packets a little); when the bounds
///   are reached; when no acknowledgment of the other side was ever seen and 64 segments or 5 s of
///   packets came; after 30 s in any case; and in flush().
/// - If the bounds are reached and the receiver has not acknowledged the hole, it is the farthest
///   octets that are dropped (they come again, or were forged), not the hole given up.
/// - The stream begins after the SYN. Without one (mid-stream) it begins at the first segment with
///   payload, which is held until the next packet of the flow, so that one that was captured a
///   little late still takes its place in front. A bare ACK or the other side's SYN-ACK that names
///   the first octet spares that wait.
/// - Octets on a SYN (RFC 7413) and suspicious segments are held until the receiver acknowledges
///   them (or, for a SYN's, the sender goes on after them); another copy takes precedence; at
///   bounds and in flush() they fill what would be gaps.
/// - Octets after a FIN are ignored, as are those of a RST segment. A RST ends nothing here: octets
///   sent before it, even unacknowledged, are delivered.
/// - A keep-alive (one octet or none, just before the next) is ignored. Urgent octets stay in line.
/// - Octets that a capture cut off are a gap.
class TcpStream {
 public:
  explicit TcpStream(ReorderPool& pool);
  ~TcpStream();
  TcpStream(TcpStream&&) noexcept;
  TcpStream& operator=(TcpStream&&) noexcept;

  /// Takes a segment of this direction (every one, with payload or without), and delivers what it
  /// completes.
  void segment(const Segment& segment, Sink& sink);

  /// The same for the only segment that there will be of the flow, whose beginning was not captured: nothing is
  /// waited for that might belong before it, and nothing is kept to compare repetitions with.
  void only_segment(const Segment& segment, Sink& sink);

  /// The other side acknowledged everything before `acknowledgment`. To be called for each packet
  /// of the other direction with the ACK flag (not for a RST, nor for a suspicious segment);
  /// `syn_ack` if it also has SYN.
  void acknowledged(uint32_t acknowledgment, bool syn_ack, const Origin& origin, Sink& sink);

  /// The flow ended: delivers all that is held, with its gaps.
  void flush(const Origin& origin, Sink& sink);

  /// Nobody listens any more: frees what is held; from now on calls cost nothing and deliver
  /// nothing.
  void stop();
  bool stopped() const { return stopped_; }

  // ---- what the record says ----
  /// Octets delivered and passed over as gaps.
  uint64_t offset() const { return next_ - start_; }
  bool midstream() const { return started_ && !from_start_; }
  bool truncated() const { return truncated_; }
  uint32_t gaps() const { return gaps_; }
  uint64_t gap_octets() const { return gap_octets_; }
  uint32_t overlap_conflicts() const { return overlap_conflicts_; }
  uint64_t repeated_octets() const { return repeated_octets_; }
  /// Octets held out of order.
  size_t held() const;

 private:
  struct Holding;  ///< made only for streams that need it

  // Positions are 64-bit: sequence numbers unwrapped, counted from kOrigin for the first seen, so
  // that those a little before it are positive as well.
  static constexpr uint64_t kOrigin = uint64_t{1} << 33;

  uint64_t unwrap(uint32_t sequence) const;
  Holding& holding();
  bool holds_octets() const;
  bool is_untouched() const;
  bool is_simply_next(const Segment& segment) const;
  void refer_to(uint32_t sequence);
  void begin(uint64_t position, bool certain);
  void take_hint(uint64_t position);
  void settle_start(Sink& sink);
  void take_syn(uint64_t position);
  void take_fin(uint64_t position);
  void take(uint64_t position, Bytes octets, uint64_t length, const Origin& origin, Sink& sink);
  void suspect(uint64_t position, const Segment& segment, Sink& sink);
  void compare_delivered(uint64_t position, Bytes octets, uint64_t length);
  void hold(uint64_t position, Bytes octets, uint64_t length, const Origin& origin);
  void deliver(Bytes octets, uint64_t length, const Origin& origin, Sink& sink);
  void deliver_held(Sink& sink);
  void end_if_complete(const Origin& origin, Sink& sink);
  void pass_over(uint64_t length, const Origin& origin, Sink& sink);
  void give_up_hole(const Origin& origin, Sink& sink);
  void resolve_suspects(Sink& sink, bool all);
  bool hole_is_lost(const Origin& origin);
  void review(const Origin& origin, Sink& sink);
  void enforce_bounds(const Origin& origin, Sink& sink);
  bool over_bounds() const;
  void release();

  ReorderPool* pool_;
  std::unique_ptr<Holding> holding_;
  RecentOctets recent_;          ///< the last octets delivered, to compare repetitions with
  uint64_t start_ = kOrigin;     ///< position of the first octet
  uint64_t next_ = kOrigin;      ///< position of the next octet to deliver
  uint64_t acked_ = 0;           ///< highest position that the other side acknowledged
  uint64_t fin_ = UINT64_MAX;    ///< position of the FIN
  uint64_t gap_octets_ = 0;
  uint64_t repeated_octets_ = 0;
  uint32_t reference_ = 0;  ///< sequence number at kOrigin
  uint32_t gaps_ = 0;
  uint32_t overlap_conflicts_ = 0;
  bool referenced_ : 1 = false, hinted_ : 1 = false, started_ : 1 = false, tentative_ : 1 = false,
       from_start_ : 1 = false;
  bool ack_seen_ : 1 = false, truncated_ : 1 = false, stopped_ : 1 = false, ended_ : 1 = false,
       nothing_follows_ : 1 = false;
};

}  // namespace parlance::stream
