// A DNS answer, as a fact that later flows are joined to.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "model/five_tuple.h"

namespace parlance {

struct Resolution {
  std::string name;          ///< as asked for, lower case, no final dot
  IpAddress client;          ///< who was told
  IpAddress address;         ///< the answer
  uint32_t ttl_seconds = 0;
  uint64_t frame = 0;        ///< of the answer, in its file
  uint64_t ordinal = 0;      ///< of the answer, over all inputs
  Timestamp time;
};

}  // namespace parlance
