// Tells from its first octets which anchored patterns may match a buffer.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
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

/// Of an expression that says nothing but which octets may stand at each of the first places: how many places.
/// What begins with so many octets that its lead sets allow is a match, and nothing else is. 0 of any other.
size_t width_told_by_lead(std::string_view expression, bool ignore_case);

/// False if nothing that begins with `octets` matches what the sets are of.
inline bool may_match(const LeadSets& sets, Bytes octets) {
  const size_t places = std::min(kLeadOctets, octets.size());
  for (size_t place = 0; place < places; ++place) {
    if (!sets[place][octets[place]]) return false;
  }
  return true;
}

/// True if every way through an expression begins with ^, so that its lead sets hold for a whole field. False
/// where it is written in a way that is not understood.
bool is_anchored(std::string_view expression);

/// Most traffic begins like nothing that anybody knows, and the rest like one or two things: a handful of
/// look-ups spares the search for all others.
class LeadFilter {
 public:
  static constexpr size_t kGroups = 256;

  /// Takes a pattern in that begins where the buffer does. Returns the group that it belongs to: one of
  /// its own, as long as there are enough.
  size_t add(const LeadSets& sets);

  /// Calls `visit` with each group of which a pattern may match a buffer that begins with `octets`, however
  /// it goes on.
  template <class Visit>
  void visit_candidates(Bytes octets, Visit visit) const {
    Mask left = all_;
    const size_t places = std::min(kLeadOctets, octets.size());
    for (size_t place = 0; place < places && left.any(); ++place) {
      left.keep(masks_[place].of[octets[place]], masks_[place].of_any);
    }
    for (size_t word = 0; word < kWords; ++word) {
      for (uint64_t bits = left.words[word]; bits != 0; bits &= bits - 1) {
        visit(word * 64 + static_cast<size_t>(std::countr_zero(bits)));
      }
    }
  }

 private:
  static constexpr size_t kWords = kGroups / 64;

  /// A bit a group. Patterns of one group let through what any of them does.
  struct Mask {
    std::array<uint64_t, kWords> words{};
    bool any() const {
      uint64_t all = 0;
      for (const uint64_t each : words) all |= each;
      return all != 0;
    }
    void set(size_t bit) { words[bit / 64 % kWords] |= uint64_t{1} << bit % 64; }
    void keep(const Mask& a, const Mask& b) {
      for (size_t i = 0; i < kWords; ++i) words[i] &= a.words[i] | b.words[i];
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
