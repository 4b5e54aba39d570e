#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

TEST(Actioncable, a_greeting_and_a_subscription_are_proof) {
  const std::vector<Said> talk = {
      server(R"({"type":"welcome"})"),
      client(R"({"command":"subscribe","identifier":"{\"channel\":\"ChatChannel\"}"})")};
  EXPECT_EQ(run_parser("actioncable", talk)->best(), Strength::proof);
  expect_parser_habits("actioncable", talk);
}

TEST(Actioncable, a_confirmation_alone_is_strong) {
  const std::vector<Said> talk = {
      server(R"({"identifier":"{\"channel\":\"ChatChannel\"}","type":"confirm_subscription"})")};
  EXPECT_EQ(run_parser("actioncable", talk)->best(), Strength::strong);
  expect_parser_habits("actioncable", talk);
}

TEST(Actioncable, other_messages_are_nothing) {
  for (const char* const message :
       {R"({"websocket":true,"type":"hello"})", R"({"type":"ping"})", R"([1,2,3])", R"("text")",
        R"({"type":"welcome"})", R"({"type":"ping","message":1700000000})",
        R"({"command":"subscribe","identifier":"x"})"}) {
    for (const Said& said : {client(message), server(message)}) {
      EXPECT_EQ(run_parser("actioncable", {said})->best(), Strength::none) << message;
    }
  }
}

TEST(Actioncable, messages_without_a_shape_refute_it_in_the_end) {
  const std::vector<Said> talk(30, server("{}"));
  EXPECT_FALSE(run_parser("actioncable", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
