#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// Bodies as the specification's examples have them.
const Said kVersions =
    server(R"({"versions":["r0.6.1","v1.1"],"unstable_features":{"org.matrix.msc3575":true}})");
const Said kLogin = client(
    R"({"type":"m.login.password","identifier":{"type":"m.id.user","user":"cheeky_monkey"},"password":"ilovebananas"})");
const Said kSession = server(
    R"({"user_id":"@cheeky_monkey:matrix.org","access_token":"abc123","device_id":"GHTYAJCE"})");
const Said kSync = server(R"({"next_batch":"s72595_4483_1934","rooms":{"join":{}}})");

TEST(Matrix, a_login_and_its_session_are_proof) {
  const std::vector<Said> talk = {kVersions, kLogin, kSession};
  EXPECT_EQ(run_parser("matrix", talk)->best(), Strength::proof);
  expect_parser_habits("matrix", talk);
}

TEST(Matrix, a_message_and_its_event_are_proof) {
  const std::vector<Said> talk = {client(R"({"msgtype":"m.text","body":"hello"})"),
                                  server(R"({"event_id":"$YUwRidLecu:example.com"})")};
  EXPECT_EQ(run_parser("matrix", talk)->best(), Strength::proof);
}

TEST(Matrix, a_transaction_between_servers_is_proof) {
  const std::vector<Said> talk = {
      client(R"({"origin":"matrix.org","origin_server_ts":1234567890,"pdus":[],"edus":[]})"),
      server(R"({"pdus":{"$failed_event:example.org":{"error":"You are not allowed"}}})")};
  EXPECT_EQ(run_parser("matrix", talk)->best(), Strength::proof);
}

TEST(Matrix, one_side_is_strong) {
  for (const Said& said : {kVersions, kLogin, kSession, kSync}) {
    EXPECT_EQ(run_parser("matrix", {said})->best(), Strength::strong) << said.octets;
    expect_parser_habits("matrix", {said});
  }
}

TEST(Matrix, shapes_that_others_have_as_well_are_nothing) {
  const std::vector<Said> talk = {client(R"({"typing":true})"), server(R"({"filter_id":"1"})"),
                                  server(R"({"next_batch":"1"})")};
  EXPECT_EQ(run_parser("matrix", talk)->best(), Strength::none);
}

TEST(Matrix, bodies_of_others_are_nothing) {
  for (const char* const message :
       {R"({"type":"com.login.event"})", R"({"errcode":40013,"errmsg":"invalid appid"})",
        R"({"versions":["1.0"],"unstable_features":{}})", R"({"msgtype":"text","body":"x"})",
        R"({"access_token":"x","user_id":"me"})", R"({"capabilities":{"x":1}})", "<html>"}) {
    for (const Said& said : {client(message), server(message)}) {
      EXPECT_EQ(run_parser("matrix", {said})->best(), Strength::none) << message;
    }
  }
}

}  // namespace
}  // namespace parlance::test
