// Fetching memory before it is needed.
#pragma once

#include <cstddef>

namespace parlance {

/// Asks for the memory of an object, all of it, without waiting. Does nothing with null.
template <class T>
void prefetch(const T* object) {
  constexpr size_t kLine = 64;
  if (object == nullptr) return;
  const auto* octets = reinterpret_cast<const char*>(object);
  for (size_t at = 0; at < sizeof(T); at += kLine) __builtin_prefetch(octets + at);
}

}  // namespace parlance
