#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

TEST(Wamp, hello_and_welcome_are_proof) {
  const std::vector<Said> talk = {client(R"([1,"realm1",{"roles":{"caller":{}}}])"),
                                  server(R"([2,9129137332,{"roles":{"broker":{}}}])")};
  EXPECT_EQ(run_parser("wamp", talk)->best(), Strength::proof);
  expect_parser_habits("wamp", talk);
}

TEST(Wamp, a_hello_alone_is_strong) {
  const std::vector<Said> talk = {client(R"([1,"realm1",{"roles":{}}])")};
  EXPECT_EQ(run_parser("wamp", talk)->best(), Strength::strong);
  expect_parser_habits("wamp", talk);
}

TEST(Wamp, other_messages_are_nothing) {
  for (const char* const message :
       {R"({"websocket":true,"type":"hello"})", R"({"type":"ping"})", R"([1,2,3])", R"("text")",
        R"([1,"1","room:x","phx_join",{}])", R"([1,"a",{}])", R"([2,"x",{"roles":{}}])"}) {
    for (const Said& said : {client(message), server(message)}) {
      EXPECT_EQ(run_parser("wamp", {said})->best(), Strength::none) << message;
    }
  }
}

TEST(Wamp, messages_without_a_shape_refute_it_in_the_end) {
  const std::vector<Said> talk(30, server("{}"));
  EXPECT_FALSE(run_parser("wamp", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
