#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// As in ntop's teamspeak3.pcap.
const std::vector<Said> kRound = {client(hex("01808401")), server(hex("01808401 7c65d9a7")),
                                  client(hex("01818402 7c65d9a7 03272000 00000000")),
                                  server(hex("01818402 00"))};

TEST(TeamspeakList, rounds_of_tokens_are_proof) {
  EXPECT_EQ(run_parser("teamspeak_list", kRound)->best(), Strength::strong);
  std::vector<Said> talk;
  for (int i = 0; i < 3; ++i) talk.insert(talk.end(), kRound.begin(), kRound.end());
  EXPECT_EQ(run_parser("teamspeak_list", talk)->best(), Strength::proof);
  expect_parser_habits("teamspeak_list", talk);
}

TEST(TeamspeakList, other_tokens_and_numbers_are_refuted) {
  for (const size_t message : {1U, 2U, 3U}) {
    std::vector<Said> talk = kRound;
    talk[message].octets[message == 2 ? 4 : 1] ^= 1;
    EXPECT_EQ(run_parser("teamspeak_list", talk)->best(), Strength::none) << message;
  }
}

}  // namespace
}  // namespace parlance::test
