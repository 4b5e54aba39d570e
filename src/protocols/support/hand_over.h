// From a protocol to what it carries: what came before the switch was known belongs to the inner
// channel.
#pragma once

#include "base/input_buffer.h"
#include "protocols/parser.h"

namespace parlance {

/// Gives both sides' kept octets to an inner channel, the client's first, and keeps none.
inline void hand_over(InputBuffer (&inputs)[2], ChannelId inner, Findings& findings) {
  for (const Direction each : {Direction::to_server, Direction::to_client}) {
    InputBuffer& input = inputs[index(each)];
    const Bytes kept = input.append({});
    if (!kept.empty()) findings.deliver(inner, each, kept);
    input.consume(kept.size());
  }
}

}  // namespace parlance
