// Community ID version 1: one name for a flow in all tools
// (github.com/corelight/community-id-spec).
#pragma once

#include <cstdint>

#include "base/short_text.h"
#include "model/five_tuple.h"

namespace parlance::flow {

using CommunityId = ShortText<30>;

/// Makes them, all with the same seed.
class CommunityIdMaker {
 public:
  explicit CommunityIdMaker(uint16_t seed = 0) : seed_(seed) {}

  /// "1:wCb3OG7yAFWelaUydu0D+125CLM="; the same for both directions. The specification leaves tunnels
  /// open; here a tuple is of the innermost addresses.
  CommunityId of(const FiveTuple& tuple) const;

 private:
  uint16_t seed_;
};

}  // namespace parlance::flow
