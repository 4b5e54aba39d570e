#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

TEST(Jupyter, messages_of_both_sides_are_proof) {
  const std::vector<Said> talk = {
      client(
          R"({"header":{"msg_id":"1","msg_type":"kernel_info_request"},"parent_header":{},"metadata":{},"content":{},"channel":"shell"})"),
      server(
          R"({"header":{"msg_type":"status"},"parent_header":{},"metadata":{},"content":{"execution_state":"busy"},"channel":"iopub"})")};
  EXPECT_EQ(run_parser("jupyter", talk)->best(), Strength::proof);
  expect_parser_habits("jupyter", talk);
}

TEST(Jupyter, other_messages_are_nothing) {
  for (const char* const message : {R"({"websocket":true,"type":"hello"})", R"({"type":"ping"})",
                                    R"([1,2,3])", R"("text")", R"({"header":{"msg_type":"x"}})"}) {
    for (const Said& said : {client(message), server(message)}) {
      EXPECT_EQ(run_parser("jupyter", {said})->best(), Strength::none) << message;
    }
  }
}

TEST(Jupyter, messages_without_a_shape_refute_it_in_the_end) {
  const std::vector<Said> talk(30, server("{}"));
  EXPECT_FALSE(run_parser("jupyter", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
