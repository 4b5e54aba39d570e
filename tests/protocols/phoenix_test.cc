#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

TEST(Phoenix, a_join_and_its_reply_are_proof) {
  const std::vector<Said> talk = {
      client(R"(["3","3","room:lobby","phx_join",{}])"),
      server(R"(["3","3","room:lobby","phx_reply",{"status":"ok","response":{}}])")};
  EXPECT_EQ(run_parser("phoenix", talk)->best(), Strength::proof);
  expect_parser_habits("phoenix", talk);
}

TEST(Phoenix, the_objects_of_serializer_1_are_read) {
  const std::vector<Said> talk = {
      client(R"({"topic":"room:x","event":"phx_join","payload":{},"ref":"1"})"),
      server(
          R"({"topic":"room:x","event":"phx_reply","payload":{"status":"ok","response":{}},"ref":"1"})")};
  EXPECT_EQ(run_parser("phoenix", talk)->best(), Strength::proof);
  expect_parser_habits("phoenix", talk);
}

TEST(Phoenix, a_heartbeat_alone_is_strong) {
  const std::vector<Said> talk = {client(R"([null,"4","phoenix","heartbeat",{}])")};
  EXPECT_EQ(run_parser("phoenix", talk)->best(), Strength::strong);
  expect_parser_habits("phoenix", talk);
}

TEST(Phoenix, other_messages_are_nothing) {
  for (const char* const message :
       {R"({"websocket":true,"type":"hello"})", R"({"type":"ping"})", R"([1,2,3])", R"("text")",
        R"(["3","3","room:lobby","message",{}])", R"(["3","phx_join",{}])"}) {
    for (const Said& said : {client(message), server(message)}) {
      EXPECT_EQ(run_parser("phoenix", {said})->best(), Strength::none) << message;
    }
  }
}

TEST(Phoenix, messages_without_a_shape_refute_it_in_the_end) {
  const std::vector<Said> talk(30, server("{}"));
  EXPECT_FALSE(run_parser("phoenix", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
