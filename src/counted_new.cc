// The program's own operator new: it counts, so that memory can be kept within bounds. Only the program
// has it, not the library: whoever uses that has an allocator of their own.
#include <malloc.h>

#include <cstdlib>
#include <new>

#include "base/memory.h"

namespace {

void* allocate(std::size_t octets) {
  void* const memory = std::malloc(octets == 0 ? 1 : octets);
  if (memory != nullptr) parlance::count_memory(static_cast<std::ptrdiff_t>(malloc_usable_size(memory)));
  return memory;
}

void release(void* memory) {
  if (memory == nullptr) return;
  parlance::count_memory(-static_cast<std::ptrdiff_t>(malloc_usable_size(memory)));
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t octets) {
  if (void* const memory = allocate(octets)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t octets, const std::nothrow_t&) noexcept { return allocate(octets); }
void* operator new[](std::size_t octets) { return ::operator new(octets); }
void* operator new[](std::size_t octets, const std::nothrow_t&) noexcept { return allocate(octets); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }
