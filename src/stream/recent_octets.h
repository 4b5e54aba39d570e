// The last octets of a stream, kept to compare repetitions with them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"

namespace parlance::stream {

/// A ring of a fixed size.
class RecentOctets {
 public:
  static constexpr size_t kMost = 1024;

  size_t size() const { return std::min<uint64_t>(total_, kMost); }
  void clear() { total_ = 0; }
  void add(Bytes octets) {
    total_ += octets.size();
    octets = octets.last(std::min(octets.size(), kMost));
    const size_t end = total_ % kMost;
    const size_t at_end = std::min(octets.size(), end);  // what goes into the front part of the ring
    const Bytes wrapped = octets.first(octets.size() - at_end);
    std::copy(wrapped.begin(), wrapped.end(), ring_.end() - static_cast<ptrdiff_t>(wrapped.size()));
    std::copy(octets.end() - static_cast<ptrdiff_t>(at_end), octets.end(),
              ring_.begin() + static_cast<ptrdiff_t>(end - at_end));
  }
  /// True if `octets` are not those that were added from `back` octets before the last on.
  /// `back` is at most size(), and not less than there are octets.
  bool differ(Bytes octets, size_t back) const {
    const size_t first = (total_ - back) % kMost;
    const size_t until_wrap = std::min(octets.size(), kMost - first);
    const auto at = [&](size_t place) { return ring_.begin() + static_cast<ptrdiff_t>(place); };
    return !std::equal(octets.begin(), octets.begin() + static_cast<ptrdiff_t>(until_wrap), at(first)) ||
           !std::equal(octets.begin() + static_cast<ptrdiff_t>(until_wrap), octets.end(), at(0));
  }

 private:
  std::array<uint8_t, kMost> ring_;  // as much of it is set as size() says
  uint64_t total_ = 0;               ///< octets added
};

/// Rings to be used again: a stream needs one only until its flow is decided.
class RecentOctetsStore {
 public:
  std::unique_ptr<RecentOctets> take() {
    if (idle_.empty()) return std::unique_ptr<RecentOctets>(new RecentOctets);
    auto ring = std::move(idle_.back());
    idle_.pop_back();
    return ring;
  }
  void give_back(std::unique_ptr<RecentOctets> ring) {
    constexpr size_t kIdle = 1024;
    if (!ring || idle_.size() >= kIdle) return;
    ring->clear();
    idle_.push_back(std::move(ring));
  }

 private:
  std::vector<std::unique_ptr<RecentOctets>> idle_;
};

}  // namespace parlance::stream
