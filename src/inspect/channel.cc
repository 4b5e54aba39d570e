#include "inspect/channel.h"

#include <algorithm>

namespace parlance::inspect {

bool Head::keep(Direction direction, Bytes octets, const stream::Origin& origin,
                const Limits& limits) {
  if (octets.size() > limits.head_octets - std::min(limits.head_octets, octets_.size()) ||
      portions_.size() >= limits.head_portions) {
    return false;
  }
  octets_.insert(octets_.end(), octets.begin(), octets.end());
  portions_.push_back({direction, Kind::octets, static_cast<uint32_t>(octets.size()), origin});
  return true;
}

bool Head::keep_gap(Direction direction, uint64_t length, const stream::Origin& origin,
                    const Limits& limits) {
  if (portions_.size() >= limits.head_portions) return false;
  const auto bounded = static_cast<uint32_t>(std::min<uint64_t>(length, UINT32_MAX));
  portions_.push_back({direction, Kind::gap, bounded, origin});
  return true;
}

bool Head::keep_end(Direction direction, const stream::Origin& origin, const Limits& limits) {
  if (portions_.size() >= limits.head_portions) return false;
  portions_.push_back({direction, Kind::end, 0, origin});
  return true;
}

void Head::copy(Direction direction, uint64_t from, uint64_t to, std::vector<uint8_t>& copy) const {
  uint64_t offset = 0;  // in the direction
  size_t place = 0;     // in octets_
  for (const Portion& portion : portions_) {
    const bool holds_octets = portion.kind == Kind::octets;
    if (portion.direction == direction) {
      const uint64_t first = std::max(from, offset), last = std::min(to, offset + portion.length);
      if (holds_octets && first < last) {
        const Bytes part = octets().subspan(place + (first - offset), last - first);
        copy.insert(copy.end(), part.begin(), part.end());
      }
      offset += portion.length;
    }
    if (holds_octets) place += portion.length;
  }
}

uint64_t Head::frame_at(Direction direction, uint64_t offset) const {
  uint64_t first = 0;  // octet of the portion
  for (const Portion& portion : portions_) {
    if (portion.direction != direction) continue;
    if (portion.kind == Kind::octets && offset >= first && offset - first < portion.length) {
      return portion.origin.frame;
    }
    first += portion.length;
  }
  return 0;
}

void Head::copy_frames(FrameMap (&frames)[2]) const {
  uint64_t offsets[2] = {0, 0};
  for (const Portion& portion : portions_) {
    const size_t side = index(portion.direction);
    if (portion.kind == Kind::octets) frames[side].add(offsets[side], portion.origin.frame);
    offsets[side] += portion.length;
  }
}

void Head::reset() {
  octets_.clear();
  portions_.clear();
}

void FrameMap::add(uint64_t offset, uint64_t frame) {
  if (!marks_.empty()) {
    const size_t last = marks_.size() < kMarks ? marks_.size() - 1 : (next_ + kMarks - 1) % kMarks;
    if (marks_[last].frame == frame) return;
  }
  if (marks_.size() < kMarks) {
    marks_.push_back({offset, frame});
  } else {
    marks_[next_] = {offset, frame};
    next_ = (next_ + 1) % kMarks;
  }
}

uint64_t FrameMap::frame_at(uint64_t offset) const {
  const Mark* best = nullptr;
  for (const Mark& mark : marks_) {
    if (mark.offset <= offset && (best == nullptr || mark.offset >= best->offset)) best = &mark;
  }
  return best == nullptr ? 0 : best->frame;
}

void FrameMap::reset() {
  marks_.clear();
  next_ = 0;
}

bool Channel::listening() const {
  return searching || std::any_of(attempts.begin(), attempts.end(),
                                  [](const Attempt& each) { return !each.over; });
}

void Channel::begin_portion(Direction direction, uint64_t offset, uint64_t frame) {
  portion_direction = direction;
  portion_offset = offset;
  portion_frame = frame;
  if (!keeping) frames[index(direction)].add(offset, frame);
}

void Channel::leave_head() {
  keeping = false;
  if (listening()) {
    head.copy_frames(frames);
    frames[index(portion_direction)].add(portion_offset, portion_frame);
  }
  head.reset();
}

uint64_t Channel::frame_at(Direction direction, uint64_t offset) const {
  if (direction == portion_direction && offset >= portion_offset) return portion_frame;
  const uint64_t frame = head.frame_at(direction, offset);
  return frame != 0 ? frame : frames[index(direction)].frame_at(offset);
}

void Channel::reset() {
  static_cast<ChannelState&>(*this) = {};
  head.reset();
  for (FrameMap& each : frames) each.reset();
  for (StreamScan& each : scans) each.close();
  rules.reset();
  pending.clear();
  attempts.clear();
  found.clear();
}

std::unique_ptr<Channel> ChannelStore::take() {
  if (idle_.empty()) return std::make_unique<Channel>();
  std::unique_ptr<Channel> channel = std::move(idle_.back());
  idle_.pop_back();
  return channel;
}

void ChannelStore::give_back(std::unique_ptr<Channel> channel) {
  if (idle_.size() >= kIdle) return;
  channel->reset();
  idle_.push_back(std::move(channel));
}

}  // namespace parlance::inspect
