// Community ID version 1: one name for a flow in all tools
// (github.com/corelight/community-id-spec).
#pragma once

#include <cstdint>
#include <string>

#include "model/five_tuple.h"

namespace parlance::flow {

/// "1:wCb3OG7yAFWelaUydu0D+125CLM="; the same for both directions. The specification leaves tunnels
/// open; here a tuple is of the innermost addresses.
std::string community_id(const FiveTuple& tuple, uint16_t seed = 0);

}  // namespace parlance::flow
