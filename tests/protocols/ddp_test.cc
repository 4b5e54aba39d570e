#include <algorithm>

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

TEST(Ddp, connect_and_connected_are_proof) {
  const std::vector<Said> talk = {
      client(R"({"msg":"connect","version":"1","support":["1","pre2"]})"),
      server(R"({"server_id":"0"})"), server(R"({"msg":"connected","session":"abc"})")};
  EXPECT_EQ(run_parser("ddp", talk)->best(), Strength::proof);
  expect_parser_habits("ddp", talk);
}

TEST(Ddp, a_method_and_its_result_are_proof) {
  const std::vector<Said> talk = {
      client(R"({"msg":"method","method":"login","params":[],"id":"1"})"),
      server(R"({"msg":"result","id":"1","result":{}})")};
  EXPECT_EQ(run_parser("ddp", talk)->best(), Strength::proof);
  expect_parser_habits("ddp", talk);
}

TEST(Ddp, a_result_or_readiness_of_another_id_is_no_proof) {
  const Said method = client(R"({"msg":"method","method":"login","params":[],"id":"1"})");
  const Said sub = client(R"({"msg":"sub","id":"2","name":"x","params":[]})");
  EXPECT_EQ(run_parser("ddp", {method, server(R"({"msg":"result","id":"11"})")})->best(),
            Strength::none);
  EXPECT_EQ(run_parser("ddp", {sub, server(R"({"msg":"ready","subs":["12"]})")})->best(),
            Strength::none);
  const std::vector<Said> ready = {sub, server(R"({"msg":"ready","subs":["12","2"]})")};
  EXPECT_EQ(run_parser("ddp", ready)->best(), Strength::proof);
  expect_parser_habits("ddp", ready);
}

TEST(Ddp, what_members_hold_is_not_shown) {
  const auto found = run_parser(
      "ddp", {client(R"({"params":["secret"],"msg":"method","method":"login","id":"1"})"),
              server(R"({"msg":"result","id":"1","result":"secret"})")});
  ASSERT_EQ(found->confirmed.size(), 1U);
  EXPECT_EQ(found->confirmed[0].octets, R"("msg":"result")");
  EXPECT_EQ(found->confirmed[0].offset, 1U);
}

TEST(Ddp, rocket_chat_is_told_by_its_streams) {
  const std::vector<Said> talk = {
      client(R"({"msg":"connect","version":"1","support":["1"]})"),
      server(R"({"msg":"connected","session":"abc"})"),
      client(R"({"msg":"sub","id":"2","name":"stream-notify-user","params":["x/notification"]})")};
  const auto found = run_parser("ddp", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  ASSERT_EQ(found->supported.size(), 1U);
  EXPECT_EQ(found->supported[0].first, "rocketchat");
  EXPECT_EQ(found->supported[0].second.strength, Strength::strong);
  expect_parser_habits("ddp", talk);
}

/// The best that was said of an application.
Strength best_support(const RecordingFindings& found) {
  Strength best = Strength::none;
  for (const auto& each : found.supported) best = std::max(best, each.second.strength);
  return best;
}

TEST(Ddp, a_stream_of_rocket_chat_that_became_ready_proves_it) {
  const Said sub = client(
      R"({"msg":"sub","id":"2","name":"stream-notify-user","params":["x/notification",false]})");
  const std::vector<Said> talk = {client(R"({"msg":"connect","version":"1","support":["1"]})"),
                                  server(R"({"msg":"connected","session":"abc"})"), sub,
                                  server(R"({"msg":"ready","subs":["2"]})")};
  const auto found = run_parser("ddp", talk);
  EXPECT_EQ(best_support(*found), Strength::proof);
  EXPECT_EQ(found->supported.back().first, "rocketchat");
  EXPECT_TRUE(found->finished);
  expect_parser_habits("ddp", talk);
  EXPECT_EQ(best_support(*run_parser("ddp", {sub, server(R"({"msg":"ready","subs":["22"]})")})),
            Strength::strong);
  const Said other = client(R"({"msg":"sub","id":"2","name":"posts","params":[]})");
  EXPECT_EQ(best_support(*run_parser("ddp", {other, server(R"({"msg":"ready","subs":["2"]})")})),
            Strength::none);
}

TEST(Ddp, an_answer_to_a_call_is_none_to_a_subscription) {
  const Said sub = client(R"({"msg":"sub","id":"2","name":"stream-room-messages","params":["x"]})");
  const Said method = client(R"({"msg":"method","method":"login","params":[],"id":"2"})");
  const Said result = server(R"({"msg":"result","id":"2","result":{}})");
  const auto found = run_parser("ddp", {sub, result});
  EXPECT_EQ(found->best(), Strength::none);
  EXPECT_EQ(best_support(*found), Strength::strong);
  EXPECT_EQ(run_parser("ddp", {method, server(R"({"msg":"ready","subs":["2"]})")})->best(),
            Strength::none);
  const auto both = run_parser("ddp", {sub, method, result});
  EXPECT_EQ(both->best(), Strength::proof);
  EXPECT_EQ(best_support(*both), Strength::strong);
}

TEST(Ddp, connect_alone_is_strong) {
  const std::vector<Said> talk = {client(R"({"msg":"connect","version":"1","support":["1"]})")};
  EXPECT_EQ(run_parser("ddp", talk)->best(), Strength::strong);
  expect_parser_habits("ddp", talk);
}

TEST(Ddp, other_messages_are_nothing) {
  for (const char* const message :
       {R"({"websocket":true,"type":"hello"})", R"({"type":"ping"})", R"([1,2,3])", R"("text")",
        R"({"msg":"ping"})", R"({"msg":"connect"})"}) {
    for (const Said& said : {client(message), server(message)}) {
      EXPECT_EQ(run_parser("ddp", {said})->best(), Strength::none) << message;
    }
  }
}

TEST(Ddp, messages_without_a_shape_refute_it_in_the_end) {
  const std::vector<Said> talk(30, server("{}"));
  EXPECT_FALSE(run_parser("ddp", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
