#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

TEST(Slack, a_hello_with_a_gateway_is_strong) {
  const std::vector<Said> talk = {server(
      R"({"type":"hello","fast_reconnect":true,"region":"eu-central-1","start":true,"host_id":"gs-fra-abcd"})")};
  EXPECT_EQ(run_parser("slack", talk)->best(), Strength::strong);
  expect_parser_habits("slack", talk);
}

TEST(Slack, other_messages_are_nothing) {
  for (const char* const message : {R"({"websocket":true,"type":"hello"})", R"({"type":"ping"})",
                                    R"([1,2,3])", R"("text")", R"({"type":"hello","host_id":1})"}) {
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
