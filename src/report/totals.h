// What a whole run saw, for the closing lines.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace parlance::report {

struct Totals {
  uint64_t packets = 0;          ///< read, of all inputs
  uint64_t octets = 0;           ///< on the wire, of these packets
  uint64_t undecodable = 0;      ///< neither TCP nor UDP over IP, or cut off before their ports
  uint64_t other_transport = 0;  ///< of IP, but neither TCP nor UDP
  uint64_t damaged_inputs = 0;   ///< files that ended before they should, or broke off
  uint64_t dropped_packets = 0;  ///< by kernel or interface, live only
  uint64_t evicted_flows = 0;    ///< ended early to make room
  Timestamp first, last;         ///< times of the packets; equal if there were none
};

}  // namespace parlance::report
