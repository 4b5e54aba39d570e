#include "worker.h"

#include <gtest/gtest.h>

#include "flow/packets.h"
#include "support/few_signatures.h"

namespace parlance {
namespace {

using flow::PacketMaker;
using test::few_signatures;
using namespace tcp_flag;

const std::string kRequest = "GET / HTTP/1.1\r\nHost: chat.example.com\r\n\r\n";
const std::string kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const std::string kMarker = "MARKED-OCTETS";
using Stack = std::vector<std::string_view>;

WorkerSettings settings() {
  WorkerSettings made;
  made.signatures = &few_signatures();
  return made;
}

/// A worker whose packets come one at a time; packets are numbered over all flows.
class Office {
 public:
  explicit Office(const WorkerSettings& how = settings()) : worker_(how) {}

  void take(DecodedPacket packet) {
    packet.ordinal = packet.frame = ++ordinal_;
    packet.time = packet.clock = {static_cast<int64_t>(ordinal_) * kMillisecond};
    worker_.take(std::span(&packet, 1));
  }
  void take_handshake(PacketMaker& make) {
    take(make.from_client(kSyn, 99));
    take(make.from_server(kSyn | kAck, 499, 100));
    take(make.from_client(kAck, 100, 500));
  }
  Worker& worker() { return worker_; }
  Harvest finish() {
    worker_.begin_finish(ordinal_);
    worker_.end_some();
    return worker_.harvest();
  }
  uint64_t ordinal() const { return ordinal_; }

 private:
  Worker worker_;
  uint64_t ordinal_ = 0;
};

TEST(Worker, streams_that_open_at_the_first_payload_know_the_handshake) {
  Office office;
  PacketMaker make;
  office.take_handshake(make);
  office.take(make.from_client(kAck, 110, 500, kRequest.substr(10)));  // the second part is early
  office.take(make.from_client(kAck, 100, 500, kRequest.substr(0, 10)));
  const Harvest harvest = office.finish();
  ASSERT_EQ(harvest.ended.size(), 1u);
  const FlowRecord& record = harvest.ended[0];
  EXPECT_EQ(record.verdict.stack, (Stack{"tcp", "http"}));
  EXPECT_EQ(record.streams[0].gaps, 0u);
  EXPECT_FALSE(record.streams[0].midstream);
  EXPECT_EQ(record.verdict.evidence.at(0).frame, 5u);
  EXPECT_EQ(record.flow_id, 1u);
}

TEST(Worker, octets_missing_after_the_handshake_are_a_gap) {
  Office office;
  PacketMaker make;
  office.take_handshake(make);
  office.take(make.from_client(kAck, 150, 500, kMarker));
  const Harvest harvest = office.finish();
  ASSERT_EQ(harvest.ended.size(), 1u);
  EXPECT_EQ(harvest.ended[0].streams[0].gaps, 1u);
  EXPECT_EQ(harvest.ended[0].streams[0].gap_octets, 50u);
  EXPECT_EQ(harvest.ended[0].verdict.stack, Stack{"tcp"});
}

TEST(Worker, what_waits_for_its_turn_is_delivered_when_the_flow_ends) {
  Office office;
  PacketMaker make;
  office.take(make.from_client(kAck, 100, 500, kMarker));  // mid-stream: held for the next packet
  const Harvest harvest = office.finish();
  ASSERT_EQ(harvest.ended.size(), 1u);
  EXPECT_EQ(harvest.ended[0].verdict.stack, (Stack{"tcp", "marked"}));
  EXPECT_EQ(harvest.ended[0].verdict.evidence.at(0).frame, 1u);
  EXPECT_TRUE(harvest.ended[0].streams[0].midstream);
}

TEST(Worker, a_first_segment_of_which_no_handshake_was_seen_is_joined_with_what_belongs_in_front) {
  Office office;
  PacketMaker make;
  office.take(make.from_client(kAck, 110, 500, kRequest.substr(10)));
  office.take(make.from_client(kAck, 100, 500, kRequest.substr(0, 10)));
  const Harvest harvest = office.finish();
  ASSERT_EQ(harvest.ended.size(), 1u);
  const FlowRecord& record = harvest.ended[0];
  EXPECT_EQ(record.verdict.stack, (Stack{"tcp", "http"}));
  EXPECT_EQ(record.streams[0].gaps, 0u);
  EXPECT_TRUE(record.streams[0].midstream);
  EXPECT_EQ(record.verdict.evidence.at(0).frame, 2u);
}

TEST(Worker, a_first_segment_that_the_other_side_answers_is_delivered_before_the_answer) {
  Office office;
  PacketMaker make;
  office.take(make.from_client(kAck, 100, 500, kRequest));
  office.take(make.from_server(kAck, 500, 100 + static_cast<uint32_t>(kRequest.size()), kAnswer));
  office.take(make.from_client(kAck, 100, 500, kRequest));  // once more
  const Harvest harvest = office.finish();
  ASSERT_EQ(harvest.ended.size(), 1u);
  EXPECT_EQ(harvest.ended[0].verdict.stack, (Stack{"tcp", "http"}));
  EXPECT_EQ(harvest.ended[0].streams[0].repeated_octets, kRequest.size());
  EXPECT_EQ(harvest.ended[0].streams[1].gaps, 0u);
}

TEST(Worker, a_flow_between_the_same_endpoints_replaces_the_one_before) {
  Office office;
  PacketMaker make;
  office.take_handshake(make);
  office.take(make.from_client(kAck, 100, 500, kRequest));
  office.take(make.from_client(kSyn, 70'000));
  office.take(make.from_server(kSyn | kAck, 90'000, 70'001));
  office.take(make.from_client(kAck, 70'001, 90'001, kMarker));
  const Harvest harvest = office.finish();
  ASSERT_EQ(harvest.ended.size(), 2u);
  EXPECT_EQ(harvest.ended[0].reason, EndReason::replaced);
  EXPECT_EQ(harvest.ended[0].flow_id, 1u);
  EXPECT_EQ(harvest.ended[0].end_ordinal, 5u);
  EXPECT_EQ(harvest.ended[0].verdict.stack, (Stack{"tcp", "http"}));
  EXPECT_EQ(harvest.ended[1].reason, EndReason::end);
  EXPECT_EQ(harvest.ended[1].flow_id, 5u);
  EXPECT_EQ(harvest.ended[1].verdict.stack, (Stack{"tcp", "marked"}));
}

TEST(Worker, ends_the_least_interesting_flow_to_make_room_and_counts_it) {
  WorkerSettings few = settings();
  few.limits.flows = 2;
  Office office(few);
  PacketMaker first(40001), second(40002), third(40003);
  office.take(first.from_client(kAck, 1, 1, "words"));
  office.take(second.from_client(kSyn, 1));
  office.take(third.from_client(kSyn, 1));
  const Harvest harvest = office.worker().harvest();
  EXPECT_EQ(harvest.evicted, 1u);
  ASSERT_EQ(harvest.ended.size(), 1u);
  EXPECT_EQ(harvest.ended[0].reason, EndReason::evicted);
  EXPECT_EQ(harvest.ended[0].client.port, 40002);
  EXPECT_EQ(harvest.ended[0].end_ordinal, 3u);
}

TEST(Worker, a_packet_of_a_flow_that_is_there_needs_no_room) {
  WorkerSettings few = settings();
  few.limits.flows = 2;
  Office office(few);
  PacketMaker first(40001), second(40002);
  office.take(first.from_client(kSyn, 1));
  office.take(second.from_client(kSyn, 1));
  for (int i = 0; i < 5; ++i) {
    office.take(first.from_server(kSyn | kAck, 1, 2));
    office.take(second.from_server(kSyn | kAck, 1, 2));
  }
  EXPECT_EQ(office.worker().harvest().evicted, 0u);
}

TEST(Worker, a_flow_that_is_followed_is_shown_once_a_label) {
  WorkerSettings followed = settings();
  followed.follow = true;
  Office office(followed);
  PacketMaker make;
  office.take_handshake(make);
  EXPECT_TRUE(office.worker().harvest().provisional.empty());
  office.take(make.from_client(kAck, 100, 500, kRequest));
  Harvest harvest = office.worker().harvest();
  ASSERT_EQ(harvest.provisional.size(), 1u);
  EXPECT_EQ(harvest.provisional[0].verdict.state, VerdictState::provisional);
  EXPECT_EQ(harvest.provisional[0].verdict.stack, (Stack{"tcp", "http"}));
  EXPECT_FALSE(harvest.provisional[0].notes.empty());
  office.take(make.from_server(kAck, 500, 142, kAnswer));  // better evidence, but no other label
  office.take(make.from_client(kAck, 142, 538, kRequest));
  EXPECT_TRUE(office.worker().harvest().provisional.empty());
  harvest = office.finish();
  ASSERT_EQ(harvest.ended.size(), 1u);
  EXPECT_EQ(harvest.ended[0].verdict.state, VerdictState::final);
  EXPECT_FALSE(harvest.ended[0].notes.empty());
}

TEST(Worker, a_wrong_guess_of_the_client_is_put_right_by_the_payload) {
  WorkerSettings explained = settings();
  explained.explain = true;
  Office office(explained);
  PacketMaker make(443, 40000);  // the client has the port that looks like a server's
  office.take(make.from_client(kAck, 100, 500, kRequest));
  office.take(make.from_server(kAck, 500, 142, kAnswer));
  office.take(make.from_client(kAck, 142, 538));
  office.take(make.from_client(kAck, 142, 538, kRequest));
  const Harvest harvest = office.finish();
  ASSERT_EQ(harvest.ended.size(), 1u);
  const FlowRecord& record = harvest.ended[0];
  EXPECT_EQ(record.client, make.client);
  EXPECT_EQ(record.server, make.server);
  EXPECT_EQ(record.direction_basis, DirectionBasis::payload);
  EXPECT_EQ(record.verdict.stack, (Stack{"tcp", "http"}));
  EXPECT_EQ(record.counters[0].payload_octets, 2 * kRequest.size());
  EXPECT_EQ(record.verdict.channels.at(0).octets[0], 2 * kRequest.size());
  EXPECT_EQ(record.verdict.channels.at(0).octets[1], kAnswer.size());
  EXPECT_EQ(record.verdict.evidence.at(0).direction, Direction::to_server);
}

TEST(Worker, a_guess_that_nothing_contradicts_stays) {
  Office office;
  PacketMaker make(443, 40000);
  office.take(make.from_client(kAck, 100, 500, "GET /\x01\x02 is no request\r\n\r\n"));
  office.take(make.from_server(kAck, 500, 200, "words"));
  office.take(make.from_client(kAck, 200, 505));
  const Harvest harvest = office.finish();
  ASSERT_EQ(harvest.ended.size(), 1u);
  EXPECT_EQ(harvest.ended[0].server, make.client);
  EXPECT_EQ(harvest.ended[0].direction_basis, DirectionBasis::port);
  EXPECT_EQ(harvest.ended[0].verdict.stack, Stack{"tcp"});
}

TEST(Worker, silent_flows_end_by_the_clock) {
  Office office;
  PacketMaker datagrams(40000, 3478, Transport::udp);
  office.take(datagrams.from_client(0, 0, 0, kMarker));
  office.worker().begin_expiry({400 * kSecond}, office.ordinal());
  office.worker().end_some();
  const Harvest harvest = office.worker().harvest();
  ASSERT_EQ(harvest.ended.size(), 1u);
  EXPECT_EQ(harvest.ended[0].reason, EndReason::timeout);
  EXPECT_EQ(harvest.ended[0].verdict.stack, (Stack{"udp", "marked"}));
  EXPECT_TRUE(office.finish().ended.empty());
}

TEST(Worker, channels_are_told_only_where_an_explanation_is_asked_for) {
  for (const bool explain : {false, true}) {
    WorkerSettings how = settings();
    how.explain = explain;
    Office office(how);
    PacketMaker make, silent(40001);
    office.take_handshake(make);
    office.take(make.from_client(kAck, 100, 500, kRequest));
    office.take(silent.from_client(kSyn, 1));
    const Harvest harvest = office.finish();
    ASSERT_EQ(harvest.ended.size(), 2u);
    for (const FlowRecord& each : harvest.ended) {
      EXPECT_EQ(each.verdict.channels.empty(), !explain);
    }
  }
}

// ---- flows that are evicted ----

/// Room for one flow; a single packet of another ends it.
Harvest evicted_by_another(Office& office) {
  PacketMaker other(50000, 443);
  office.take(other.from_client(kSyn, 1));
  return office.worker().harvest();
}
WorkerSettings for_one_flow() {
  WorkerSettings one = settings();
  one.limits.flows = 1;
  return one;
}

TEST(Worker, a_flow_evicted_before_its_label_is_final_says_so) {
  {
    Office office(for_one_flow());
    PacketMaker make;
    office.take(make.from_client(kSyn, 99));  // nothing was said
    const Harvest harvest = evicted_by_another(office);
    ASSERT_EQ(harvest.ended.size(), 1u);
    EXPECT_EQ(harvest.ended[0].reason, EndReason::evicted);
    EXPECT_EQ(harvest.ended[0].verdict.state, VerdictState::provisional);
    EXPECT_EQ(harvest.ended[0].verdict.stack, Stack{"tcp"});
  }
  {
    Office office(for_one_flow());
    PacketMaker make;
    office.take_handshake(make);
    office.take(make.from_client(kAck, 100, 500, "words that mean nothing"));
    const Harvest harvest = evicted_by_another(office);
    EXPECT_EQ(harvest.evicted, 1u);
    ASSERT_EQ(harvest.ended.size(), 1u);
    EXPECT_EQ(harvest.ended[0].reason, EndReason::evicted);
    EXPECT_EQ(harvest.ended[0].verdict.state, VerdictState::provisional);
  }
  {
    Office office(for_one_flow());
    PacketMaker make;
    office.take_handshake(make);
    office.take(make.from_client(kAck, 100, 500, kMarker));  // labelled, but the search goes on
    const Harvest harvest = evicted_by_another(office);
    ASSERT_EQ(harvest.ended.size(), 1u);
    EXPECT_EQ(harvest.ended[0].verdict.stack, (Stack{"tcp", "marked"}));
    EXPECT_EQ(harvest.ended[0].verdict.state, VerdictState::provisional);
  }
}

TEST(Worker, a_flow_that_was_decided_is_final_though_it_is_evicted) {
  WorkerSettings one = for_one_flow();
  one.limits.scan_octets = 64;
  Office office(one);
  PacketMaker make;
  office.take_handshake(make);
  office.take(make.from_client(kAck, 100, 500, kMarker + std::string(100, '.')));
  office.take(make.from_server(kAck, 500, 213, std::string(100, '.')));  // both budgets are spent
  const Harvest harvest = evicted_by_another(office);
  EXPECT_EQ(harvest.evicted, 1u);
  ASSERT_EQ(harvest.ended.size(), 1u);
  EXPECT_EQ(harvest.ended[0].reason, EndReason::evicted);
  EXPECT_EQ(harvest.ended[0].verdict.stack, (Stack{"tcp", "marked"}));
  EXPECT_EQ(harvest.ended[0].verdict.state, VerdictState::final);
}

TEST(Worker, a_flow_that_ends_otherwise_is_final_though_it_was_not_decided) {
  Office office;
  PacketMaker make, silent(40001);
  office.take_handshake(make);
  office.take(make.from_client(kAck, 100, 500, "words that mean nothing"));
  office.take(silent.from_client(kSyn, 1));
  for (const FlowRecord& each : office.finish().ended) {
    EXPECT_EQ(each.reason, EndReason::end);
    EXPECT_EQ(each.verdict.state, VerdictState::final);
  }
}

// ---- flows that end in portions ----

TEST(Worker, flows_end_in_portions_in_the_order_of_their_beginnings) {
  for (const bool by_the_clock : {true, false}) {
    Office office;
    constexpr uint16_t kMany = 20;
    std::vector<PacketMaker> makers;
    for (uint16_t i = 0; i < kMany; ++i) makers.emplace_back(static_cast<uint16_t>(40000 + i), 443);
    for (PacketMaker& make : makers) office.take(make.from_client(kSyn, 1));
    // They were last heard in another order.
    for (size_t i = 0; i < kMany; ++i) office.take(makers[i * 7 % kMany].from_client(kSyn, 1));
    if (by_the_clock) {
      office.worker().begin_expiry({100'000 * kSecond}, office.ordinal());
    } else {
      office.worker().begin_finish(office.ordinal());
    }
    for (uint16_t i = 0; i < kMany; ++i) {
      EXPECT_EQ(office.worker().end_some(1), i + 1 < kMany);
      const Harvest harvest = office.worker().harvest();
      ASSERT_EQ(harvest.ended.size(), 1u);
      EXPECT_EQ(harvest.ended[0].flow_id, i + 1u);
      EXPECT_EQ(harvest.ended[0].client.port, 40000 + i);
      EXPECT_EQ(harvest.ended[0].end_ordinal, office.ordinal() + 1);
      EXPECT_EQ(harvest.ended[0].reason, by_the_clock ? EndReason::timeout : EndReason::end);
    }
    EXPECT_FALSE(office.worker().end_some(1));
    EXPECT_TRUE(office.finish().ended.empty());
  }
}

TEST(Worker, flows_that_both_sides_have_closed_end_without_the_others) {
  Office office;
  PacketMaker closed, open(40001);
  office.take_handshake(closed);
  office.take_handshake(open);
  office.take(closed.from_client(kAck | kFin, 100, 500));
  office.take(closed.from_server(kAck | kFin, 500, 101));
  office.take(closed.from_client(kAck, 101, 501));
  office.worker().begin_ending_closed(office.ordinal());
  EXPECT_FALSE(office.worker().end_some());
  const Harvest harvest = office.worker().harvest();
  ASSERT_EQ(harvest.ended.size(), 1u);
  EXPECT_EQ(harvest.ended[0].client.port, 40000);
  EXPECT_EQ(office.finish().ended.size(), 1u);
}

}  // namespace
}  // namespace parlance
