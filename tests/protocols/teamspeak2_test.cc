#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// Pings of the Wireshark wiki's capture; the last four octets of the header are the CRC-32.
const std::string kPing = hex("f4be0100 5bf84c00 01000000 02000000 7e76ef96");
const std::string kPong = hex("f4be0200 5bf84c00 01000000 03000000 a7ec8632 02000000");

TEST(Teamspeak2, checksums_that_verify_are_proof) {
  const std::vector<Said> talk = {client(kPing), server(kPong)};
  EXPECT_EQ(run_parser("teamspeak2", talk)->best(), Strength::proof);
  expect_parser_habits("teamspeak2", talk);
  EXPECT_EQ(run_parser("teamspeak2", {client(kPing)})->best(), Strength::strong);
}

TEST(Teamspeak2, checksums_are_checked) {
  for (size_t at = 0; at < kPing.size(); ++at) {
    std::string changed = kPing;
    changed[at] ^= 1;
    EXPECT_EQ(run_parser("teamspeak2", {client(changed)})->best(), Strength::none) << at;
  }
  EXPECT_FALSE(run_parser("teamspeak2", std::vector<Said>(50, client("x")))->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
