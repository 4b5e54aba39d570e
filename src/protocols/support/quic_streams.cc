#include "protocols/support/quic_streams.h"

#include <algorithm>

namespace parlance {
namespace {

constexpr size_t kClosedRanges = 64;  // of one kind of stream; beyond, an old one may seem new

Direction sender_of(uint64_t stream) {
  return is_client_stream(stream) ? Direction::to_server : Direction::to_client;
}

}  // namespace

void QuicStreams::add(const QuicFrame& frame, Direction direction, QuicApplication& to,
                      Findings& findings) {
  const uint64_t id = frame.stream;
  if (is_one_way_stream(id) && direction != sender_of(id)) return;
  Stream* const stream = find(id, to, findings);
  if (stream == nullptr) return;
  stream->used = ++frames_;
  Side& side = stream->sides[index(direction)];
  if (side.over) return;
  if (frame.type == QuicFrameType::reset_stream) return end_side(id, direction, false, to, findings);

  const uint64_t end = frame.offset + frame.octets.size();
  if (frame.fin && !side.final_size) side.final_size = std::max(end, side.next);
  if (frame.offset > side.next) {
    hold(side, frame.offset, frame.octets);
    return make_less(id, direction, to, findings);
  }
  if (end > side.next || side.final_size == side.next) {
    const Bytes fresh = frame.octets.subspan(static_cast<size_t>(
        std::min<uint64_t>(side.next - frame.offset, frame.octets.size())));
    side.next = std::max(side.next, end);
    const bool last = side.final_size && side.next >= *side.final_size;
    if (!fresh.empty() || last) to.data(id, direction, fresh, last, findings);
    if (last) return end_side(id, direction, true, to, findings);
  }
  advance(id, side, direction, to, findings);
}

/// The stream, made if it is new; nullptr if it has ended.
QuicStreams::Stream* QuicStreams::find(uint64_t id, QuicApplication& to, Findings& findings) {
  const auto known = streams_.find(id);
  if (known != streams_.end()) return &known->second;
  if (closed_[id & 3].contains(id >> 2)) return nullptr;
  if (streams_.size() >= findings.limits().quic_streams) make_room(to, findings);
  Stream& made = streams_[id];
  if (is_one_way_stream(id)) made.sides[index(opposite(sender_of(id)))].over = true;
  return &made;
}

/// Gives up the stream that has been silent longest.
void QuicStreams::make_room(QuicApplication& to, Findings& findings) {
  const auto oldest =
      std::min_element(streams_.begin(), streams_.end(), [](const auto& a, const auto& b) {
        return a.second.used < b.second.used;
      });
  const uint64_t id = oldest->first;
  for (const Direction each : {Direction::to_server, Direction::to_client}) {
    if (streams_.contains(id)) end_side(id, each, false, to, findings);
  }
}

void QuicStreams::hold(Side& side, uint64_t offset, Bytes octets) {
  if (octets.empty()) return;
  std::vector<uint8_t>& place = side.held[offset];
  if (place.size() >= octets.size()) return;
  if (place.empty()) ++held_pieces_;
  held_octets_ += octets.size() - place.size();
  place.assign(octets.begin(), octets.end());
}

/// Hands on what was held and now follows.
void QuicStreams::advance(uint64_t id, Side& side, Direction direction, QuicApplication& to,
                          Findings& findings) {
  while (!side.held.empty() && side.held.begin()->first <= side.next) {
    const uint64_t offset = side.held.begin()->first;
    const std::vector<uint8_t> octets = std::move(side.held.begin()->second);
    side.held.erase(side.held.begin());
    held_octets_ -= octets.size();
    --held_pieces_;
    if (offset + octets.size() <= side.next) continue;
    const Bytes fresh = Bytes(octets).subspan(static_cast<size_t>(side.next - offset));
    side.next = offset + octets.size();
    const bool last = side.final_size && side.next >= *side.final_size;
    to.data(id, direction, fresh, last, findings);
    if (last) return end_side(id, direction, true, to, findings);
  }
}

/// Passes holes of the stream that holds too much.
void QuicStreams::make_less(uint64_t id, Direction direction, QuicApplication& to,
                            Findings& findings) {
  auto found = streams_.find(id);
  while (too_much(findings.limits()) && found != streams_.end() &&
         !found->second.sides[index(direction)].held.empty()) {
    pass_hole(id, found->second.sides[index(direction)], direction, to, findings);
    found = streams_.find(id);  // it may have ended
  }
}

void QuicStreams::pass_hole(uint64_t id, Side& side, Direction direction, QuicApplication& to,
                            Findings& findings) {
  const uint64_t length = side.held.begin()->first - side.next;
  side.next += length;
  to.gap(id, direction, length, findings);
  advance(id, side, direction, to, findings);
}

/// A direction is over: all of it came (and was said to be the last), or no more is wanted.
void QuicStreams::end_side(uint64_t id, Direction direction, bool whole, QuicApplication& to,
                           Findings& findings) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  Side& side = found->second.sides[index(direction)];
  if (side.over) return;
  side.over = true;
  drop_held(side);
  if (!whole) to.gap(id, direction, 0, findings);
  if (found->second.sides[0].over && found->second.sides[1].over) close(id);
}

void QuicStreams::close(uint64_t id) {
  streams_.erase(id);
  closed_[id & 3].add(id >> 2, (id >> 2) + 1, kClosedRanges);
}

void QuicStreams::drop_held(Side& side) {
  for (const auto& [offset, octets] : side.held) held_octets_ -= octets.size();
  held_pieces_ -= side.held.size();
  side.held.clear();
}

void QuicStreams::flush(QuicApplication& to, Findings& findings) {
  std::vector<uint64_t> ids;
  for (const auto& [id, stream] : streams_) ids.push_back(id);
  for (const uint64_t id : ids) {
    for (const Direction each : {Direction::to_server, Direction::to_client}) {
      auto found = streams_.find(id);
      while (found != streams_.end() && !found->second.sides[index(each)].held.empty()) {
        pass_hole(id, found->second.sides[index(each)], each, to, findings);
        found = streams_.find(id);
      }
    }
  }
}

}  // namespace parlance
