#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

TEST(Socketio, a_connect_packet_with_its_sid_is_proof) {
  const std::vector<Said> talk = {client("0/chat,"), server(R"(0/chat,{"sid":"x"})")};
  EXPECT_EQ(run_parser("socketio", talk)->best(), Strength::proof);
  expect_parser_habits("socketio", talk);
}

TEST(Socketio, an_event_behind_a_connect_is_proof_and_alone_strong) {
  EXPECT_EQ(run_parser("socketio", {server("0"), client(R"(21["say",{"a":[]}])")})->best(),
            Strength::proof);
  EXPECT_EQ(run_parser("socketio", {client(R"(2/ns,7["say"])")})->best(), Strength::strong);
  EXPECT_EQ(run_parser("socketio", {client(R"(51-["b",{"_placeholder":true,"num":0}])")})->best(),
            Strength::strong);
}

TEST(Socketio, events_are_not_shown) {
  const auto found = run_parser("socketio", {client(R"(2/ns,7["say","secret"])")});
  ASSERT_EQ(found->confirmed.size(), 1U);
  EXPECT_EQ(found->confirmed[0].octets, "2/ns,7[");
}

TEST(Socketio, the_open_packet_of_engineio_is_not_taken_for_it) {
  const auto found = run_parser(
      "socketio",
      {server(R"(0{"sid":"a","upgrades":[],"pingInterval":1,"pingTimeout":1})"), client("2")});
  EXPECT_EQ(found->best(), Strength::none);
}

TEST(Socketio, broken_events_are_nothing) {
  for (const char* const message : {R"(2["a")", "2[1]", "2{}", "9", "", "5[\"a\"]"}) {
    EXPECT_EQ(run_parser("socketio", {client(message)})->best(), Strength::none) << message;
  }
}

}  // namespace
}  // namespace parlance::test
