#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

TEST(Signalr, the_handshake_of_both_sides_is_proof) {
  const std::vector<Said> talk = {client(R"({"protocol":"json","version":1})"
                                         "\x1e"),
                                  server("{}\x1e"), server("{\"type\":6}\x1e")};
  EXPECT_EQ(run_parser("signalr", talk)->best(), Strength::proof);
  expect_parser_habits("signalr", talk);
}

TEST(Signalr, the_request_alone_is_strong) {
  const std::vector<Said> talk = {client(R"({"protocol":"messagepack","version":1})"
                                         "\x1e")};
  EXPECT_EQ(run_parser("signalr", talk)->best(), Strength::strong);
  expect_parser_habits("signalr", talk);
}

TEST(Signalr, other_messages_are_nothing) {
  for (const char* const message :
       {R"({"websocket":true,"type":"hello"})", R"({"type":"ping"})", R"([1,2,3])", R"("text")",
        R"({"protocol":"json","version":1})", "{}\x1e"}) {
    for (const Said& said : {client(message), server(message)}) {
      EXPECT_EQ(run_parser("signalr", {said})->best(), Strength::none) << message;
    }
  }
}

TEST(Signalr, messages_without_a_shape_refute_it_in_the_end) {
  const std::vector<Said> talk(30, server("{}"));
  EXPECT_FALSE(run_parser("signalr", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
