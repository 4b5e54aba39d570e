// The program's own operator new: it counts, so that memory can be kept within bounds. Only the program
// has it, not the library: whoever uses that has an allocator of their own.
#include <mimalloc.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "base/memory.h"

namespace {

/// What the allocator sets aside for so many octets. It thinks in words, and is asked once for each number of
/// them: nearly all that is allocated is this small.
std::size_t good_size(std::size_t octets) {
  constexpr std::size_t kWord = 8, kRemembered = 128;
  static constinit std::array<std::atomic<std::uint16_t>, kRemembered> sizes{};
  const std::size_t words = (octets + kWord - 1) / kWord;
  if (words >= kRemembered) return mi_good_size(octets);
  std::uint16_t size = sizes[words].load(std::memory_order_relaxed);
  if (size == 0) {
    size = static_cast<std::uint16_t>(mi_good_size(octets));
    sizes[words].store(size, std::memory_order_relaxed);
  }
  return size;
}

/// The same of memory that there is: for small sizes that is known without looking at it, for it may be cold.
/// Both ways give the same number, so it does not matter which delete is called.
std::ptrdiff_t set_aside(const void* memory, std::size_t octets) {
  constexpr std::size_t kSmall = std::size_t{64} * 1024;
  return static_cast<std::ptrdiff_t>(octets < kSmall ? good_size(octets) : mi_usable_size(memory));
}

void* allocate(std::size_t octets) {
  if (octets == 0) octets = 1;
  void* const memory = mi_malloc(octets);
  if (memory != nullptr) parlance::count_memory(set_aside(memory, octets));
  return memory;
}

void release(void* memory) {
  if (memory == nullptr) return;
  parlance::count_memory(-static_cast<std::ptrdiff_t>(mi_usable_size(memory)));
  mi_free(memory);
}

void release(void* memory, std::size_t octets) {
  if (memory == nullptr) return;
  parlance::count_memory(-set_aside(memory, octets == 0 ? 1 : octets));
  mi_free(memory);
}

/// Where memory is short freed pages go back to the kernel at once, not after a time: else how much memory
/// there is at most would depend on how busy the machine is, and --memory could not keep it within bounds.
[[maybe_unused]] const bool kGivesBackWhenShort = [] {
  parlance::when_memory_is_short([] { mi_option_set(mi_option_decommit_delay, 0); });
  return true;
}();

}  // namespace

void* operator new(std::size_t octets) {
  if (void* const memory = allocate(octets)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t octets, const std::nothrow_t&) noexcept { return allocate(octets); }
void* operator new[](std::size_t octets) { return ::operator new(octets); }
void* operator new[](std::size_t octets, const std::nothrow_t&) noexcept { return allocate(octets); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t octets) noexcept { release(memory, octets); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t octets) noexcept { release(memory, octets); }
