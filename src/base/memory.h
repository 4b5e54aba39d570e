// How much memory the program holds.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

namespace parlance {

/// The least that allocators set aside for `needed` octets: they go in steps of a quarter of a power of two.
/// Who grows in these steps wastes nothing.
inline size_t size_to_set_aside(size_t needed) {
  constexpr size_t kLeastStep = 16;
  const size_t step = std::max(std::bit_floor(needed) / 4, kLeastStep);
  return (needed + step - 1) / step * step;
}

/// Octets that are allocated now, by all threads, but for what each thread has not told yet (64 KiB). Where
/// the program's own operator new is not (tests, other programs) only charges count.
size_t memory_in_use();

/// Tells of memory that was allocated (or, negative, given back).
void count_memory(ptrdiff_t change);

/// Says that memory is becoming short. From then on what is freed goes back to the system at once, if the
/// program's allocator has said how.
void memory_is_short();
void when_memory_is_short(void (*give_back_at_once)());

/// For memory that is not to be counted: what goes round between threads and is bounded otherwise.
template <class T>
struct UncountedAllocator {
  using value_type = T;
  UncountedAllocator() = default;
  template <class Other>
  UncountedAllocator(const UncountedAllocator<Other>&) {}
  T* allocate(size_t count) {
    if (void* const memory = std::malloc(count * sizeof(T))) return static_cast<T*>(memory);
    throw std::bad_alloc();
  }
  void deallocate(T* memory, size_t) { std::free(memory); }
  friend bool operator==(const UncountedAllocator&, const UncountedAllocator&) { return true; }
};

/// Counts what a C library holds for us, as long as it lives: about so many octets.
class MemoryCharge {
 public:
  explicit MemoryCharge(size_t octets) : octets_(static_cast<ptrdiff_t>(octets)) {
    count_memory(octets_);
  }
  ~MemoryCharge() { count_memory(-octets_); }
  MemoryCharge(MemoryCharge&& other) noexcept : octets_(std::exchange(other.octets_, 0)) {}
  MemoryCharge& operator=(MemoryCharge&& other) noexcept {
    std::swap(octets_, other.octets_);
    return *this;
  }

 private:
  ptrdiff_t octets_;
};

}  // namespace parlance
