#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

TEST(GraphqlWs, the_newer_dialect_is_proof_with_both_sides) {
  const std::vector<Said> talk = {
      client(R"({"type":"connection_init","payload":{}})"), server(R"({"type":"connection_ack"})"),
      client(R"({"id":"1","type":"subscribe","payload":{"query":"subscription { a }"}})")};
  EXPECT_EQ(run_parser("graphql_ws", talk)->best(), Strength::proof);
  expect_parser_habits("graphql_ws", talk);
}

TEST(GraphqlWs, the_older_dialect_is_proof_with_both_sides) {
  const std::vector<Said> talk = {
      client(R"({"id":"1","type":"start","payload":{"query":"query { a }","variables":{}}})"),
      server(R"({"id":"1","type":"data","payload":{"data":{"a":1}}})")};
  EXPECT_EQ(run_parser("graphql_ws", talk)->best(), Strength::proof);
  expect_parser_habits("graphql_ws", talk);
}

TEST(GraphqlWs, one_side_alone_is_strong) {
  const std::vector<Said> talk = {client(R"({"type":"connection_init"})")};
  EXPECT_EQ(run_parser("graphql_ws", talk)->best(), Strength::strong);
  expect_parser_habits("graphql_ws", talk);
}

TEST(GraphqlWs, other_messages_are_nothing) {
  for (const char* const message :
       {R"({"websocket":true,"type":"hello"})", R"({"type":"ping"})", R"([1,2,3])", R"("text")",
        R"({"type":"connection_init")", R"({"type":"subscribe","id":"1","payload":{"topic":"x"}})",
        R"({"a":{"type":"connection_init"}})"}) {
    for (const Said& said : {client(message), server(message)}) {
      EXPECT_EQ(run_parser("graphql_ws", {said})->best(), Strength::none) << message;
    }
  }
}

TEST(GraphqlWs, messages_without_a_shape_refute_it_in_the_end) {
  const std::vector<Said> talk(30, server("{}"));
  EXPECT_FALSE(run_parser("graphql_ws", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
