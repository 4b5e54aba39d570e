// For who wants all that channels carry, not only what they speak.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "model/direction.h"
#include "model/five_tuple.h"
#include "model/verdict.h"

namespace parlance::inspect {

/// Is told what channels carry, as far as the parsers around them open it. Called by every worker, for
/// different flows at the same time.
class ChannelTap {
 public:
  virtual ~ChannelTap() = default;
  /// The next octets, or the next message, of a channel. `flow` is the number of the flow's first packet.
  virtual void octets(uint64_t flow, uint32_t channel, Direction direction, Bytes octets) = 0;
  /// Client and server had been taken for one another: all of the flow is told once more.
  virtual void begin_again(uint64_t flow) = 0;
  /// The flow ended.
  virtual void end(uint64_t flow, const FiveTuple& tuple, std::span<const ChannelSummary> channels) = 0;
};

}  // namespace parlance::inspect
