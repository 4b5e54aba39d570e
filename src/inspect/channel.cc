#include "inspect/channel.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "base/memory.h"

namespace parlance::inspect {

Head::Piece Head::Iterator::operator*() const {
  Piece piece{};
  std::memcpy(&piece.portion, rest_.data(), sizeof piece.portion);
  if (piece.portion.kind == Kind::octets) {
    piece.octets = rest_.subspan(sizeof piece.portion, piece.portion.length);
  }
  return piece;
}

Head::Iterator& Head::Iterator::operator++() {
  rest_ = rest_.subspan(sizeof(Portion) + (**this).octets.size());
  return *this;
}

bool Head::keep(Direction direction, Bytes octets, const stream::Origin& origin,
                const Limits& limits) {
  if (octets.size() > limits.head_octets - std::min<size_t>(limits.head_octets, octets_)) return false;
  return add({direction, Kind::octets, static_cast<uint32_t>(octets.size()), origin}, octets, limits);
}

bool Head::keep_gap(Direction direction, uint64_t length, const stream::Origin& origin,
                    const Limits& limits) {
  const auto bounded = static_cast<uint32_t>(std::min<uint64_t>(length, UINT32_MAX));
  return add({direction, Kind::gap, bounded, origin}, {}, limits);
}

bool Head::keep_end(Direction direction, const stream::Origin& origin, const Limits& limits) {
  return add({direction, Kind::end, 0, origin}, {}, limits);
}

bool Head::add(const Portion& portion, Bytes octets, const Limits& limits) {
  static_assert(std::is_trivially_copyable_v<Portion>);
  if (portions_ >= limits.head_portions) return false;
  make_room(size_ + sizeof portion + octets.size());
  std::memcpy(memory_.get() + size_, &portion, sizeof portion);
  size_ += static_cast<uint32_t>(sizeof portion);
  std::copy(octets.begin(), octets.end(), memory_.get() + size_);
  size_ += static_cast<uint32_t>(octets.size());
  octets_ += static_cast<uint32_t>(octets.size());
  ++portions_;
  return true;
}

void Head::make_room(size_t needed) {
  if (needed <= capacity_) return;
  const size_t capacity = size_to_set_aside(needed);
  std::unique_ptr<uint8_t[]> larger(new uint8_t[capacity]);
  std::copy_n(memory_.get(), size_, larger.get());
  memory_ = std::move(larger);
  capacity_ = static_cast<uint32_t>(capacity);
}

void Head::copy(Direction direction, uint64_t from, uint64_t to, std::vector<uint8_t>& copy) const {
  uint64_t offset = 0;  // in the direction
  for (const auto& [portion, octets] : *this) {
    if (portion.direction != direction) continue;
    const uint64_t first = std::max(from, offset), last = std::min(to, offset + octets.size());
    if (first < last) {
      const Bytes part = octets.subspan(first - offset, last - first);
      copy.insert(copy.end(), part.begin(), part.end());
    }
    offset += portion.length;
  }
}

uint64_t Head::frame_at(Direction direction, uint64_t offset) const {
  uint64_t first = 0;  // octet of the portion
  for (const auto& [portion, octets] : *this) {
    if (portion.direction != direction) continue;
    if (offset >= first && offset - first < octets.size()) return portion.origin.frame;
    first += portion.length;
  }
  return 0;
}

void Head::copy_frames(FrameMaps& frames) const {
  uint64_t offsets[2] = {0, 0};
  for (const auto& [portion, octets] : *this) {
    const size_t side = index(portion.direction);
    if (portion.kind == Kind::octets) frames[side].add(offsets[side], portion.origin.frame);
    offsets[side] += portion.length;
  }
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

bool Channel::skips(Direction direction, Bytes portion) {
  if (searching || attempts.size() != 1) return false;
  Skip& skip = attempts.front().skips[index(direction)];
  if (portion.empty() || skip.allowed < portion.size()) return false;
  skip.take_from(portion);
  return true;
}

void Channel::begin_portion(Direction direction, uint64_t offset, uint64_t frame) {
  portion_direction = direction;
  portion_offset = offset;
  portion_frame = frame;
  if (!keeping) add_frame(direction, offset, frame);
}

void Channel::add_frame(Direction direction, uint64_t offset, uint64_t frame) {
  if (!frames) frames = std::make_unique<FrameMaps>();
  (*frames)[index(direction)].add(offset, frame);
}

void Channel::leave_head() {
  keeping = false;
  if (listening()) {
    frames = std::make_unique<FrameMaps>();
    head.copy_frames(*frames);
    add_frame(portion_direction, portion_offset, portion_frame);
  }
  head.reset();
}

uint64_t Channel::frame_at(Direction direction, uint64_t offset) const {
  if (direction == portion_direction && offset >= portion_offset) return portion_frame;
  if (frames) return (*frames)[index(direction)].frame_at(offset);
  return head.frame_at(direction, offset);
}

void Channel::reset() {
  static_cast<ChannelState&>(*this) = {};
  head.reset();
  frames.reset();
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
