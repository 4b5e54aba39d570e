#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

TEST(SignalrClassic, calls_and_messages_are_proof) {
  const std::vector<Said> talk = {server(R"({"C":"d-1","S":1,"M":[]})"),
                                  client(R"({"H":"chat","M":"send","A":["a"],"I":0})")};
  EXPECT_EQ(run_parser("signalr_classic", talk)->best(), Strength::proof);
  expect_parser_habits("signalr_classic", talk);
}

TEST(SignalrClassic, messages_alone_are_strong) {
  const std::vector<Said> talk = {server(R"({"C":"d-1","M":[{"H":"chat","M":"add","A":[]}]})")};
  EXPECT_EQ(run_parser("signalr_classic", talk)->best(), Strength::strong);
  expect_parser_habits("signalr_classic", talk);
}

TEST(SignalrClassic, other_messages_are_nothing) {
  for (const char* const message :
       {R"({"websocket":true,"type":"hello"})", R"({"type":"ping"})", R"([1,2,3])", R"("text")",
        R"({"C":1,"M":[]})", R"({"H":"a","M":"b"})"}) {
    for (const Said& said : {client(message), server(message)}) {
      EXPECT_EQ(run_parser("signalr_classic", {said})->best(), Strength::none) << message;
    }
  }
}

TEST(SignalrClassic, messages_without_a_shape_refute_it_in_the_end) {
  const std::vector<Said> talk(30, server("{}"));
  EXPECT_FALSE(run_parser("signalr_classic", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
