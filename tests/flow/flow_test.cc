#include "flow/flow.h"

#include <gtest/gtest.h>

#include "flow/packets.h"

namespace {

using namespace parlance;
using namespace parlance::flow;
using namespace parlance::tcp_flag;

/// A flow fed with packets one after the other.
struct Fed {
  explicit Fed(const DecodedPacket& first) : flow(first) { last = flow.update(first); }
  Fed& then(const DecodedPacket& packet) {
    last = flow.update(packet);
    return *this;
  }
  Flow flow;
  Step last;
};

Fed established(PacketMaker& make) {
  Fed fed(make.from_client(kSyn, 100));
  fed.then(make.from_server(kSyn | kAck, 500, 101)).then(make.from_client(kAck, 101, 501));
  return fed;
}

// ---- who is the client
// ---------------------------------------------------------------------------

TEST(Flow, the_sender_of_the_syn_is_the_client) {
  PacketMaker make(443, 40000);  // whatever the ports
  const Flow flow(make.from_client(kSyn, 1));
  EXPECT_EQ(flow.tuple().source, make.client);
  EXPECT_EQ(flow.direction_basis(), DirectionBasis::syn);
  EXPECT_TRUE(flow.direction_known());
}

TEST(Flow, the_sender_of_a_syn_ack_is_the_server) {
  PacketMaker make(443, 40000);
  const Flow flow(make.from_server(kSyn | kAck, 1, 2));
  EXPECT_EQ(flow.tuple().source, make.client);
  EXPECT_EQ(flow.direction_basis(), DirectionBasis::syn_ack);
}

TEST(Flow, without_a_handshake_the_well_known_port_is_the_servers) {
  PacketMaker make(51000, 80);
  const Flow flow(make.from_server(kAck, 1, 1, "HTTP/1.1 200 OK"));
  EXPECT_EQ(flow.tuple().source, make.client);
  EXPECT_EQ(flow.direction_basis(), DirectionBasis::port);
  EXPECT_FALSE(flow.direction_known());
}

TEST(Flow, between_unknown_ports_the_first_sender_is_the_client) {
  PacketMaker make(51000, 52000);
  const Flow flow(make.from_server(kAck, 1, 1, "x"));
  EXPECT_EQ(flow.tuple().source, make.server);
  EXPECT_EQ(flow.direction_basis(), DirectionBasis::first_sender);
  EXPECT_FALSE(flow.direction_known());
}

TEST(Flow, of_udp_the_first_sender_is_the_client_but_for_answers) {
  PacketMaker peers(51000, 52000, Transport::udp);
  EXPECT_EQ(Flow(peers.from_server(0, 0)).tuple().source, peers.server);
  EXPECT_TRUE(Flow(peers.from_server(0, 0)).direction_known());
  PacketMaker dns(51000, 53, Transport::udp);
  EXPECT_EQ(Flow(dns.from_server(0, 0)).tuple().source, dns.client);
}

TEST(Flow, a_handshake_captured_late_corrects_a_guess) {
  PacketMaker make(51000, 52000);
  Fed fed(make.from_server(kAck, 501, 101));  // taken for the client
  EXPECT_EQ(fed.flow.tuple().source, make.server);
  fed.then(make.from_client(kSyn, 100));
  EXPECT_TRUE(fed.last.flipped);
  EXPECT_EQ(fed.last.direction, Direction::to_server);
  EXPECT_EQ(fed.flow.tuple().source, make.client);
  EXPECT_EQ(fed.flow.direction_basis(), DirectionBasis::syn);
}

TEST(Flow, in_a_split_handshake_the_first_syn_names_the_client) {
  PacketMaker make;
  Fed fed(make.from_client(kSyn, 100));
  const DecodedPacket second = make.from_server(kSyn, 500);
  EXPECT_FALSE(fed.flow.ended_by(second, Timeouts{}));
  fed.then(second).then(make.from_client(kSyn | kAck, 100, 501));
  fed.then(make.from_server(kAck, 501, 101)).then(make.from_client(kAck, 101, 501, "x"));
  EXPECT_EQ(fed.flow.tuple().source, make.client);
  EXPECT_EQ(fed.flow.state(), FlowState::established);
}

TEST(Flow, turns_round_with_everything_it_counted) {
  PacketMaker make(51000, 52000);
  Fed fed(make.from_server(kAck, 1, 1, "abc"));
  fed.then(make.from_client(kAck, 1, 4));
  fed.flow.flip();
  FlowRecord record;
  fed.flow.fill(record, EndReason::end);
  EXPECT_EQ(record.client, make.client);
  EXPECT_EQ(record.sent(Direction::to_client).payload_octets, 3u);
  EXPECT_EQ(record.sent(Direction::to_server).payload_octets, 0u);
  EXPECT_EQ(record.direction_basis, DirectionBasis::payload);
  EXPECT_TRUE(direction_known(record));
}

// ---- states
// --------------------------------------------------------------------------------------

TEST(Flow, goes_from_new_to_established_to_closed) {
  PacketMaker make;
  Fed fed(make.from_client(kSyn, 100));
  EXPECT_EQ(fed.flow.state(), FlowState::opening);
  EXPECT_EQ(fed.flow.timeout_class(), TimeoutClass::tcp_opening);
  fed.then(make.from_server(kSyn | kAck, 500, 101)).then(make.from_client(kAck, 101, 501));
  EXPECT_EQ(fed.flow.state(), FlowState::established);
  fed.then(make.from_client(kFin | kAck, 101, 501));
  EXPECT_EQ(fed.flow.state(), FlowState::closing);
  fed.then(make.from_server(kFin | kAck, 501, 102));
  EXPECT_EQ(fed.flow.state(), FlowState::closed);
  EXPECT_EQ(fed.flow.reason(EndReason::timeout), EndReason::fin);
  EXPECT_EQ(fed.flow.timeout_class(), TimeoutClass::tcp_closed);
}

TEST(Flow, one_side_alone_is_established_by_its_ack) {
  PacketMaker make;
  Fed fed(make.from_client(kSyn, 100));
  fed.then(make.from_client(kAck, 101, 501, "GET"));
  EXPECT_EQ(fed.flow.state(), FlowState::established);
}

TEST(Flow, of_udp_is_established_once_both_have_spoken) {
  PacketMaker make(40000, 53, Transport::udp);
  Fed fed(make.from_client(0, 0));
  EXPECT_EQ(fed.flow.timeout_class(), TimeoutClass::udp_one_way);
  fed.then(make.from_server(0, 0));
  EXPECT_EQ(fed.flow.timeout_class(), TimeoutClass::udp);
}

// ---- resets
// --------------------------------------------------------------------------------------

TEST(Flow, a_rst_at_the_expected_place_closes) {
  PacketMaker make;
  Fed fed = established(make);
  fed.then(make.from_server(kRst, 501));
  EXPECT_FALSE(fed.last.stray_reset);
  EXPECT_EQ(fed.flow.state(), FlowState::closed);
  EXPECT_EQ(fed.flow.reason(EndReason::timeout), EndReason::rst);
}

TEST(Flow, a_rst_outside_the_window_is_noted_and_nothing_else) {
  PacketMaker make;
  Fed fed = established(make);
  fed.then(make.from_server(kRst, 501 + 5'000'000));
  EXPECT_TRUE(fed.last.stray_reset);
  EXPECT_EQ(fed.flow.state(), FlowState::established);
  FlowRecord record;
  fed.flow.fill(record, EndReason::end);
  EXPECT_EQ(record.stray_resets, 1u);
  EXPECT_EQ(record.reason, EndReason::end);
}

TEST(Flow, a_refused_syn_is_closed_by_the_rst_that_acknowledges_it) {
  PacketMaker make;
  Fed fed(make.from_client(kSyn, 100));
  fed.then(make.from_server(kRst | kAck, 0, 7));
  EXPECT_TRUE(fed.last.stray_reset);
  fed.then(make.from_server(kRst | kAck, 0, 101));
  EXPECT_EQ(fed.flow.reason(EndReason::timeout), EndReason::rst);
}

TEST(Flow, when_both_sides_go_on_the_rst_was_forged) {
  PacketMaker make;
  Fed fed = established(make);
  fed.then(make.from_server(kRst, 501));
  fed.then(make.from_client(kAck, 101, 501, "still"));
  EXPECT_EQ(fed.flow.state(), FlowState::closed);  // was perhaps under way
  fed.then(make.from_server(kAck, 501, 106, "here"));
  EXPECT_EQ(fed.flow.state(), FlowState::established);
  EXPECT_EQ(fed.flow.reason(EndReason::end), EndReason::end);
}

// ---- one flow or two
// -----------------------------------------------------------------------------

TEST(Flow, a_repeated_syn_is_of_the_same_flow) {
  PacketMaker make;
  const Fed fed(make.from_client(kSyn, 100));
  EXPECT_FALSE(fed.flow.ended_by(make.from_client(kSyn, 100), Timeouts{}));
}

TEST(Flow, a_syn_with_another_number_begins_a_new_flow_in_any_state) {
  PacketMaker make;
  const Fed opening(make.from_client(kSyn, 100));
  EXPECT_EQ(opening.flow.ended_by(make.from_client(kSyn, 9999), Timeouts{}), EndReason::replaced);
  PacketMaker again;
  const Fed open = established(again);
  EXPECT_EQ(open.flow.ended_by(again.from_client(kSyn, 9999), Timeouts{}), EndReason::replaced);
  EXPECT_EQ(open.flow.ended_by(again.from_server(kSyn, 9999), Timeouts{}), EndReason::replaced);
}

TEST(Flow, a_syn_captured_after_its_octets_is_of_the_same_flow) {
  PacketMaker make;
  Fed fed(make.from_client(kAck, 101, 501, "GET"));
  EXPECT_FALSE(fed.flow.ended_by(make.from_client(kSyn, 100), Timeouts{}));
  EXPECT_FALSE(fed.flow.ended_by(make.from_server(kSyn | kAck, 500, 101), Timeouts{}));
  EXPECT_EQ(fed.flow.ended_by(make.from_client(kSyn, 77'000'000), Timeouts{}), EndReason::replaced);
}

TEST(Flow, another_answer_to_the_same_syn_is_of_the_same_flow) {
  PacketMaker make;
  Fed fed(make.from_client(kSyn, 100));
  fed.then(make.from_server(kSyn | kAck, 900'000'000, 101));
  const DecodedPacket second = make.from_server(kSyn | kAck, 500, 101);
  EXPECT_FALSE(fed.flow.ended_by(second, Timeouts{}));
  fed.then(second).then(make.from_server(kSyn | kAck, 900'000'000, 101));
  fed.then(make.from_client(kAck, 101, 501, "x"));  // the client takes the second
  EXPECT_EQ(fed.flow.isn(Direction::to_client), 500u);
  EXPECT_FALSE(fed.flow.ended_by(make.from_server(kSyn | kAck, 900'000'000, 101), Timeouts{}));
  EXPECT_EQ(fed.flow.ended_by(make.from_server(kSyn | kAck, 1, 77'777), Timeouts{}),
            EndReason::replaced);
}

TEST(Flow, what_seems_to_close_it_before_the_handshake_is_forgotten) {
  PacketMaker make;
  Fed fed(make.from_client(kSyn, 100));
  fed.then(make.from_server(kRst | kAck, 0, 101)).then(make.from_server(kFin | kAck, 0, 101));
  const DecodedPacket answer = make.from_server(kSyn | kAck, 59247, 101);
  EXPECT_FALSE(fed.flow.ended_by(answer, Timeouts{}));
  fed.then(answer).then(make.from_client(kAck, 101, 59248, "GET"));
  EXPECT_EQ(fed.flow.state(), FlowState::established);
  EXPECT_EQ(fed.flow.reason(EndReason::end), EndReason::end);
}

TEST(Flow, a_syn_with_a_wrong_checksum_ends_nothing) {
  PacketMaker make;
  const Fed fed = established(make);
  DecodedPacket syn = make.from_client(kSyn, 9999);
  syn.bad_checksum = true;
  EXPECT_FALSE(fed.flow.ended_by(syn, Timeouts{}));
}

TEST(Flow, a_packet_after_the_time_out_begins_a_new_flow) {
  PacketMaker make(40000, 53, Transport::udp);
  const Fed fed(make.from_client(0, 0));
  make.time += Timeouts{}.udp_one_way;
  EXPECT_EQ(fed.flow.ended_by(make.from_client(0, 0), Timeouts{}), EndReason::timeout);
}

TEST(Flow, late_packets_after_the_last_fin_still_belong_to_it) {
  PacketMaker make;
  Fed fed = established(make);
  fed.then(make.from_client(kFin | kAck, 101, 501)).then(make.from_server(kFin | kAck, 501, 102));
  make.time += 5 * kSecond;
  EXPECT_FALSE(fed.flow.ended_by(make.from_client(kAck, 102, 502), Timeouts{}));
}

TEST(Flow, time_that_runs_backwards_does_not_end_it) {
  PacketMaker make;
  Fed fed = established(make);
  make.time = -100 * kSecond;
  const DecodedPacket early = make.from_client(kAck, 101, 501, "x");
  EXPECT_FALSE(fed.flow.ended_by(early, Timeouts{}));
  const Timestamp before = fed.flow.last_time();
  fed.then(early);
  EXPECT_EQ(fed.flow.last_time(), before);
}

// ---- forged segments
// -----------------------------------------------------------------------------

TEST(Flow, a_wrong_checksum_is_suspicious) {
  PacketMaker make;
  Fed fed = established(make);
  DecodedPacket packet = make.from_client(kAck, 101, 501, "EVIL");
  packet.bad_checksum = true;
  EXPECT_TRUE(fed.then(packet).last.suspicious);
}

TEST(Flow, a_lower_ttl_is_suspicious_until_it_has_become_usual) {
  PacketMaker make;
  Fed fed = established(make);
  make.ttl = 9;
  EXPECT_TRUE(fed.then(make.from_client(kAck, 101, 501, "a")).last.suspicious);
  EXPECT_TRUE(fed.then(make.from_client(kAck, 102, 501, "b")).last.suspicious);
  EXPECT_FALSE(fed.then(make.from_client(kAck, 103, 501, "c")).last.suspicious);  // a new path
  EXPECT_FALSE(fed.then(make.from_client(kAck, 104, 501, "d")).last.suspicious);
}

TEST(Flow, the_servers_syn_ack_is_no_measure_of_its_ttl) {
  PacketMaker make;
  Fed fed(make.from_client(kSyn, 100));
  make.ttl = 128;
  fed.then(make.from_server(kSyn | kAck, 500, 101));
  make.ttl = 54;
  EXPECT_FALSE(fed.then(make.from_server(kAck, 501, 101, "hello")).last.suspicious);
}

// ---- the record
// ----------------------------------------------------------------------------------

TEST(Flow, fills_the_record) {
  PacketMaker make;
  make.ordinal = 41;
  DecodedPacket syn = make.from_client(kSyn, 100);
  syn.vlans = {7, 8, 0, 0};
  syn.vlan_count = 2;
  Fed fed(syn);
  fed.then(make.from_server(kSyn | kAck, 500, 101)).then(make.from_client(kAck, 101, 501, "abc"));
  FlowRecord record;
  fed.flow.fill(record, EndReason::evicted);
  EXPECT_EQ(record.flow_id, 42u);
  EXPECT_EQ(record.vlans, (std::vector<uint16_t>{7, 8}));
  EXPECT_EQ(record.sent(Direction::to_server).packets, 2u);
  EXPECT_EQ(record.sent(Direction::to_server).octets, 83u);
  EXPECT_EQ(record.sent(Direction::to_client).packets, 1u);
  EXPECT_EQ(record.state, FlowState::established);
  EXPECT_EQ(record.reason, EndReason::evicted);
  EXPECT_EQ(elapsed(record.start, record.end), 2 * kMillisecond);
}

TEST(Flow, is_worth_least_without_payload) {
  PacketMaker make;
  Fed fed = established(make);
  EXPECT_EQ(worth_of(fed.flow, false), Worth::bare);
  fed.then(make.from_client(kAck, 101, 501, "x"));
  EXPECT_EQ(worth_of(fed.flow, false), Worth::undecided);
  EXPECT_EQ(worth_of(fed.flow, true), Worth::decided);
}

}  // namespace
