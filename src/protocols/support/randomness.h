// Whether octets look like keys and nonces: a cheap test, for where nothing better can be asked.
#pragma once

#include <algorithm>
#include <bitset>
#include <cstddef>

#include "base/bytes.h"

namespace parlance {

/// How many different octets there are in `octets`: of 32 random ones 30, seldom fewer than 26; of
/// 24 random ones 23, seldom fewer than 19.
inline size_t distinct_octets(Bytes octets) {
  std::bitset<256> seen;
  for (const uint8_t each : octets) seen.set(each);
  return seen.count();
}

/// Two runs of the same length that agree in no more places than chance would have it: in at most
/// an eighth of them.
inline bool are_unlike(Bytes a, Bytes b) {
  size_t same = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) same += size_t{a[i] == b[i]};
  return a.size() == b.size() && same <= a.size() / 8;
}

}  // namespace parlance
