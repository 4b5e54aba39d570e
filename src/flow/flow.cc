#include "flow/flow.h"

#include <algorithm>

namespace parlance::flow {
namespace {

using namespace tcp_flag;

/// Ports above 1023 at which servers of messaging, signalling and proxies listen. They only help to
/// guess who is the client of a flow whose opening was not captured.
constexpr std::array<uint16_t, 24> kServerPorts = {1080, 1863, 1883, 3128, 3478, 4244, 5050, 5060,
                                                   5061, 5190, 5222, 5223, 5228, 5242, 5269, 5280,
                                                   5281, 5349, 6667, 6697, 8008, 8080, 8443, 8883};
constexpr uint16_t kFirstEphemeral = 32768;  // Linux's range begins here, IANA's at 49152

constexpr int kTtlSlack = 1;    // paths of one sender differ by a hop at times
constexpr uint8_t kTtlRun = 3;  // packets in a row after which a lower TTL is a new path
constexpr uint32_t kLateSyn =
    65536;  // a SYN captured after the data it opened is this near at most

bool is_server_port(uint16_t port) {
  return port < 1024 ||
         std::find(kServerPorts.begin(), kServerPorts.end(), port) != kServerPorts.end();
}

/// True if `a` is before `b` in the circle of sequence numbers (RFC 9293 section 3.4).
bool precedes(uint32_t a, uint32_t b) {
  return static_cast<int32_t>(a - b) < 0;
}

/// Sequence numbers this far apart are of different handshakes (RFC 7323's greatest window is 2^30,
/// but none so large was seen).
bool far_apart(uint32_t a, uint32_t b) {
  constexpr uint32_t kFar = 1u << 24;
  return a - b > kFar && b - a > kFar;
}

bool is_plain_syn(const DecodedPacket& packet) {
  return packet.has(kSyn) && !packet.has(kAck) && !packet.has(kRst) && !packet.has(kFin);
}
bool is_syn_ack(const DecodedPacket& packet) {
  return packet.has(kSyn) && packet.has(kAck) && !packet.has(kRst) && !packet.has(kFin);
}

Roles roles_by_port(const DecodedPacket& first) {
  const uint16_t sender = first.tuple.source.port, receiver = first.tuple.destination.port;
  const bool sender_serves = is_server_port(sender), receiver_serves = is_server_port(receiver);
  if (sender_serves != receiver_serves) return {receiver_serves, DirectionBasis::port};
  const bool sender_passes = sender >= kFirstEphemeral,
             receiver_passes = receiver >= kFirstEphemeral;
  if (!sender_serves && sender_passes != receiver_passes)
    return {sender_passes, DirectionBasis::port};
  return {};
}

}  // namespace

Roles roles_of(const DecodedPacket& first) {
  if (first.tuple.transport == Transport::udp) {
    const bool an_answer =
        is_server_port(first.tuple.source.port) && first.tuple.destination.port >= kFirstEphemeral;
    return an_answer ? Roles{false, DirectionBasis::port} : Roles{};
  }
  if (is_plain_syn(first)) return {true, DirectionBasis::syn};
  if (is_syn_ack(first)) return {false, DirectionBasis::syn_ack};
  return roles_by_port(first);
}

Flow::Flow(const DecodedPacket& first)
    : tuple_(first.tuple),
      first_time_(first.time),
      last_time_(first.time),
      first_ordinal_(first.ordinal),
      last_ordinal_(first.ordinal),
      first_frame_(first.frame),
      last_frame_(first.frame),
      vlans_(first.vlans),
      source_(first.source),
      vlan_count_(std::min<uint8_t>(first.vlan_count, static_cast<uint8_t>(first.vlans.size()))) {
  const Roles roles = roles_of(first);
  basis_ = roles.basis;
  if (!roles.sender_is_client) tuple_ = first.tuple.reversed();
}

std::optional<EndReason> Flow::ended_by(const DecodedPacket& packet,
                                        const Timeouts& timeouts) const {
  if (elapsed(last_time_, packet.time) > timeouts.of(timeout_class())) return EndReason::timeout;
  if (tuple_.transport != Transport::tcp || packet.bad_checksum) return std::nullopt;
  if (!is_plain_syn(packet) && !is_syn_ack(packet)) return std::nullopt;
  if (answers_or_repeats(packet)) return std::nullopt;
  return EndReason::replaced;
}

/// A SYN (or SYN-ACK) belongs to this flow if it repeats the one seen, if it is the other half of
/// the handshake (also of a split one, RFC 793's simultaneous open), or if it was only captured
/// late.
bool Flow::answers_or_repeats(const DecodedPacket& syn) const {
  const Direction direction = direction_of(syn);
  const Side& sender = sides_[index(direction)];
  const Side& receiver = sides_[index(opposite(direction))];
  // Whatever its number, a SYN-ACK that acknowledges this flow's SYN answers it: several servers,
  // or somebody in between, may answer one SYN, and the client's ACK will choose.
  if (is_syn_ack(syn) && receiver.syn_seen && acknowledges_something_of(receiver, syn)) return true;
  if (sender.syn_seen) return syn.sequence == sender.isn;
  if (state_ == FlowState::opening) return true;
  if (sender.seen) return sender.isn - syn.sequence < kLateSyn;
  return !receiver.ack_seen || receiver.acknowledged - syn.sequence - 1 < kLateSyn;
}

Step Flow::update(const DecodedPacket& packet) {
  Step step{direction_of(packet), packet.bad_checksum, false, false};
  if (tuple_.transport == Transport::tcp) {
    update_tcp(packet, step);
  } else {
    sides_[index(step.direction)].seen = true;
    if (sides_[0].seen && sides_[1].seen) state_ = FlowState::established;
  }
  DirectionCounters& counters = counters_[index(step.direction)];
  ++counters.packets;
  counters.octets += packet.wire_length;
  counters.payload_octets += packet.payload_length;
  // Captures that were merged from several interfaces may run backwards; a flow's end does not.
  last_time_ = std::max(last_time_, packet.time);
  first_time_ = std::min(first_time_, packet.time);
  last_ordinal_ = packet.ordinal;
  last_frame_ = packet.frame;
  return step;
}

void Flow::update_tcp(const DecodedPacket& packet, Step& step) {
  if (has_odd_ttl(sides_[index(step.direction)], packet)) step.suspicious = true;
  if (packet.has(kRst)) return take_reset(packet, step);
  if (step.suspicious) return;
  if (packet.has(kSyn)) take_handshake(packet, step);
  take_sequence(packet, step.direction);
  if (reset_ && packet.payload_length > 0) note_life_after_reset(step.direction);
  advance_state(packet, step.direction);
}

/// A segment that is put in to mislead an observer is often sent so that it does not reach the
/// receiver. The server's SYN-ACK is no measure: load balancers answer it themselves.
bool Flow::has_odd_ttl(Side& side, const DecodedPacket& packet) {
  if (packet.bad_checksum || packet.has(kRst) || is_syn_ack(packet)) return false;
  if (side.ttl == 0) side.ttl = packet.ttl;
  if (packet.ttl + kTtlSlack >= side.ttl) {
    side.low_ttl_run = 0;
    return false;
  }
  if (++side.low_ttl_run < kTtlRun) return true;
  side.ttl = packet.ttl;
  side.low_ttl_run = 0;
  return false;
}

void Flow::take_handshake(const DecodedPacket& packet, Step& step) {
  const bool from_client = !packet.has(kAck);
  const DirectionBasis shown = from_client ? DirectionBasis::syn : DirectionBasis::syn_ack;
  // In a split handshake the second SYN is the server's: the first one, seen, has the better claim.
  const bool first_claim = basis_ != DirectionBasis::syn && basis_ != DirectionBasis::syn_ack;
  const bool agrees = from_client == (step.direction == Direction::to_server);
  if (!agrees && first_claim && !has_payload()) {
    flip();
    step.direction = opposite(step.direction);
    step.flipped = true;
  }
  const bool now_agrees = agrees || step.flipped;
  if (now_agrees && shown < basis_) basis_ = shown;
  Side& side = sides_[index(step.direction)];
  if (!side.syn_seen && state_ >= FlowState::closing && !has_payload()) undo_close();
  if (side.syn_seen && state_ != FlowState::opening) return;  // late, or forged
  side.syn_seen = true;
  side.isn = packet.sequence;
  side.next_sequence = packet.sequence;  // take_sequence() moves it on
}

/// What seemed to close the flow came before its handshake was over: it was forged.
void Flow::undo_close() {
  if (reset_) ++stray_resets_;
  reset_ = false;
  state_ = FlowState::opening;
  for (Side& side : sides_) side.fin_seen = false;
}

bool Flow::acknowledges_something_of(const Side& sender, const DecodedPacket& packet) {
  return packet.acknowledgment - sender.isn - 1 <= sender.next_sequence - sender.isn - 1;
}

void Flow::take_sequence(const DecodedPacket& packet, Direction direction) {
  Side& side = sides_[index(direction)];
  const uint32_t phantom = (packet.has(kSyn) ? 1u : 0u) + (packet.has(kFin) ? 1u : 0u);
  const uint32_t after = packet.sequence + packet.payload_length + phantom;
  if (!side.seen && !side.syn_seen) side.isn = packet.sequence - 1;
  if (!side.seen || precedes(side.next_sequence, after)) side.next_sequence = after;
  side.seen = true;
  side.window = packet.window;
  if (!packet.has(kAck)) return;
  if (!side.ack_seen || precedes(side.acknowledged, packet.acknowledgment)) {
    side.acknowledged = packet.acknowledgment;
  }
  side.ack_seen = true;
}

void Flow::advance_state(const DecodedPacket& packet, Direction direction) {
  Side& sender = sides_[index(direction)];
  Side& receiver = sides_[index(opposite(direction))];
  const bool handshake_over = !packet.has(kSyn) && packet.has(kAck) &&
                              (direction == Direction::to_server || sender.syn_seen ||
                               !receiver.syn_seen || packet.payload_length > 0);
  if (state_ == FlowState::opening && handshake_over) {
    state_ = FlowState::established;
    const uint32_t chosen = packet.acknowledgment - 1;
    if (receiver.syn_seen && far_apart(receiver.isn, chosen)) receiver.isn = chosen;
  }
  const bool before_handshake = !sender.syn_seen && receiver.syn_seen && !sender.ack_seen;
  if (!packet.has(kFin) || packet.has(kSyn) || before_handshake) return;
  sender.fin_seen = true;
  state_ = receiver.fin_seen ? FlowState::closed : FlowState::closing;
}

/// What the receiver would do is not known exactly; RFC 9293 takes a RST in the window, RFC 5961
/// only one at its edge. A RST ends no inspection here, so taking one too many costs little: the
/// flow is forgotten sooner if it falls silent.
bool Flow::believable_reset(const Side& sender, const Side& receiver,
                            const DecodedPacket& packet) const {
  if (packet.bad_checksum) return false;
  const bool refuses_syn = state_ == FlowState::opening && packet.has(kAck) && receiver.seen;
  if (refuses_syn && !sender.seen) return acknowledges_something_of(receiver, packet);
  if (sender.seen && packet.sequence == sender.next_sequence) return true;
  if (!receiver.ack_seen) return !sender.seen || packet.sequence - sender.isn < kLateSyn;
  const uint32_t window = std::max(receiver.window, uint32_t{UINT16_MAX});
  return packet.sequence - receiver.acknowledged < window;
}

void Flow::take_reset(const DecodedPacket& packet, Step& step) {
  const Side& sender = sides_[index(step.direction)];
  const Side& receiver = sides_[index(opposite(step.direction))];
  if (!believable_reset(sender, receiver, packet)) {
    ++stray_resets_;
    step.stray_reset = true;
    return;
  }
  if (state_ == FlowState::closed) return;  // a RST after both FINs changes nothing
  state_ = FlowState::closed;
  reset_ = true;
  for (Side& side : sides_) side.after_reset = false;
}

/// When both sides go on sending payload, the RST was a forgery that neither believed.
void Flow::note_life_after_reset(Direction direction) {
  sides_[index(direction)].after_reset = true;
  if (!sides_[0].after_reset || !sides_[1].after_reset) return;
  reset_ = false;
  ++stray_resets_;
  state_ = FlowState::established;
}

void Flow::flip() {
  tuple_ = tuple_.reversed();
  std::swap(counters_[0], counters_[1]);
  std::swap(sides_[0], sides_[1]);
  basis_ = DirectionBasis::payload;
}

bool Flow::direction_known() const {
  if (basis_ == DirectionBasis::port) return false;
  return basis_ != DirectionBasis::first_sender || tuple_.transport == Transport::udp;
}

EndReason Flow::reason(EndReason otherwise) const {
  if (reset_) return EndReason::rst;
  return state_ == FlowState::closed ? EndReason::fin : otherwise;
}

TimeoutClass Flow::timeout_class() const {
  const bool udp = tuple_.transport == Transport::udp;
  switch (state_) {
    case FlowState::opening:
      return udp ? TimeoutClass::udp_one_way : TimeoutClass::tcp_opening;
    case FlowState::established:
      return udp ? TimeoutClass::udp : TimeoutClass::tcp_established;
    case FlowState::closing:
      return TimeoutClass::tcp_closing;
    case FlowState::closed:
      break;
  }
  return TimeoutClass::tcp_closed;
}

void Flow::fill(FlowRecord& record, EndReason otherwise) const {
  record.flow_id = first_ordinal_;
  record.client = tuple_.source;
  record.server = tuple_.destination;
  record.transport = tuple_.transport;
  record.direction_basis = basis_;
  record.vlans.assign(vlans_.begin(), vlans_.begin() + vlan_count_);
  record.start = first_time_;
  record.end = last_time_;
  record.first_frame = first_frame_;
  record.last_frame = last_frame_;
  record.state = state_;
  record.reason = reason(otherwise);
  record.counters = counters_;
  record.stray_resets = stray_resets_;
}

}  // namespace parlance::flow
