// What ties flows of one call together, and what says whose call it is: facts to which flows are
// joined.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/evidence.h"

namespace parlance {

/// One of two things that were learnt of a flow: a sign that other flows of its call carry as well
/// (made by call_signs.h), or, where `sign` is empty, that its octets speak for an application.
struct CallFact {
  uint64_t ordinal = 0;  ///< of the packet, over all inputs
  uint64_t frame = 0;    ///< likewise, in its file
  Timestamp time;
  uint64_t flow_id = 0;
  std::string sign;
  std::string_view supports;  ///< a signature's name
  Strength strength = Strength::none;
};

}  // namespace parlance
