// Tells from its first octets that no anchored pattern can match a buffer.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "signatures/expression_walker.h"

namespace parlance {

constexpr size_t kLeadOctets = 4;

/// The octets that a match may have at each of its first places: never too few, perhaps too many.
using LeadSets = std::array<OctetSet, kLeadOctets>;
LeadSets lead_sets_of(std::string_view expression, bool ignore_case);

/// Most traffic begins like nothing that anybody knows: then a handful of look-ups spares a scan.
class LeadFilter {
 public:
  /// Takes a pattern in that begins where the buffer does.
  void add(const LeadSets& sets);

  /// False if none of the patterns can match a buffer that begins with `octets`. Of a buffer that is
  /// shorter than kLeadOctets and may still grow, nothing can be said yet.
  bool may_match(Bytes octets) const {
    Mask left{~uint64_t{0}, ~uint64_t{0}};
    for (size_t place = 0; place < std::min(kLeadOctets, octets.size()); ++place) {
      const Mask& there = masks_[place][octets[place]];
      for (size_t half = 0; half < left.size(); ++half) left[half] &= there[half];
    }
    return count_ > 0 && (left[0] | left[1]) != 0;
  }

 private:
  /// A bit a pattern; patterns beyond the last share bits, which lets more through than must be.
  using Mask = std::array<uint64_t, 2>;
  std::array<std::array<Mask, 256>, kLeadOctets> masks_{};
  size_t count_ = 0;
};

}  // namespace parlance
