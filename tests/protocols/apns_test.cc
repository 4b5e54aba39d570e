#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// Command 07: a token of 32 octets, state 1. Command 08: status 0, the longest message 4096.
const std::string kConnect =
    hex("07 00000027 01 0020") + std::string(32, '\x5a') + hex("02 0001 01");
const std::string kConnected = hex("08 00000009 01 0001 00 04 0002 1000");
const std::string kTopics = hex("09 00000017 02 0014") + std::string(20, '\x11');

const std::vector<Said> kTalk = {client(kConnect), server(kConnected), client(kTopics)};

TEST(Apns, a_connect_and_its_answer_are_proof) {
  EXPECT_EQ(run_parser("apns", kTalk)->best(), Strength::proof);
  expect_parser_habits("apns", kTalk);
  EXPECT_EQ(run_parser("apns", {client(kConnect)})->best(), Strength::strong);
}

TEST(Apns, tokens_are_not_shown) {
  const auto findings = run_parser("apns", kTalk);
  for (const Confirmation& each : findings->confirmed) EXPECT_LE(each.octets.size(), 5U);
}

TEST(Apns, items_that_do_not_fill_a_message_are_refuted) {
  std::string longer = kConnect + "x";
  longer[4] = '\x28';
  EXPECT_FALSE(run_parser("apns", {client(longer)})->refuted.empty());
  EXPECT_FALSE(run_parser("apns", {client(kTopics)})->refuted.empty());
  EXPECT_FALSE(run_parser("apns", {client(hex("07 00000000"))})->refuted.empty());
  EXPECT_FALSE(run_parser("apns", {server(hex("08 00000005 04 0002 1000"))})->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
