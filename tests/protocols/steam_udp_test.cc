#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// A request for a challenge from 0x200, and the challenge, of 8 octets, for it from 0x3e9.
const std::string kAsk = "VS01" + hex("0000 01 04 00020000 00000000 01000000 00000000"
                                      "00000000 00000000 00000000");
const std::string kAnswer = "VS01" + hex("0800 02 04 e9030000 00020000 01000000 01000000"
                                         "01000000 01000000 08000000 0123456789abcdef");

TEST(SteamUdp, datagrams_for_the_other_sides_name_are_proof) {
  const std::vector<Said> talk = {client(kAsk), server(kAnswer)};
  EXPECT_EQ(run_parser("steam_udp", talk)->best(), Strength::proof);
  expect_parser_habits("steam_udp", talk);
  EXPECT_EQ(run_parser("steam_udp", {server(kAnswer)})->best(), Strength::strong);
}

TEST(SteamUdp, datagrams_are_of_their_message) {
  const auto changed = [](size_t at, char octet) {
    std::string answer = kAnswer;
    answer[at] = octet;
    return run_parser("steam_udp", {server(answer)})->best();
  };
  EXPECT_EQ(changed(16, '\2'), Strength::none) << "behind its last datagram";
  EXPECT_EQ(changed(28, '\2'), Strength::none) << "before its first";
  EXPECT_EQ(changed(32, '\7'), Strength::none) << "longer than it";
  EXPECT_EQ(changed(32, '\x20'), Strength::strong);
}

TEST(SteamUdp, lengths_are_checked) {
  EXPECT_EQ(run_parser("steam_udp", {client(kAsk + "x")})->best(), Strength::none);
  EXPECT_FALSE(run_parser("steam_udp", std::vector<Said>(8, client("VS01")))->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
