#include "call_joiner.h"

#include <gtest/gtest.h>

#include "model/call_signs.h"

namespace parlance::test {
namespace {

Endpoint endpoint(uint8_t host, uint16_t port) {
  return {IpAddress{{10, 0, 0, host}, 4}, port};
}

FlowRecord record(uint64_t id, const Endpoint& client, const Endpoint& server) {
  FlowRecord made;
  made.flow_id = id;
  made.end_ordinal = 1000;
  made.client = client;
  made.server = server;
  made.start = {100 * kSecond};
  return made;
}

CallFact sign(uint64_t ordinal, uint64_t flow_id, std::string text) {
  CallFact fact;
  fact.ordinal = fact.frame = ordinal;
  fact.time = {100 * kSecond};
  fact.flow_id = flow_id;
  fact.sign = std::move(text);
  return fact;
}
CallFact name(uint64_t ordinal, uint64_t flow_id, std::string_view supports,
              Strength strength = Strength::proof) {
  CallFact fact = sign(ordinal, flow_id, {});
  fact.supports = supports;
  fact.strength = strength;
  return fact;
}

const Endpoint kPhone = endpoint(1, 5000), kRelay = endpoint(2, 3478), kPeer = endpoint(3, 7000);

TEST(CallJoiner, flow_of_the_same_socket_is_of_the_call) {
  CallJoiner joiner;
  joiner.add(sign(1, 1, socket_sign(kPhone)));
  joiner.add(name(2, 1, "whatsapp"));
  const Call call = joiner.find(record(7, kPhone, kPeer));
  ASSERT_TRUE(call.named);
  EXPECT_EQ(call.named->supports, "whatsapp");
  EXPECT_EQ(call.first_flow, 1U);
  EXPECT_EQ(call.flows, 2U);
  EXPECT_FALSE(joiner.find(record(8, endpoint(1, 5001), kPeer)).named);
}

TEST(CallJoiner, peer_that_a_relay_was_told_of_is_of_the_call_whoever_opens_the_flow) {
  CallJoiner joiner;
  joiner.add(sign(1, 1, peer_sign(kPhone.address, kPeer)));
  joiner.add(name(2, 1, "telegram"));
  const Endpoint other_socket = endpoint(1, 6000);
  EXPECT_TRUE(joiner.find(record(7, other_socket, kPeer)).named);
  EXPECT_TRUE(joiner.find(record(7, kPeer, other_socket)).named);
  EXPECT_FALSE(joiner.find(record(7, endpoint(9, 6000), kPeer)).named);
}

TEST(CallJoiner, fragments_lead_from_flow_to_flow) {
  CallJoiner joiner;
  joiner.add(sign(1, 1, socket_sign(kPhone)));
  joiner.add(name(2, 1, "signal"));
  joiner.add(sign(3, 2, socket_sign(kPhone)));
  joiner.add(sign(4, 2, fragments_sign("abcd:efgh")));
  joiner.add(sign(5, 7, fragments_sign("efgh:abcd")));
  const Call call = joiner.find(record(7, endpoint(1, 6000), kPeer));
  ASSERT_TRUE(call.named);
  EXPECT_EQ(call.named->flow_id, 1U);
  EXPECT_EQ(call.flows, 3U);
}

TEST(CallJoiner, what_came_after_the_flows_end_or_long_before_it_is_not_known) {
  CallJoiner joiner;
  joiner.add(sign(1, 1, socket_sign(kPhone)));
  joiner.add(name(1001, 1, "whatsapp"));
  EXPECT_FALSE(joiner.find(record(7, kPhone, kPeer)).named);
  FlowRecord late = record(8, kPhone, kPeer);
  late.end_ordinal = 2000;
  EXPECT_TRUE(joiner.find(late).named);
  late.start = {3000 * kSecond};
  EXPECT_FALSE(joiner.find(late).named);
}

TEST(CallJoiner, oldest_facts_are_forgotten_first) {
  CallJoiner joiner(2);
  joiner.add(sign(1, 1, socket_sign(kPhone)));
  joiner.add(name(2, 1, "whatsapp"));
  joiner.add(sign(3, 2, socket_sign(kRelay)));
  EXPECT_FALSE(joiner.find(record(7, kPhone, kPeer)).named);
  EXPECT_EQ(joiner.find(record(7, kRelay, kPeer)).flows, 2U);
}

TEST(CallJoiner, the_newest_announcement_of_the_servers_address_and_port_is_found) {
  CallJoiner joiner;
  joiner.add(sign(1, 1, announcement_sign(kPeer, "msn-direct")));
  joiner.add(sign(2, 2, announcement_sign(kPeer, "irc-dcc")));
  joiner.add(sign(3, 3, announcement_sign(endpoint(3, 70), "gadu-gadu")));
  const auto found = joiner.find_announcement(record(7, kPhone, kPeer));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->protocol, "irc-dcc");
  EXPECT_EQ(found->fact->flow_id, 2U);
  EXPECT_FALSE(joiner.find_announcement(record(8, kPeer, kPhone)));
}

TEST(CallJoiner, an_announcement_is_forgotten_with_its_newest_fact) {
  CallJoiner joiner(2);
  joiner.add(sign(1, 1, announcement_sign(kPeer, "irc-dcc")));
  joiner.add(sign(2, 2, announcement_sign(kPeer, "irc-dcc")));
  joiner.add(sign(3, 3, socket_sign(kPhone)));
  EXPECT_TRUE(joiner.find_announcement(record(7, kPhone, kPeer)));
  joiner.add(sign(4, 4, socket_sign(kPhone)));
  EXPECT_FALSE(joiner.find_announcement(record(7, kPhone, kPeer)));
  joiner.add(sign(5, 5, announcement_sign(kPeer, "irc-dcc")));
  EXPECT_TRUE(joiner.find_announcement(record(7, kPhone, kPeer)));
}

TEST(CallSigns, fragments_are_the_same_from_both_sides) {
  EXPECT_EQ(fragments_sign("abcd:efgh"), fragments_sign("efgh:abcd"));
  EXPECT_EQ(fragments_sign("abcd"), "");
  EXPECT_EQ(fragments_sign("abcd:"), "");
}

}  // namespace
}  // namespace parlance::test
