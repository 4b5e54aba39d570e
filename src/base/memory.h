// How much memory the program holds.
#pragma once

#include <cstddef>

namespace parlance {

/// Octets that are allocated now, by all threads; 0 where nobody counts (tests, other programs that use
/// the library). Exact but for what each thread has not told yet (64 KiB).
size_t memory_in_use();

/// Tells of memory that was allocated (or, negative, given back).
void count_memory(ptrdiff_t change);

/// For C libraries that are to be counted as well: like malloc() and free().
void* counted_malloc(size_t octets);
void counted_free(void* memory);

}  // namespace parlance
