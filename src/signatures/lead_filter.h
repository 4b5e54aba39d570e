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
    const size_t places = std::min(kLeadOctets, octets.size());
    for (size_t block = 0; block < blocks_.size(); ++block) {
      uint64_t left = blocks_[block].groups;
      for (size_t place = 0; place < places && left != 0; ++place) {
        const Place& here = blocks_[block].places[place];
        left &= here.of[octets[place]] | here.any;
      }
      for (; left != 0; left &= left - 1) {
        visit(block * kBlock + static_cast<size_t>(std::countr_zero(left)));
      }
    }
  }

 private:
  static constexpr size_t kBlock = 64;

  /// So many groups, a bit each: those of which a pattern lets such an octet stand here.
  struct Place {
    std::array<uint64_t, 256> of{};
    uint64_t any = 0;  ///< all octets
  };
  /// Mostly none of a block's groups is left after the first octets, and other places need not be looked at.
  struct Block {
    uint64_t groups = 0;
    std::array<Place, kLeadOctets> places;
  };
  std::vector<Block> blocks_;
  size_t count_ = 0;  ///< of patterns
};

}  // namespace parlance
