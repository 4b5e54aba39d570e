#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// Stream 1, 24-bit length, JSON; and in one message with it data with ack id 0 that wants an ack.
const Said kEstablish =
    client(hex("0f 0100 110000") + R"({"x-dgw-app":"a"})" + hex("0d 0100 050000 0080") + "abc");
const Said kEstablished = server(hex("0f 0100 0c0000") + R"({"code":200})");
const Said kAck = server(hex("0c 0100 020000 0000"));
const Said kPing = client(hex("09")), kPong = server(hex("0a"));

TEST(Dgw, a_stream_that_both_establish_is_proof) {
  const std::vector<Said> talk = {kPing, kPong, kEstablish, kEstablished};
  EXPECT_EQ(run_parser("dgw", talk)->best(), Strength::proof);
  expect_parser_habits("dgw", talk);
}

TEST(Dgw, acknowledged_data_of_an_established_stream_is_proof) {
  const std::vector<Said> talk = {kEstablish, kAck};
  EXPECT_EQ(run_parser("dgw", talk)->best(), Strength::proof);
  expect_parser_habits("dgw", talk);
}

TEST(Dgw, one_side_is_strong_and_small_frames_are_nothing) {
  EXPECT_EQ(run_parser("dgw", {kEstablish})->best(), Strength::strong);
  EXPECT_EQ(run_parser("dgw", {kPing, kPong, kAck})->best(), Strength::none);
}

TEST(Dgw, without_a_stream_s_beginning_it_takes_two_acknowledgments) {
  const auto data = [](const char* id) { return server(hex(std::string("0d 0100 050000 ") + id) + "abc"); };
  const Said first = client(hex("0c 0100 020000 0700")), second = client(hex("0c 0100 020000 0800"));
  const std::vector<Said> talk = {data("0780"), first, data("0880"), second};
  EXPECT_EQ(run_parser("dgw", talk)->best(), Strength::proof);
  expect_parser_habits("dgw", talk);
  EXPECT_EQ(run_parser("dgw", {talk[0], first})->best(), Strength::strong);
  EXPECT_EQ(run_parser("dgw", {talk[0], first, first})->best(), Strength::strong) << "the same again";
  EXPECT_EQ(run_parser("dgw", {talk[0], second})->best(), Strength::none) << "another number";
  EXPECT_EQ(run_parser("dgw", {data("0700"), first})->best(), Strength::none) << "asked for no acknowledgment";
}

TEST(Dgw, what_does_not_fill_its_message_refutes_it) {
  for (const std::string& message :
       {hex("0f 0100 0c0000") + R"({"code":20})", hex("0f 0100 0c0000") + R"({"code":200}x)",
        hex("0f 0100 0c0000") + R"({"code":200x)", hex("0c 0100 030000 000000"), hex("01"),
        std::string("text")}) {
    EXPECT_FALSE(run_parser("dgw", {client(message)})->refuted.empty());
  }
}

}  // namespace
}  // namespace parlance::test
