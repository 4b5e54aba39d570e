// Everything that is said about a flow when it has ended, ready to be written out.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/short_text.h"
#include "base/time.h"
#include "model/direction.h"
#include "model/five_tuple.h"
#include "model/flow_state.h"
#include "model/note.h"
#include "model/verdict.h"

namespace parlance {

/// What one direction of a flow carried.
struct DirectionCounters {
  uint64_t packets = 0;
  uint64_t octets = 0;          ///< of IP packets on the wire, their headers included
  uint64_t payload_octets = 0;  ///< of the transport's payload, retransmissions included
};

/// How well one direction's stream could be put together. All zero for UDP.
struct StreamFacts {
  uint32_t gaps = 0;
  uint64_t gap_octets = 0;
  uint32_t overlap_conflicts = 0;  ///< segments that disagreed with octets that came before them
  uint64_t repeated_octets = 0;    ///< retransmitted
  bool midstream = false;          ///< the direction's beginning was not captured
  bool truncated = false;          ///< packets were cut short by the capture
};

/// Owned but for names, which live as long as the signatures and the sources, so it can be kept and handed to
/// another thread. The flow's endpoints are in
/// their true roles (a direction turned round by its payload has been turned here as well).
struct FlowRecord {
  /// Names the flow: the number, over all inputs, of the packet that opened it (DecodedPacket::
  /// ordinal). The same for any number of workers; below 2^53.
  uint64_t flow_id = 0;
  uint64_t end_ordinal = 0;  ///< of the packet at which (or before which) it ended; records are ordered by it
  Endpoint client;
  Endpoint server;
  Transport transport = Transport::tcp;
  DirectionBasis direction_basis = DirectionBasis::first_sender;
  std::vector<uint16_t> vlans;  ///< outermost first
  uint32_t source = 0;          ///< index of the file or interface of the first packet
  std::string_view file;        ///< of the first packet; empty if live
  std::string_view interface;   ///< of the first packet; empty if read from a file
  ShortText<30> community_id;   ///< "1:…"; empty: leave it out

  Timestamp start;
  Timestamp end;
  uint64_t first_frame = 0;  ///< in `file`
  uint64_t last_frame = 0;
  FlowState state = FlowState::opening;
  EndReason reason = EndReason::end;
  std::array<DirectionCounters, 2> counters{};  ///< by index(Direction)
  std::array<StreamFacts, 2> streams{};         ///< by index(Direction)
  uint32_t stray_resets = 0;                    ///< RST segments that were not believed

  Verdict verdict;
  std::vector<Note> notes;  ///< in the order of first writing

  const DirectionCounters& sent(Direction direction) const { return counters[index(direction)]; }
};

/// False if who is the client is a guess (`direction_known` of the record). For UDP the first
/// sender is the client by definition.
inline bool direction_known(const FlowRecord& record) {
  if (record.direction_basis == DirectionBasis::port) return false;
  return record.direction_basis != DirectionBasis::first_sender ||
         record.transport == Transport::udp;
}

}  // namespace parlance
