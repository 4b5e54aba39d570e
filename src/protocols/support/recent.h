// Questions that wait for their answers, and whatever else of a side only the last few matter.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace parlance {

/// The last `kAtMost` values that were remembered.
template <typename Value, size_t kAtMost>
class Recent {
 public:
  void remember(Value value) { values_[count_++ % kAtMost] = std::move(value); }

  /// The first found that `fits`, or null; valid until the next is remembered.
  template <typename Fits>
  Value* find(Fits fits) {
    const auto end = values_.begin() + static_cast<std::ptrdiff_t>(std::min(count_, kAtMost));
    const auto found = std::find_if(values_.begin(), end, fits);
    return found == end ? nullptr : &*found;
  }
  template <typename Fits>
  const Value* find(Fits fits) const {
    return const_cast<Recent*>(this)->find(fits);  // which changes nothing
  }
  bool holds(const Value& value) const {
    return find([&](const Value& each) { return each == value; }) != nullptr;
  }
  /// The one remembered last, or null.
  const Value* last() const { return count_ == 0 ? nullptr : &values_[(count_ - 1) % kAtMost]; }

 private:
  std::array<Value, kAtMost> values_{};
  size_t count_ = 0;  ///< ever remembered
};

}  // namespace parlance
