#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

TEST(JsonRpc, a_call_and_its_answer_are_proof) {
  const std::vector<Said> talk = {
      client(R"({"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]})"),
      server(R"({"id":1,"jsonrpc":"2.0","result":"0x1"})")};
  EXPECT_EQ(run_parser("json_rpc", talk)->best(), Strength::proof);
  expect_parser_habits("json_rpc", talk);
}

TEST(JsonRpc, a_notification_alone_is_strong) {
  const std::vector<Said> talk = {server(R"({"jsonrpc":"2.0","method":"note","params":{}})")};
  EXPECT_EQ(run_parser("json_rpc", talk)->best(), Strength::strong);
  expect_parser_habits("json_rpc", talk);
}

TEST(JsonRpc, other_messages_are_nothing) {
  for (const char* const message : {R"({"websocket":true,"type":"hello"})", R"({"type":"ping"})",
                                    R"([1,2,3])", R"("text")", R"({"jsonrpc":"1.0","method":"a"})",
                                    R"({"jsonrpc":"2.0"})", R"({"a":"\"jsonrpc\":\"2.0\""})"}) {
    for (const Said& said : {client(message), server(message)}) {
      EXPECT_EQ(run_parser("json_rpc", {said})->best(), Strength::none) << message;
    }
  }
}

TEST(JsonRpc, messages_without_a_shape_refute_it_in_the_end) {
  const std::vector<Said> talk(30, server("{}"));
  EXPECT_FALSE(run_parser("json_rpc", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
