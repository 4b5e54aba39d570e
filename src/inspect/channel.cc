#include "inspect/channel.h"

#include <algorithm>

namespace parlance::inspect {

bool Head::keep(Direction direction, Bytes octets, const stream::Origin& origin, size_t limit) {
  if (octets_.size() >= limit) return false;
  octets_.insert(octets_.end(), octets.begin(), octets.end());
  portions_.push_back({direction, false, static_cast<uint32_t>(octets.size()), origin});
  return true;
}

void Head::keep_gap(Direction direction, uint64_t length, const stream::Origin& origin) {
  const auto bounded = static_cast<uint32_t>(std::min<uint64_t>(length, UINT32_MAX));
  portions_.push_back({direction, true, bounded, origin});
}

void Head::drop() {
  octets_ = {};
  portions_ = {};
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

bool Channel::listening() const {
  return searching || std::any_of(attempts.begin(), attempts.end(),
                                  [](const Attempt& each) { return !each.over; });
}

}  // namespace parlance::inspect
