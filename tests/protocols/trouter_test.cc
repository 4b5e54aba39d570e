#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const Said kOpen = server("1::");
const Said kActivity = client(R"(5:1+::{"name":"user.activity","args":[{"state":"active"}]})");
const Said kConnected = server(R"(5:1::{"name":"trouter.connected","args":[{"ttl":"586000"}]})");
const Said kRequest = server(
    R"(3:::{"id":123456789,"method":"POST","url":"/v4/f/abc/TeamsUnifiedPresenceService","headers":{"Host":"x"},"body":"{}"})");
const Said kAnswer = client(R"(3:::{"id":123456789,"status":200,"headers":{},"body":""})");

TEST(Trouter, a_request_that_was_answered_is_proof) {
  const std::vector<Said> talk = {kOpen, kActivity, kConnected, kRequest, kAnswer};
  EXPECT_EQ(run_parser("trouter", talk)->best(), Strength::proof);
  EXPECT_EQ(run_parser("trouter", {kRequest, kAnswer})->best(), Strength::proof);
  expect_parser_habits("trouter", talk);
}

TEST(Trouter, its_own_event_and_a_request_are_strong) {
  EXPECT_EQ(run_parser("trouter", {kOpen, kConnected})->best(), Strength::strong);
  EXPECT_EQ(run_parser("trouter", {kRequest})->best(), Strength::strong);
}

TEST(Trouter, an_acknowledged_event_beside_one_of_its_own_is_proof) {
  const std::vector<Said> talk = {kOpen, kActivity, server(R"(6:::1+["200"])"), kConnected};
  EXPECT_EQ(run_parser("trouter", talk)->best(), Strength::proof);
  EXPECT_EQ(run_parser("trouter", {kConnected, kActivity, server("6:::1+[]")})->best(),
            Strength::proof);
  expect_parser_habits("trouter", talk);
}

TEST(Trouter, an_acknowledgement_of_something_else_proves_nothing) {
  EXPECT_EQ(run_parser("trouter", {kActivity, server("6:::11+[]"), kConnected})->best(),
            Strength::strong);
  EXPECT_EQ(run_parser("trouter", {kActivity, client("6:::1+[]"), kConnected})->best(),
            Strength::strong);
  EXPECT_EQ(run_parser("trouter", {kActivity, server("6:::1+[]")})->best(), Strength::none);
}

TEST(Trouter, any_other_use_of_socket_io_is_nothing) {
  const std::vector<Said> talk = {kOpen, client(R"(5:1+::{"name":"chat","args":["hi"]})"),
                                  server(R"(3:::{"id":7,"text":"hi"})"), client("2::"),
                                  client(R"(3:::{"id":7,"status":1})")};
  EXPECT_EQ(run_parser("trouter", talk)->best(), Strength::none);
  EXPECT_FALSE(run_parser("trouter", {server("42[\"event\"]")})->refuted.empty());
}

TEST(Trouter, urls_are_not_shown) {
  const auto found = run_parser("trouter", {kRequest, kAnswer});
  for (const Confirmation& each : found->confirmed) {
    EXPECT_EQ(each.octets, "3:::");
  }
}

}  // namespace
}  // namespace parlance::test
