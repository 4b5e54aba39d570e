// How far a flow has come, why it ended, and how its client was told from its server.
#pragma once

#include <cstdint>
#include <string_view>

namespace parlance {

/// Where a flow stands. UDP flows are established once both sides have spoken.
enum class FlowState : uint8_t {
  opening,  ///< TCP: the handshake is not complete; UDP: one side has spoken. "new" in the record
  established,
  closing,  ///< one side sent a FIN
  closed,   ///< both did, or a valid RST came
};
std::string_view name_of(FlowState state);

/// Why a flow was ended (`flow.reason` of the record).
enum class EndReason : uint8_t {
  fin,       ///< closed by both sides
  rst,       ///< broken off by a valid RST
  timeout,   ///< silent for longer than its time-out
  replaced,  ///< a new flow between the same endpoints began
  evicted,   ///< ended to make room (Limits::flows); its label may be poorer for it
  end,       ///< the input ended
};
std::string_view name_of(EndReason reason);

/// What the roles of client and server rest on, best first.
enum class DirectionBasis : uint8_t {
  syn,           ///< the client's SYN was seen
  syn_ack,       ///< the server's SYN-ACK was seen
  payload,       ///< what was said showed who is who
  port,          ///< a guess: the server has the well-known port
  first_sender,  ///< TCP: a guess; UDP: all there is
};
std::string_view name_of(DirectionBasis basis);

}  // namespace parlance
