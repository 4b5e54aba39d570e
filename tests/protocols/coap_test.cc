#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// RFC 7252 figure 17: GET coap://server/temperature with token 20, and its answer.
const std::string kGet = hex("41 01 7d35 20 bb") + "temperature";
const std::string kContent = hex("61 45 7d35 20 ff") + "22.3 C";

TEST(Coap, answer_to_a_request_is_proof) {
  EXPECT_EQ(run_parser("coap", {client(kGet), server(kContent)})->best(), Strength::proof);
}

TEST(Coap, answer_with_another_number_is_nothing) {
  EXPECT_EQ(run_parser("coap", {client(kGet), server(hex("61 45 7d36 20 ff") + "x")})->best(),
            Strength::none);
}

TEST(Coap, a_request_for_a_named_resource_is_strong_on_the_registered_port) {
  for (const uint16_t port : {uint16_t{5683}, uint16_t{5684}}) {
    RecordingFindings findings;
    findings.tuple.destination.port = port;
    find_parser("coap")->make({})->data(Direction::to_server, as_bytes(kGet), findings);
    EXPECT_EQ(findings.best(), port == 5683 ? Strength::strong : Strength::none);
  }
}

TEST(Coap, options_must_fit) {
  EXPECT_FALSE(
      run_parser("coap", {client(hex("41 01 7d35 20 bc") + "temperature")})->refuted.empty());
  EXPECT_FALSE(run_parser("coap", {client(hex("41 01 7d35 20 ff"))})->refuted.empty());
  EXPECT_FALSE(run_parser("coap", {client(hex("49 01 7d35"))})->refuted.empty());
  EXPECT_FALSE(run_parser("coap", {client(hex("41 01 7d35 20 b2 80ff"))})->refuted.empty());
}

TEST(Coap, has_the_habits_of_a_parser) {
  expect_parser_habits("coap", {client(kGet), server(kContent)});
}

}  // namespace
}  // namespace parlance::test
