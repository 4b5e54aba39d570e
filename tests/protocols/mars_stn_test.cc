#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// Length, header of 16, version 1, command, sequence; WeChat's heartbeat is command 6.
const std::string kNoop = hex("00000010 0010 0001 00000006 ffffffff");
const std::string kNoopAnswer = hex("00000010 0010 0001 3b9aca06 ffffffff");
const std::string kRequest = hex("00000014 0010 0001 000000ed 00000007 61626364");
const std::string kAnswer = hex("00000012 0010 0001 3b9acaed 00000007 6162");

TEST(MarsStn, answer_under_the_same_sequence_number_is_proof) {
  EXPECT_EQ(run_parser("mars_stn", {client(kNoop)})->best(), Strength::none);
  EXPECT_EQ(run_parser("mars_stn", {client(kNoop), server(kNoopAnswer)})->best(), Strength::proof);
  const std::vector<Said> talk = {client(kRequest + kNoop), server(kAnswer)};
  EXPECT_EQ(run_parser("mars_stn", talk)->best(), Strength::proof);
  expect_parser_habits("mars_stn", talk);
}

TEST(MarsStn, goim_has_the_same_header_and_another_answer) {
  const std::string heartbeat = hex("00000010 0010 0001 00000002 00000001");
  const std::string reply = hex("00000014 0010 0001 00000003 00000001 00000001");
  EXPECT_EQ(run_parser("mars_stn", {client(heartbeat), server(reply)})->best(), Strength::none);
}

TEST(MarsStn, sample_form_is_strong) {
  const std::string question = hex("00000014 000000c8 0000000a 00000001 00000002 6162");
  const std::string answer = hex("00000014 000000c8 0000000a 00000001 00000004 61626364");
  const std::string noop = hex("00000014 000000c8 00000006 00000002 00000000");
  const std::vector<Said> talk = {client(question + noop), server(answer + noop)};
  EXPECT_EQ(run_parser("mars_stn", {client(question), server(answer)})->best(), Strength::none);
  EXPECT_EQ(run_parser("mars_stn", talk)->best(), Strength::strong);
  expect_parser_habits("mars_stn", talk);
}

TEST(MarsStn, a_lone_heartbeat_of_the_sample_form_and_its_answer_are_strong) {
  const std::string noop = hex("00000014 000000c8 00000006 ffffffff 00000000");
  const std::vector<Said> talk = {client(noop), server(noop)};
  EXPECT_EQ(run_parser("mars_stn", talk)->best(), Strength::strong);
  expect_parser_habits("mars_stn", talk);
  EXPECT_EQ(run_parser("mars_stn", {server(noop), client(noop)})->best(), Strength::none) << "a server asks nothing";
  for (const char* near : {"00000014 000000c9 00000006 ffffffff 00000000", "00000014 000000c8 00000007 ffffffff 00000000",
                           "00000014 000000c8 00000006 fffffffe 00000000"}) {
    EXPECT_EQ(run_parser("mars_stn", {client(noop), server(hex(near))})->best(), Strength::none) << near;
  }
  const std::string numbered = hex("00000014 000000c8 00000006 00000001 00000000");
  EXPECT_EQ(run_parser("mars_stn", {client(numbered), server(numbered)})->best(), Strength::none);
}

TEST(MarsStn, look_alikes_are_refused) {
  // Kafka's ListGroups, version 1: its length does not count itself, and what follows is no packet.
  const std::string kafka = hex("0000000d 0010 0001 00000001 0003 616263") + kNoop;
  EXPECT_FALSE(run_parser("mars_stn", {client(kafka)})->refuted.empty());
  EXPECT_FALSE(run_parser("mars_stn", {client(std::string(24, 'x'))})->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
