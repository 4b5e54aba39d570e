// Which octets of a stream have come: ranges, in order, with a hole between any two.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace parlance {

/// A set of numbers as half-open ranges; holds no octets. Bounded by the caller, who gives the most.
class RangeSet {
 public:
  struct Range {
    uint64_t start = 0, end = 0;
  };

  /// Adds [start, end), which is not empty. False, with nothing added, if that would make one range
  /// more than `most`; what fills or widens is always taken.
  bool add(uint64_t start, uint64_t end, size_t most) {
    const auto first = std::partition_point(ranges_.begin(), ranges_.end(),
                                            [&](const Range& each) { return each.end < start; });
    const auto last = std::partition_point(first, ranges_.end(),
                                           [&](const Range& each) { return each.start <= end; });
    if (first == last) {
      if (ranges_.size() >= most) return false;
      ranges_.insert(first, {start, end});
      return true;
    }
    first->start = std::min(first->start, start);
    first->end = std::max(std::prev(last)->end, end);
    ranges_.erase(std::next(first), last);
    return true;
  }
  bool contains(uint64_t value) const {
    const auto at = std::partition_point(ranges_.begin(), ranges_.end(),
                                         [&](const Range& each) { return each.end <= value; });
    return at != ranges_.end() && at->start <= value;
  }
  /// Where the first hole begins: all numbers below have been added.
  uint64_t contiguous() const {
    return ranges_.empty() || ranges_.front().start > 0 ? 0 : ranges_.front().end;
  }
  /// Forgets the first hole: all numbers below the end of what follows it count as added.
  void fill_first_hole() {
    if (ranges_.empty()) return;
    if (ranges_.front().start > 0) {
      ranges_.front().start = 0;
    } else if (ranges_.size() > 1) {
      ranges_[1].start = 0;
      ranges_.erase(ranges_.begin());
    }
  }
  const std::vector<Range>& ranges() const { return ranges_; }

 private:
  std::vector<Range> ranges_;
};

}  // namespace parlance
