#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

TEST(Mattermost, a_request_that_is_answered_with_its_number_is_proof) {
  const std::vector<Said> talk = {
      client(R"({"seq":1,"action":"authentication_challenge","data":{"token":"x"}})"),
      server(
          R"({"event":"hello","data":{"server_version":"9.5.0"},"broadcast":{"omit_users":null,"user_id":"u","channel_id":"","team_id":""},"seq":0})"),
      server(R"({"status":"OK","seq_reply":1})")};
  EXPECT_EQ(run_parser("mattermost", talk)->best(), Strength::proof);
  expect_parser_habits("mattermost", talk);
}

TEST(Mattermost, another_number_in_the_answer_is_no_proof) {
  const Said request = client(R"({"seq":1,"action":"user_typing"})");
  const Said event =
      server(R"({"event":"posted","data":{},"broadcast":{"channel_id":"c"},"seq":1})");
  const Said other = server(R"({"status":"OK","seq_reply":11})");
  EXPECT_EQ(run_parser("mattermost", {request, other})->best(), Strength::none);
  EXPECT_EQ(run_parser("mattermost", {request, event, other})->best(), Strength::strong);
}

TEST(Mattermost, an_event_alone_is_strong) {
  const std::vector<Said> talk = {
      server(R"({"event":"posted","data":{},"broadcast":{"channel_id":"c"},"seq":4})")};
  EXPECT_EQ(run_parser("mattermost", talk)->best(), Strength::strong);
  expect_parser_habits("mattermost", talk);
}

TEST(Mattermost, other_messages_are_nothing) {
  for (const char* const message :
       {R"({"websocket":true,"type":"hello"})", R"({"type":"ping"})", R"([1,2,3])", R"("text")",
        R"({"event":"hello","data":{}})", R"({"seq":1,"action":"x"})"}) {
    for (const Said& said : {client(message), server(message)}) {
      EXPECT_EQ(run_parser("mattermost", {said})->best(), Strength::none) << message;
    }
  }
}

TEST(Mattermost, messages_without_a_shape_refute_it_in_the_end) {
  const std::vector<Said> talk(30, server("{}"));
  EXPECT_FALSE(run_parser("mattermost", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
