#include "stream/tcp_stream.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "model/packet.h"

namespace parlance::stream {
namespace {

constexpr size_t kHeldOverhead = 128;     // octets that holding a segment costs besides its own
constexpr size_t kSuspects = 16;          // suspicious segments held, per direction
constexpr uint32_t kShuffledPackets = 3;  // packets by which a capture may come out of order
constexpr size_t kUnacknowledgedSegments = 64;  // held without ever having seen an acknowledgment
constexpr int64_t kUnacknowledgedWait = 5 * kSecond;
constexpr int64_t kLongestWait = 30 * kSecond;
constexpr uint64_t kEarlierStart = 65536;  // how far before the first seen a stream may begin
constexpr uint64_t kBelievableTail = uint64_t{1}
                                     << 30;  // a window's greatest size, RFC 7323 section 2.3

constexpr uint64_t kOtherHandshake = uint64_t{1}
                                     << 24;  // numbers this far apart have nothing in common

/// The part of `octets`, which start at `position`, that lies in [from, to). Octets that the
/// capture cut off are not there to be returned.
Bytes part_of(Bytes octets, uint64_t position, uint64_t from, uint64_t to) {
  const uint64_t first = std::min<uint64_t>(from - position, octets.size());
  const uint64_t last = std::min<uint64_t>(to - position, octets.size());
  return octets.subspan(static_cast<size_t>(first), static_cast<size_t>(last - first));
}

/// True if two views of the same octets differ where both have any.
bool disagree(Bytes a, Bytes b) {
  const size_t shared = std::min(a.size(), b.size());
  return !std::equal(a.begin(), a.begin() + static_cast<ptrdiff_t>(shared), b.begin());
}

}  // namespace

struct TcpStream::Holding {
  struct Held {
    std::vector<uint8_t> octets;  ///< may be fewer than `length`: the capture cut the rest off
    uint64_t length = 0;
    Origin origin;
  };
  struct Suspect {
    Held held;
    bool on_syn = false;
  };
  std::map<uint64_t, Held> held;  ///< by position; they do not overlap
  std::multimap<uint64_t, Suspect> suspects;
  size_t octets = 0;  ///< charged to the pool
  // The hole in front of `held`:
  Timestamp hole_since;
  uint64_t acked_when_counting = 0;  ///< what was acknowledged when `packets_since_acked` was 0
  uint32_t packets_since_acked = 0;
  bool hole_open = false;

  static size_t cost(const Held& held) { return held.octets.size() + kHeldOverhead; }
};

TcpStream::TcpStream(ReorderPool& pool) : pool_(&pool) {}
TcpStream::~TcpStream() {
  release();
}

// A moved-from stream has no holding, so it gives nothing back to the pool.
TcpStream::TcpStream(TcpStream&&) noexcept = default;
TcpStream& TcpStream::operator=(TcpStream&& other) noexcept {
  if (this != &other) {
    std::destroy_at(this);
    std::construct_at(this, std::move(other));
  }
  return *this;
}

// ---- what comes in
// -----------------------------------------------------------------------------------

void TcpStream::segment(const Segment& segment, Sink& sink) {
  using namespace tcp_flag;
  if (stopped_ || (segment.flags & kRst) != 0) return;
  if (is_simply_next(segment)) return deliver(segment.payload, segment.payload_length, segment.origin, sink);
  const bool syn = (segment.flags & kSyn) != 0;
  const bool trusted = !segment.suspicious;
  const uint32_t first = segment.sequence + (syn ? 1u : 0u);
  const bool was_tentative = tentative_;
  refer_to(first);
  const uint64_t position = unwrap(first);
  if (syn && trusted) take_syn(position);

  const Bytes octets = first_of(segment.payload, segment.payload_length);
  if (segment.payload_length == 0) {
    if (trusted) take_hint(position);
  } else if (syn || !trusted) {
    suspect(position, segment, sink);
  } else {
    take(position, octets, segment.payload_length, segment.origin, sink);
  }
  if ((segment.flags & kFin) != 0 && trusted && !syn && !stopped_) {
    if (!started_) begin(position, false);
    take_fin(position + segment.payload_length);
  }
  if (was_tentative && !stopped_) settle_start(sink);
  review(segment.origin, sink);
}

/// True of what most segments are: the next octets, all of them captured, where nothing waits for anything.
bool TcpStream::is_simply_next(const Segment& segment) const {
  constexpr uint8_t kSpecial = tcp_flag::kSyn | tcp_flag::kFin;
  return started_ && !tentative_ && !holding_ && fin_ == UINT64_MAX && (segment.flags & kSpecial) == 0 &&
         !segment.suspicious && segment.payload_length != 0 && segment.payload.size() == segment.payload_length &&
         unwrap(segment.sequence) == next_;
}

void TcpStream::only_segment(const Segment& segment, Sink& sink) {
  nothing_follows_ = true;
  refer_to(segment.sequence);
  begin(unwrap(segment.sequence), true);
  this->segment(segment, sink);
}

void TcpStream::acknowledged(uint32_t acknowledgment, bool syn_ack, const Origin& origin,
                             Sink& sink) {
  if (stopped_) return;
  refer_to(acknowledgment);
  const uint64_t position = unwrap(acknowledgment);
  if (syn_ack && (!started_ || tentative_)) {
    // A SYN's own octets, if the server took them, are acknowledged too: they are known only if the
    // SYN was captured, and then the start is certain already.
    begin(position, true);
    from_start_ = true;
  }
  // Of several answers to one SYN the client's ACK tells which it took.
  const uint64_t distance = position > next_ ? position - next_ : next_ - position;
  if (started_ && distance > kOtherHandshake && is_untouched()) begin(position, true);
  take_hint(position);
  acked_ = std::max(acked_, position);
  ack_seen_ = true;
  if (tentative_) settle_start(sink);
  review(origin, sink);
}

void TcpStream::flush(const Origin& origin, Sink& sink) {
  if (stopped_) return;
  if (tentative_) settle_start(sink);
  if (!stopped_) resolve_suspects(sink, true);
  while (!stopped_ && holds_octets()) give_up_hole(origin, sink);
  if (!stopped_ && started_) {
    const bool fin_known = fin_ != UINT64_MAX;
    // Without the FIN in sight, one acknowledged octet may be the FIN itself.
    const uint64_t known_end = fin_known ? fin_ : acked_;
    const uint64_t missing = known_end > next_ ? known_end - next_ : 0;
    if (missing > (fin_known ? 0u : 1u) && missing <= kBelievableTail) {
      pass_over(missing, origin, sink);
    }
    if (!stopped_) end_if_complete(origin, sink);
  }
  stop();
}

void TcpStream::stop() {
  stopped_ = true;
  release();
}

// ---- where the stream begins and ends
// ----------------------------------------------------------------

void TcpStream::refer_to(uint32_t sequence) {
  if (referenced_) return;
  reference_ = sequence;
  referenced_ = true;
}

uint64_t TcpStream::unwrap(uint32_t sequence) const {
  const uint32_t at_next = reference_ + static_cast<uint32_t>(next_ - kOrigin);
  return next_ + static_cast<uint64_t>(int64_t{static_cast<int32_t>(sequence - at_next)});
}

void TcpStream::begin(uint64_t position, bool certain) {
  started_ = true;
  tentative_ = !certain;
  start_ = next_ = position;
  if (fin_ < position) fin_ = UINT64_MAX;
}

/// Nothing came yet but handshakes, so the start may still be corrected.
bool TcpStream::is_untouched() const {
  return next_ == start_ && !holding_ && !ended_;
}

/// A bare ACK of this side, or any ACK of the other, names the place of the next octet, most
/// likely.
void TcpStream::take_hint(uint64_t position) {
  if (started_) return;
  start_ = next_ = position;
  hinted_ = true;
}

/// The first segment of a mid-stream pick-up has waited long enough for one that belongs before it.
void TcpStream::settle_start(Sink& sink) {
  tentative_ = false;
  if (!holds_octets()) return;
  start_ = next_ = holding_->held.begin()->first;
  deliver_held(sink);
}

void TcpStream::take_syn(uint64_t position) {
  if (!started_ || tentative_ || is_untouched()) begin(position, true);
  if (position == start_) from_start_ = true;
}

void TcpStream::take_fin(uint64_t position) {
  if (fin_ != UINT64_MAX || position < next_) return;
  if (holds_octets()) {
    const auto& [last, held] = *holding_->held.rbegin();
    if (last + held.length > position) return;  // there is more: a forged FIN
  }
  fin_ = position;
}

// ---- octets
// ------------------------------------------------------------------------------------------

void TcpStream::take(uint64_t position, Bytes octets, uint64_t length, const Origin& origin,
                     Sink& sink) {
  if (position >= fin_) return;
  length = std::min(length, fin_ - position);
  octets = first_of(octets, static_cast<size_t>(length));
  if (!started_) begin(position, hinted_ && position == next_);
  if (tentative_) {
    if (position + kEarlierStart >= next_) hold(position, octets, length, origin);
    return;
  }
  deliver_held(sink);  // what a start found late leaves to be delivered or dropped
  if (stopped_) return;
  if (position < next_) {
    const uint64_t old = std::min(next_ - position, length);
    compare_delivered(position, octets, old);
    octets = part_of(octets, position, position + old, position + length);
    position += old;
    length -= old;
    if (length == 0) return;
  }
  if (position == next_) {
    const uint64_t free =
        holds_octets() ? std::min(holding_->held.begin()->first - next_, length) : length;
    deliver(part_of(octets, position, position, position + free), free, origin, sink);
    if (stopped_) return;
    octets = part_of(octets, position, position + free, position + length);
    position += free;
    length -= free;
  }
  if (length > 0) hold(position, octets, length, origin);
  deliver_held(sink);
}

/// Keeps a segment aside until it is known whether the receiver took it.
void TcpStream::suspect(uint64_t position, const Segment& segment, Sink& sink) {
  if (position + segment.payload_length <= next_ && started_) return;
  Holding& holding = this->holding();
  if (holding.suspects.size() >= kSuspects) {
    // Where no acknowledgment is ever seen, nothing will tell them apart: take them as they are.
    if (ack_seen_) return;
    resolve_suspects(sink, true);
    if (stopped_) return;
  }
  const Bytes octets = first_of(segment.payload, segment.payload_length);
  Holding::Suspect kept{{{octets.begin(), octets.end()}, segment.payload_length, segment.origin},
                        (segment.flags & tcp_flag::kSyn) != 0};
  const size_t cost = Holding::cost(kept.held);
  if (pool_->octets + cost > pool_->limits.reorder_total_octets) return;
  this->holding().octets += cost;
  pool_->octets += cost;
  this->holding().suspects.emplace(position, std::move(kept));
}

/// A segment repeats `length` octets that were delivered before: does it say the same?
void TcpStream::compare_delivered(uint64_t position, Bytes octets, uint64_t length) {
  const bool keep_alive =
      length == 1 && octets.size() <= 1 && position + 1 == next_;  // RFC 9293 section 3.8.4
  if (keep_alive) return;
  repeated_octets_ += length;
  const uint64_t from = std::max(position, next_ - recent_.size());
  const uint64_t to = position + length;
  if (from >= to) return;
  const Bytes again = part_of(octets, position, from, to);
  if (recent_.differ(again, static_cast<size_t>(next_ - from))) ++overlap_conflicts_;
}

/// Holds what is new of a segment that came early: what is held already wins.
void TcpStream::hold(uint64_t position, Bytes octets, uint64_t length, const Origin& origin) {
  auto& held = holding().held;
  const uint64_t end = position + length;
  auto after = held.upper_bound(position);
  if (after != held.begin()) --after;
  bool conflict = false;
  for (uint64_t cursor = position; cursor < end;) {
    while (after != held.end() && after->first + after->second.length <= cursor) ++after;
    if (after != held.end() && after->first <= cursor) {
      const uint64_t stop = std::min(end, after->first + after->second.length);
      conflict |= disagree(part_of(octets, position, cursor, stop),
                           part_of(after->second.octets, after->first, cursor, stop));
      repeated_octets_ += stop - cursor;
      cursor = stop;
      continue;
    }
    const uint64_t stop = after == held.end() ? end : std::min(end, after->first);
    const Bytes piece = part_of(octets, position, cursor, stop);
    Holding::Held kept{{piece.begin(), piece.end()}, stop - cursor, origin};
    holding_->octets += Holding::cost(kept);
    pool_->octets += Holding::cost(kept);
    held.emplace_hint(after, cursor, std::move(kept));
    cursor = stop;
  }
  if (conflict) ++overlap_conflicts_;
}

void TcpStream::deliver(Bytes octets, uint64_t length, const Origin& origin, Sink& sink) {
  if (!octets.empty()) {
    next_ += octets.size();
    if (!nothing_follows_) recent_.add(octets);
    sink.data(octets, origin);
  }
  if (!stopped_ && length > octets.size()) {
    truncated_ = true;
    pass_over(length - octets.size(), origin, sink);
  }
  if (!stopped_) end_if_complete(origin, sink);
}

void TcpStream::deliver_held(Sink& sink) {
  while (!stopped_ && holds_octets() && holding_->held.begin()->first <= next_) {
    const auto node = holding_->held.extract(holding_->held.begin());
    const Holding::Held& held = node.mapped();
    holding_->octets -= Holding::cost(held);
    pool_->octets -= Holding::cost(held);
    holding_->hole_open = false;
    const uint64_t end = node.key() + held.length;
    if (end <= next_) continue;  // the start moved past it
    deliver(part_of(held.octets, node.key(), next_, end), end - next_, held.origin, sink);
  }
}

void TcpStream::end_if_complete(const Origin& origin, Sink& sink) {
  if (ended_ || next_ != fin_) return;
  ended_ = true;
  sink.end(origin);
}

void TcpStream::pass_over(uint64_t length, const Origin& origin, Sink& sink) {
  ++gaps_;
  gap_octets_ += length;
  next_ += length;
  recent_.clear();
  sink.gap(length, origin);
}

// ---- holes
// -------------------------------------------------------------------------------------------

TcpStream::Holding& TcpStream::holding() {
  if (!holding_) holding_ = std::make_unique<Holding>();
  return *holding_;
}

bool TcpStream::holds_octets() const {
  return holding_ && !holding_->held.empty();
}

size_t TcpStream::held() const {
  return holding_ ? holding_->octets : 0;
}

void TcpStream::release() {
  if (holding_) pool_->octets -= holding_->octets;
  holding_.reset();
  recent_.release();
}

void TcpStream::give_up_hole(const Origin& origin, Sink& sink) {
  const uint64_t held_from = holding_->held.begin()->first;
  if (held_from > next_) pass_over(held_from - next_, origin, sink);
  deliver_held(sink);
}

/// Takes suspicious segments in, as if they were trusted, once the receiver has acknowledged them
/// or once it no longer matters (then they only count as repetitions).
void TcpStream::resolve_suspects(Sink& sink, bool all) {
  if (!holding_) return;
  auto& suspects = holding_->suspects;
  for (auto it = suspects.begin(); it != suspects.end();) {
    const uint64_t end = it->first + it->second.held.length;
    const bool taken = ack_seen_ && end <= acked_;
    const bool passed = started_ && !tentative_ && end <= next_;
    const bool went_on =
        it->second.on_syn && holds_octets() && holding_->held.begin()->first > it->first;
    if (!all && !taken && !passed && !went_on) {
      ++it;
      continue;
    }
    const auto node = suspects.extract(it);
    const Holding::Held& held = node.mapped().held;
    holding_->octets -= Holding::cost(held);
    pool_->octets -= Holding::cost(held);
    take(node.key(), held.octets, held.length, held.origin, sink);
    if (stopped_) return;  // and `suspects` is gone
    if (tentative_) settle_start(sink);
    if (stopped_) return;
    it = suspects.begin();
  }
}

/// Counts the packets that pass a hole by, and says when enough have.
bool TcpStream::hole_is_lost(const Origin& origin) {
  Holding& holding = *holding_;
  if (!holding.hole_open) {
    holding.hole_open = true;
    holding.hole_since = origin.time;
    holding.packets_since_acked = 0;
    holding.acked_when_counting = 0;
  }
  const int64_t waited = elapsed(holding.hole_since, origin.time);
  if (waited > kLongestWait) return true;
  if (!ack_seen_) {
    return waited > kUnacknowledgedWait || holding.held.size() >= kUnacknowledgedSegments;
  }
  if (acked_ < holding.held.begin()->first) return false;
  if (holding.packets_since_acked == 0) holding.acked_when_counting = acked_;
  return ++holding.packets_since_acked > kShuffledPackets;
}

void TcpStream::review(const Origin& origin, Sink& sink) {
  if (stopped_) return;
  if (started_ && !tentative_) end_if_complete(origin, sink);
  if (stopped_ || !holding_ || tentative_) return;
  resolve_suspects(sink, false);
  if (stopped_) return;
  deliver_held(sink);
  if (!stopped_ && holds_octets() && hole_is_lost(origin)) {
    const uint64_t acked = holding_->acked_when_counting;
    give_up_hole(origin, sink);
    // Other holes that were acknowledged no later have waited just as long.
    while (!stopped_ && holds_octets() && holding_->held.begin()->first <= acked) {
      give_up_hole(origin, sink);
    }
  }
  enforce_bounds(origin, sink);
  if (!stopped_ && holding_ && holding_->octets == 0) holding_.reset();
}

bool TcpStream::over_bounds() const {
  const Limits& limits = pool_->limits;
  return holding_->held.size() > limits.reorder_segments ||
         holding_->octets > limits.reorder_octets || pool_->octets > limits.reorder_total_octets;
}

void TcpStream::enforce_bounds(const Origin& origin, Sink& sink) {
  while (!stopped_ && holds_octets() && over_bounds()) {
    auto& held = holding_->held;
    const bool receiver_waits = ack_seen_ && acked_ < held.begin()->first;
    if (!receiver_waits || held.size() == 1) {
      give_up_hole(origin, sink);
      continue;
    }
    const auto farthest = held.extract(std::prev(held.end()));
    holding_->octets -= Holding::cost(farthest.mapped());
    pool_->octets -= Holding::cost(farthest.mapped());
  }
}

}  // namespace parlance::stream
