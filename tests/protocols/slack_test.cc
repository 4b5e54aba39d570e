#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const Said kHello = server(
    R"({"type":"hello","num_connections":1,"debug_info":{"host":"applink-1"},"connection_info":{"app_id":"A0"}})");
const Said kEnvelope = server(
    R"({"envelope_id":"dbdd0ef3-1543-4f94-bfb4-133d0e6c1545","payload":{"event":{}},"type":"events_api","accepts_response_payload":false})");
const Said kAck = client(R"({"envelope_id":"dbdd0ef3-1543-4f94-bfb4-133d0e6c1545"})");

TEST(Slack, a_hello_with_a_gateway_is_strong) {
  const std::vector<Said> talk = {server(
      R"({"type":"hello","fast_reconnect":true,"region":"eu-central-1","start":true,"host_id":"gs-fra-abcd"})")};
  EXPECT_EQ(run_parser("slack", talk)->best(), Strength::strong);
  expect_parser_habits("slack", talk);
}

TEST(Slack, an_acknowledged_envelope_is_proof) {
  const std::vector<Said> talk = {kHello, kEnvelope, kAck};
  EXPECT_TRUE(run_parser("slack", talk)->has("echo"));
  EXPECT_EQ(run_parser("slack", talk)->best(), Strength::proof);
  EXPECT_EQ(run_parser("slack", {kEnvelope, kAck})->best(), Strength::proof);
  expect_parser_habits("slack", talk);
}

TEST(Slack, an_acknowledgement_of_another_envelope_is_no_proof) {
  const std::vector<Said> talk = {kEnvelope, client(R"({"envelope_id":"other"})")};
  EXPECT_EQ(run_parser("slack", talk)->best(), Strength::strong);
  const Said seven = server(
      R"({"envelope_id":"7","payload":{},"type":"events_api","accepts_response_payload":false})");
  EXPECT_EQ(run_parser("slack", {seven, client(R"({"type":"ping","id":7})")})->best(),
            Strength::strong)
      << "the number of a request is no envelope's";
}

TEST(Slack, a_pong_that_names_its_ping_is_a_hint_and_with_a_hello_proof) {
  const std::vector<Said> talk = {client(R"({"type":"ping","id":12})"),
                                  server(R"({"type":"pong","reply_to":12})")};
  EXPECT_EQ(run_parser("slack", talk)->best(), Strength::hint);
  std::vector<Said> greeted = talk;
  greeted.insert(greeted.begin(), kHello);
  EXPECT_EQ(run_parser("slack", greeted)->best(), Strength::proof);
  expect_parser_habits("slack", greeted);
}

TEST(Slack, tokens_and_texts_are_not_shown) {
  const auto found = run_parser("slack", {kHello, kEnvelope, kAck});
  for (const Confirmation& each : found->confirmed) {
    EXPECT_EQ(each.octets.find("A0"), std::string::npos);
    EXPECT_EQ(each.octets.find("dbdd"), std::string::npos);
  }
}

TEST(Slack, other_messages_are_nothing) {
  for (const char* const message : {R"({"websocket":true,"type":"hello"})", R"({"type":"ping"})",
                                    R"([1,2,3])", R"("text")", R"({"type":"hello","host_id":1})",
                                    R"({"envelope_id":"x"})", R"({"type":"pong","reply_to":1})"}) {
    for (const Said& said : {client(message), server(message)}) {
      EXPECT_EQ(run_parser("slack", {said})->best(), Strength::none) << message;
    }
  }
}

TEST(Slack, messages_without_a_shape_refute_it_in_the_end) {
  const std::vector<Said> talk(30, server("{}"));
  EXPECT_FALSE(run_parser("slack", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
