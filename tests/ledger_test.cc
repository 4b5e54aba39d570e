#include "ledger.h"

#include <gtest/gtest.h>

#include "flow/packets.h"
#include "support/few_signatures.h"

namespace parlance {
namespace {

/// Keeps what it is given.
class Kept final : public report::Reporter {
 public:
  struct Pages {
    std::vector<FlowRecord> flows, provisional;
    report::Totals totals;
  };
  explicit Kept(Pages& pages) : pages_(pages) {}
  Result<void> flow(const FlowRecord& record) override {
    pages_.flows.push_back(record);
    return {};
  }
  Result<void> provisional(const FlowRecord& record) override {
    pages_.provisional.push_back(record);
    return {};
  }
  Result<void> finish(const report::Totals& totals) override {
    pages_.totals = totals;
    return {};
  }

 private:
  Pages& pages_;
};

struct Desk {
  explicit Desk(Questions questions = {})
      : ledger(test::few_signatures(), reporters(pages), std::move(questions)) {}
  static std::vector<std::unique_ptr<report::Reporter>> reporters(Kept::Pages& pages) {
    std::vector<std::unique_ptr<report::Reporter>> all;
    all.push_back(std::make_unique<Kept>(pages));
    return all;
  }
  Kept::Pages pages;
  Ledger ledger;
};

FlowRecord flow_of(uint64_t id, uint64_t end, uint16_t server_port = 443) {
  FlowRecord record;
  record.flow_id = id;
  record.end_ordinal = end;
  record.client = flow::endpoint(1, 40000);
  record.server = flow::endpoint(2, server_port);
  record.start = {static_cast<int64_t>(id) * kSecond};
  record.verdict.stack = {"tcp"};
  return record;
}

Resolution answer(uint64_t ordinal, const std::string& name = "chat.example.com",
                  uint8_t client = 1) {
  Resolution made;
  made.name = name;
  made.client = flow::endpoint(client, 0).address;
  made.address = flow::endpoint(2, 0).address;
  made.ttl_seconds = 60;
  made.frame = ordinal;
  made.ordinal = ordinal;
  made.time = {static_cast<int64_t>(ordinal) * kSecond};
  return made;
}

Kept::Pages written(std::vector<Harvest> harvests) {
  Desk desk;
  EXPECT_TRUE(desk.ledger.write(harvests));
  return std::move(desk.pages);
}

// ---- order --------------------------------------------------------------------------------------

TEST(Ledger, writes_records_in_the_order_in_which_flows_ended_then_began) {
  Harvest one, two;
  one.ended = {flow_of(3, 9), flow_of(1, 20)};
  two.ended = {flow_of(2, 9), flow_of(4, 7)};
  two.provisional = {flow_of(8, 8)};
  one.evicted = 1;
  two.evicted = 2;
  Desk desk;
  std::vector<Harvest> harvests;
  harvests.push_back(std::move(one));
  harvests.push_back(std::move(two));
  ASSERT_TRUE(desk.ledger.write(harvests));
  std::vector<uint64_t> ids;
  for (const FlowRecord& each : desk.pages.flows) ids.push_back(each.flow_id);
  EXPECT_EQ(ids, (std::vector<uint64_t>{4, 2, 3, 1}));
  EXPECT_EQ(desk.pages.provisional.size(), 1u);
  ASSERT_TRUE(desk.ledger.finish({}));
  EXPECT_EQ(desk.pages.totals.evicted_flows, 3u);
}

TEST(Ledger, a_record_is_completed_with_its_file_and_community_id) {
  Desk desk;
  desk.ledger.add_source({"a.pcap", ""});
  desk.ledger.add_source({"", "eth0"});
  Harvest harvest;
  harvest.ended = {flow_of(1, 2), flow_of(2, 3)};
  harvest.ended[1].source = 1;
  std::vector<Harvest> harvests;
  harvests.push_back(std::move(harvest));
  ASSERT_TRUE(desk.ledger.write(harvests));
  EXPECT_EQ(desk.pages.flows.at(0).file, "a.pcap");
  EXPECT_EQ(desk.pages.flows.at(1).interface, "eth0");
  EXPECT_EQ(desk.pages.flows.at(0).community_id.view().substr(0, 2), "1:");
}

TEST(Ledger, reports_one_flow_alone_if_asked) {
  Desk desk({"", 2});
  Harvest harvest;
  harvest.ended = {flow_of(1, 2), flow_of(2, 3)};
  std::vector<Harvest> harvests;
  harvests.push_back(std::move(harvest));
  ASSERT_TRUE(desk.ledger.write(harvests));
  ASSERT_EQ(desk.pages.flows.size(), 1u);
  EXPECT_EQ(desk.pages.flows[0].flow_id, 2u);
}

// ---- names --------------------------------------------------------------------------------------

Kept::Pages after_answer(const Resolution& resolution, uint64_t flow_id) {
  Harvest resolver, other;  // the answer is another worker's
  resolver.resolutions = {resolution};
  other.ended = {flow_of(flow_id, 100)};
  std::vector<Harvest> harvests;
  harvests.push_back(std::move(other));
  harvests.push_back(std::move(resolver));
  return written(std::move(harvests));
}

TEST(Ledger, a_name_that_the_client_was_told_is_a_hint) {
  const FlowRecord record = after_answer(answer(4), 7).flows.at(0);
  ASSERT_EQ(record.verdict.evidence.size(), 1u);
  const Evidence& evidence = record.verdict.evidence[0];
  EXPECT_EQ(evidence.rule(), "named/dns");
  EXPECT_EQ(evidence.strength, Strength::hint);
  EXPECT_EQ(evidence.basis, Basis::dns);
  EXPECT_EQ(evidence.frame, 4u);
  EXPECT_EQ(evidence.text,
            "10.0.0.2 = chat.example.com (DNS answer in frame 4, 3.0 s before the flow)");
  ASSERT_TRUE(record.verdict.app);
  EXPECT_EQ(record.verdict.app->name, "named");
  EXPECT_EQ(record.verdict.app->basis, Basis::dns);
  EXPECT_EQ(record.verdict.protocol, "unknown");
  EXPECT_EQ(record.verdict.stack.size(), 1u);
}

TEST(Ledger, an_answer_that_came_later_says_nothing) {
  EXPECT_TRUE(after_answer(answer(8), 7).flows.at(0).verdict.evidence.empty());
}

TEST(Ledger, an_answer_to_somebody_else_says_nothing) {
  EXPECT_TRUE(
      after_answer(answer(4, "chat.example.com", 9), 7).flows.at(0).verdict.evidence.empty());
}

TEST(Ledger, a_name_that_no_signature_knows_says_nothing) {
  const FlowRecord record = after_answer(answer(4, "chat.example.net"), 7).flows.at(0);
  EXPECT_TRUE(record.verdict.evidence.empty());
  EXPECT_FALSE(record.verdict.app);
}

// ---- calls --------------------------------------------------------------------------------------

CallFact call_fact(uint64_t ordinal, std::string sign, std::string_view supports = {}) {
  CallFact fact;
  fact.ordinal = fact.frame = ordinal;
  fact.time = {static_cast<int64_t>(ordinal) * kSecond};
  fact.flow_id = 1;
  fact.sign = std::move(sign);
  fact.supports = supports;
  if (!supports.empty()) fact.strength = Strength::strong;
  return fact;
}

/// Flow 1 of the client's socket says whose call it is in packet 5; the record is of flow 7.
FlowRecord after_call(uint64_t end, std::vector<std::string_view> stack) {
  Harvest relay, media;  // of two workers
  relay.call_facts = {call_fact(3, "socket 10.0.0.1:40000"), call_fact(5, {}, "named")};
  media.ended = {flow_of(7, end)};
  media.ended[0].transport = Transport::udp;
  media.ended[0].verdict.stack = std::move(stack);
  std::vector<Harvest> harvests;
  harvests.push_back(std::move(media));
  harvests.push_back(std::move(relay));
  return written(std::move(harvests)).flows.at(0);
}

TEST(Ledger, what_one_flow_of_a_call_shows_is_a_hint_for_the_others) {
  const FlowRecord record = after_call(100, {"udp", "rtp"});
  ASSERT_EQ(record.verdict.evidence.size(), 1u);
  const Evidence& evidence = record.verdict.evidence[0];
  EXPECT_EQ(evidence.rule(), "named/call");
  EXPECT_EQ(evidence.strength, Strength::hint);
  EXPECT_EQ(evidence.basis, Basis::behaviour);
  EXPECT_EQ(evidence.frame, 5u);
  ASSERT_TRUE(record.verdict.app);
  EXPECT_EQ(record.verdict.app->name, "named");
  ASSERT_EQ(record.notes.size(), 1u);
  EXPECT_EQ(record.notes[0].key, "call.flow_id");
  EXPECT_EQ(std::get<int64_t>(record.notes[0].value), 1);
}

TEST(Ledger, other_protocols_of_the_same_socket_are_of_no_call) {
  EXPECT_TRUE(after_call(100, {"udp", "dns"}).verdict.evidence.empty());
  EXPECT_FALSE(after_call(100, {"udp"}).verdict.evidence.empty());
}

TEST(Ledger, a_call_that_was_named_after_the_flows_end_says_nothing) {
  EXPECT_TRUE(after_call(4, {"udp", "rtp"}).verdict.evidence.empty());
}

TEST(Ledger, a_connection_to_where_irc_said_that_a_file_waits_is_a_hint) {
  const auto after_offer = [](const std::string& sign, std::vector<std::string_view> stack) {
    Harvest irc, transfer;  // of two workers
    irc.call_facts = {call_fact(3, sign)};
    transfer.ended = {flow_of(7, 100, 59130)};
    transfer.ended[0].verdict.stack = std::move(stack);
    std::vector<Harvest> harvests;
    harvests.push_back(std::move(transfer));
    harvests.push_back(std::move(irc));
    return written(std::move(harvests)).flows.at(0);
  };
  const FlowRecord record = after_offer("announced 10.0.0.2:59130 irc-dcc", {"tcp"});
  ASSERT_EQ(record.verdict.evidence.size(), 1u);
  EXPECT_EQ(record.verdict.evidence[0].rule(), "irc-dcc/announced");
  EXPECT_EQ(record.verdict.evidence[0].strength, Strength::hint);
  EXPECT_TRUE(after_offer("announced 10.0.0.2:59131 irc-dcc", {"tcp"}).verdict.evidence.empty());
  EXPECT_TRUE(after_offer("announced 10.0.0.2:5913 irc-dcc", {"tcp"}).verdict.evidence.empty());
  EXPECT_TRUE(after_offer("announced 10.0.0.2:59130 nobody", {"tcp"}).verdict.evidence.empty());
  EXPECT_TRUE(after_offer("socket 10.0.0.2:59130", {"tcp"}).verdict.evidence.empty());
  EXPECT_TRUE(after_offer("announced 10.0.0.2:59130 irc-dcc", {"tcp", "tls"}).verdict.evidence.empty());
}

// ---- addresses ----------------------------------------------------------------------------------

TEST(Ledger, an_address_of_an_owner_is_a_hint_where_nothing_better_says_so) {
  const auto to_host = [](uint8_t host, bool is_known) {
    Harvest harvest;
    harvest.ended = {flow_of(1, 2)};
    harvest.ended[0].server = flow::endpoint(host, 443);
    if (is_known) harvest.ended[0].verdict.evidence.emplace_back().supports = "addressed";
    std::vector<Harvest> harvests;
    harvests.push_back(std::move(harvest));
    return written(std::move(harvests)).flows.at(0);
  };
  const FlowRecord record = to_host(9, false);
  ASSERT_EQ(record.verdict.evidence.size(), 1u);
  EXPECT_EQ(record.verdict.evidence[0].rule(), "addressed/address");
  EXPECT_EQ(record.verdict.evidence[0].strength, Strength::hint);
  EXPECT_EQ(record.verdict.evidence[0].basis, Basis::address);
  EXPECT_EQ(to_host(9, true).verdict.evidence.size(), 1u);
  EXPECT_TRUE(to_host(8, false).verdict.evidence.empty());
}

// ---- ports --------------------------------------------------------------------------------------

FlowRecord with_port(uint16_t port, std::vector<std::string_view> stack, uint64_t payload,
                     Transport transport = Transport::tcp) {
  Harvest harvest;
  harvest.ended = {flow_of(1, 2, port)};
  harvest.ended[0].verdict.stack = std::move(stack);
  harvest.ended[0].verdict.channels.resize(1);
  harvest.ended[0].counters[0].payload_octets = payload;
  harvest.ended[0].transport = transport;
  std::vector<Harvest> harvests;
  harvests.push_back(std::move(harvest));
  return written(std::move(harvests)).flows.at(0);
}

TEST(Ledger, a_port_is_a_hint_where_nothing_was_said) {
  const FlowRecord record = with_port(5222, {"tcp"}, 0);
  ASSERT_EQ(record.verdict.evidence.size(), 1u);
  EXPECT_EQ(record.verdict.evidence[0].rule(), "xmpp/port");
  EXPECT_EQ(record.verdict.evidence[0].basis, Basis::port);
  EXPECT_TRUE(record.verdict.ruled_out.empty());
  EXPECT_FALSE(record.verdict.app);
}

TEST(Ledger, a_port_whose_protocol_is_not_spoken_there_is_named) {
  const FlowRecord record = with_port(5222, {"tcp", "tls"}, 1000);
  EXPECT_TRUE(record.verdict.evidence.empty());
  ASSERT_EQ(record.verdict.ruled_out.size(), 1u);
  EXPECT_EQ(record.verdict.ruled_out[0].protocol, "xmpp");
  EXPECT_EQ(record.verdict.ruled_out[0].reason,
            "port 5222 is its habitual port, but nothing of it was seen in the payload");
  EXPECT_EQ(record.verdict.channels[0].ruled_out.size(), 1u);
  // Of payload that nobody understands both is said.
  const FlowRecord unknown = with_port(5222, {"tcp"}, 1000);
  EXPECT_EQ(unknown.verdict.ruled_out.size(), 1u);
  EXPECT_EQ(unknown.verdict.evidence.size(), 1u);
}

TEST(Ledger, a_port_rules_nothing_out_that_is_hinted_at_already) {
  Harvest harvest;
  harvest.ended = {flow_of(1, 2, 5222)};
  harvest.ended[0].verdict.stack = {"tcp", "tls"};
  harvest.ended[0].verdict.channels.resize(1);
  harvest.ended[0].counters[0].payload_octets = 1000;
  Evidence announced;
  announced.supports = "xmpp";
  announced.strength = Strength::hint;
  harvest.ended[0].verdict.evidence = {announced};
  std::vector<Harvest> harvests;
  harvests.push_back(std::move(harvest));
  const FlowRecord record = written(std::move(harvests)).flows.at(0);
  EXPECT_TRUE(record.verdict.ruled_out.empty());
  EXPECT_EQ(record.verdict.evidence.size(), 1u);
}

TEST(Ledger, a_port_adds_nothing_to_its_protocol) {
  const FlowRecord record = with_port(5222, {"tcp", "xmpp", "tls"}, 1000);
  EXPECT_TRUE(record.verdict.evidence.empty());
  EXPECT_TRUE(record.verdict.ruled_out.empty());
}

TEST(Ledger, a_port_of_the_other_transport_says_nothing) {
  const FlowRecord record = with_port(5222, {"udp"}, 1000, Transport::udp);
  EXPECT_TRUE(record.verdict.evidence.empty());
  EXPECT_TRUE(record.verdict.ruled_out.empty());
}

// ---- expectations -------------------------------------------------------------------------------

bool is_expected(const std::string& expect, std::vector<std::string_view> stack) {
  Desk desk({expect, {}});
  Harvest harvest;
  harvest.ended = {flow_of(1, 2)};
  harvest.ended[0].verdict.stack = std::move(stack);
  std::vector<Harvest> harvests;
  harvests.push_back(std::move(harvest));
  EXPECT_TRUE(desk.ledger.write(harvests));
  return desk.ledger.found_expected();
}

TEST(Ledger, an_expectation_is_a_protocol_or_neighbours_in_a_stack) {
  EXPECT_TRUE(is_expected("websocket", {"tcp", "tls", "websocket"}));
  EXPECT_TRUE(is_expected("tls/websocket", {"tcp", "tls", "websocket", "xmpp"}));
  EXPECT_TRUE(is_expected("tls / websocket", {"tcp", "tls", "websocket"}));
  EXPECT_FALSE(is_expected("tls/websocket", {"tcp", "tls", "http", "websocket"}));
  EXPECT_FALSE(is_expected("tls/web", {"tcp", "tls", "websocket"}));
  EXPECT_FALSE(is_expected("socket", {"tcp", "websocket"}));
  EXPECT_FALSE(is_expected("", {"tcp", "websocket"}));
}

TEST(Ledger, an_expectation_may_be_an_application) {
  Desk desk({"named", {}});
  Harvest harvest;
  harvest.resolutions = {answer(1)};
  harvest.ended = {flow_of(2, 3)};
  std::vector<Harvest> harvests;
  harvests.push_back(std::move(harvest));
  ASSERT_TRUE(desk.ledger.write(harvests));
  EXPECT_TRUE(desk.ledger.found_expected());
}

}  // namespace
}  // namespace parlance
