// Tells from its first octets that no anchored pattern can match a buffer.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "signatures/expression_walker.h"

namespace parlance {

/// Formats of many zeros (IKE, ONC RPC) are told from others by what stands this far in.
constexpr size_t kLeadOctets = 24;

/// The octets that a match may have at each of its first places: never too few, perhaps too many.
using LeadSets = std::array<OctetSet, kLeadOctets>;
LeadSets lead_sets_of(std::string_view expression, bool ignore_case);

/// Most traffic begins like nothing that anybody knows: then a handful of look-ups spares a scan.
class LeadFilter {
 public:
  /// Takes a pattern in that begins where the buffer does.
  void add(const LeadSets& sets);

  /// False if none of the patterns can match a buffer that begins with `octets`, however it goes on.
  bool may_match(Bytes octets) const {
    Mask left = all_;
    const size_t places = std::min(kLeadOctets, octets.size());
    for (size_t place = 0; place < places && left.any(); ++place) {
      left.keep(masks_[place].of[octets[place]], masks_[place].of_any);
    }
    return left.any();
  }

 private:
  /// A bit a pattern; patterns beyond the last share bits, which lets more through than must be.
  struct Mask {
    static constexpr size_t kBits = 128;
    uint64_t halves[2] = {0, 0};
    bool any() const { return (halves[0] | halves[1]) != 0; }
    void set(size_t bit) { halves[bit / 64 % 2] |= uint64_t{1} << bit % 64; }
    void keep(const Mask& a, const Mask& b) {
      for (size_t half = 0; half < 2; ++half) halves[half] &= a.halves[half] | b.halves[half];
    }
  };
  struct Place {
    std::array<Mask, 256> of;  ///< patterns that let this octet stand here
    Mask of_any;               ///< those that let any
  };
  std::vector<Place> masks_;   ///< kLeadOctets of them, or none
  Mask all_;
  size_t count_ = 0;
};

}  // namespace parlance
