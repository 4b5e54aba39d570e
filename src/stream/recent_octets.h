// The last octets of a stream, kept to compare repetitions with them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/bytes.h"
#include "base/memory.h"

namespace parlance::stream {

/// A ring that grows up to a fixed size: most streams are watched for a few hundred octets only.
class RecentOctets {
 public:
  static constexpr size_t kMost = 1024;

  RecentOctets() = default;
  RecentOctets(RecentOctets&& other) noexcept { *this = std::move(other); }
  RecentOctets& operator=(RecentOctets&& other) noexcept {
    std::swap(ring_, other.ring_);
    std::swap(capacity_, other.capacity_);
    std::swap(size_, other.size_);
    std::swap(next_, other.next_);
    return *this;
  }

  size_t size() const { return size_; }
  /// Forgets them and keeps the memory.
  void clear() { size_ = next_ = 0; }
  /// Forgets them and gives the memory back.
  void release() {
    ring_.reset();
    capacity_ = size_ = next_ = 0;
  }
  void add(Bytes octets) {
    octets = octets.last(std::min(octets.size(), kMost));
    make_room(std::min(size_ + octets.size(), kMost));
    const Bytes until_wrap = first_of(octets, size_t{capacity_} - next_);
    const Bytes wrapped = octets.subspan(until_wrap.size());
    std::copy(until_wrap.begin(), until_wrap.end(), ring_.get() + next_);
    std::copy(wrapped.begin(), wrapped.end(), ring_.get());
    const size_t end = next_ + octets.size();
    next_ = static_cast<uint16_t>(end < capacity_ ? end : end - capacity_);
    size_ = static_cast<uint16_t>(std::min<size_t>(size_ + octets.size(), capacity_));
  }
  /// True if `octets` are not those that were added from `back` octets before the last on.
  /// `back` is at most size(), and not less than there are octets.
  bool differ(Bytes octets, size_t back) const {
    const size_t first = next_ >= back ? next_ - back : next_ + capacity_ - back;
    const Bytes until_wrap = first_of(octets, capacity_ - first);
    const Bytes wrapped = octets.subspan(until_wrap.size());
    return !std::equal(until_wrap.begin(), until_wrap.end(), ring_.get() + first) ||
           !std::equal(wrapped.begin(), wrapped.end(), ring_.get());
  }

 private:
  void make_room(size_t needed) {
    if (needed <= capacity_) return;
    // Below its greatest size nothing is wrapped: what there is stands in front.
    const size_t capacity = std::min(size_to_set_aside(needed), kMost);
    std::unique_ptr<uint8_t[]> larger(new uint8_t[capacity]);
    std::copy_n(ring_.get(), size_, larger.get());
    ring_ = std::move(larger);
    capacity_ = static_cast<uint16_t>(capacity);
    next_ = size_;
  }

  std::unique_ptr<uint8_t[]> ring_;
  uint16_t capacity_ = 0, size_ = 0;
  uint16_t next_ = 0;  ///< where the next octet goes
};

}  // namespace parlance::stream
