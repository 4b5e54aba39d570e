// One flow as its packets show it: who opened it, how far it came, what it carried.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "flow/flow_table.h"
#include "flow/timeouts.h"
#include "model/direction.h"
#include "model/flow_record.h"
#include "model/flow_state.h"
#include "model/packet.h"

namespace parlance::flow {

/// What a packet meant to its flow.
struct Step {
  Direction direction = Direction::to_server;
  /// The segment may have been put in by somebody else (checksum wrong, or a TTL well below what
  /// this sender's packets have): TcpStream is to deliver it only if the receiver took it.
  bool suspicious = false;
  /// A RST that the receiver would not have believed: counted, and nothing else.
  bool stray_reset = false;
  /// The handshake came late and showed that the roles had been guessed wrongly: what the caller
  /// keeps by direction is to be swapped. Only before any payload.
  bool flipped = false;
};

/// Which end of a first packet opened the flow, and how that is known.
struct Roles {
  bool sender_is_client = true;
  DirectionBasis basis = DirectionBasis::first_sender;
};
/// SYN, then SYN-ACK, then ports (a port below 1024, or known to this table, or lower against an
/// ephemeral one), then the first sender. UDP: the first sender, but that a well-known port which
/// sends first to an ephemeral one answers a question that was not captured.
Roles roles_of(const DecodedPacket& first);

/// Small and plain: lives in the flow table's slab. `Flow flow(packet); flow.update(packet);` for
/// the first packet, then for each packet: `if (auto why = flow.ended_by(packet, timeouts)) {end it
/// and begin a new Flow(packet)}`, then update().
class Flow {
 public:
  /// A flow that this packet opens. Counts nothing: update() is to follow.
  explicit Flow(const DecodedPacket& first);

  /// Set if `packet`, though between the same endpoints, belongs to a new flow: `replaced` (a SYN
  /// that is no retransmission of the one seen and does not answer it; a UDP flow never is) or
  /// `timeout` (the flow has been silent too long).
  std::optional<EndReason> ended_by(const DecodedPacket& packet, const Timeouts& timeouts) const;

  /// Takes the packet in.
  Step update(const DecodedPacket& packet);

  /// Client and server were taken for one another: everything is turned round. The basis becomes
  /// `payload`.
  void flip();

  // ---- what is known ----
  const FiveTuple& tuple() const { return tuple_; }  ///< source is the client
  DirectionBasis direction_basis() const { return basis_; }
  bool direction_known() const;
  FlowState state() const { return state_; }
  /// Why it ended if it ends now for no other reason: fin or rst, else `otherwise`.
  EndReason reason(EndReason otherwise) const;
  TimeoutClass timeout_class() const;
  bool has_payload() const { return counters_[0].payload_octets + counters_[1].payload_octets > 0; }
  uint64_t first_ordinal() const { return first_ordinal_; }  ///< the record's flow_id
  uint64_t last_ordinal() const { return last_ordinal_; }
  Timestamp last_time() const { return last_time_; }
  uint32_t source() const { return source_; }  ///< file or interface of the first packet
  /// No SYN of `direction` was seen.
  bool midstream(Direction direction) const { return !sides_[index(direction)].syn_seen; }

  /// Sequence number of the SYN of `direction`; meaningless if midstream(direction).
  uint32_t isn(Direction direction) const { return sides_[index(direction)].isn; }

  /// Fills the record's endpoints, times, counters, state and VLANs; not its file name, Community
  /// ID, streams or verdict.
  void fill(FlowRecord& record, EndReason otherwise) const;

 private:
  /// What one side has sent. `ttl` is what its packets usually have.
  struct Side {
    uint32_t isn = 0;
    uint32_t next_sequence = 0;  ///< after the last octet it sent
    uint32_t acknowledged = 0;   ///< of the other side's octets, by it
    uint32_t window = 0;         ///< it offers; unscaled if the scale was not seen
    uint8_t ttl = 0;
    uint8_t low_ttl_run = 0;  ///< packets in a row with a lower one
    bool seen = false, syn_seen = false, ack_seen = false, fin_seen = false, after_reset = false;
  };

  Direction direction_of(const DecodedPacket& packet) const {
    return packet.tuple.source == tuple_.source ? Direction::to_server : Direction::to_client;
  }
  bool has_odd_ttl(Side& side, const DecodedPacket& packet);
  bool believable_reset(const Side& sender, const Side& receiver,
                        const DecodedPacket& packet) const;
  void update_tcp(const DecodedPacket& packet, Step& step);
  void take_handshake(const DecodedPacket& packet, Step& step);
  void take_reset(const DecodedPacket& packet, Step& step);
  void take_sequence(const DecodedPacket& packet, Direction direction);
  bool answers_or_repeats(const DecodedPacket& syn) const;
  static bool acknowledges_something_of(const Side& sender, const DecodedPacket& packet);
  void undo_close();
  void advance_state(const DecodedPacket& packet, Direction direction);
  void note_life_after_reset(Direction direction);

  FiveTuple tuple_;
  Timestamp first_time_, last_time_;
  uint64_t first_ordinal_ = 0, last_ordinal_ = 0;
  uint64_t first_frame_ = 0, last_frame_ = 0;
  std::array<DirectionCounters, 2> counters_{};
  std::array<Side, 2> sides_{};
  std::array<uint16_t, 4> vlans_{};
  uint32_t source_ = 0;
  uint32_t stray_resets_ = 0;
  uint8_t vlan_count_ = 0;
  FlowState state_ = FlowState::opening;
  DirectionBasis basis_ = DirectionBasis::first_sender;
  bool reset_ = false;
};

/// How much ending it early would lose. `decided`: more payload would not change its label.
inline Worth worth_of(const Flow& flow, bool decided) {
  if (!flow.has_payload()) return Worth::bare;
  return decided ? Worth::decided : Worth::undecided;
}

}  // namespace parlance::flow
