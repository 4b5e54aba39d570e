#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kFoo = hex("04000000 666f6f00");
std::string handshake(const std::string& number, const std::string& flags = "00010000") {
  return hex("30000000 00000000 1a2b3c4d 0000000000000000 0000000000000000 00000000" + flags) + number;
}
const std::vector<Said> kTalk = {client(kFoo + handshake("0123456789abcdef")),
                                 server(handshake("fedcba9876543210"))};

TEST(MsnDirect, foo_and_handshakes_of_both_are_proof) {
  EXPECT_EQ(run_parser("msn_direct", kTalk)->best(), Strength::proof);
  expect_parser_habits("msn_direct", kTalk);
  EXPECT_EQ(run_parser("msn_direct", {kTalk[0]})->best(), Strength::strong);
}

TEST(MsnDirect, numbers_are_not_shown) {
  const auto findings = run_parser("msn_direct", kTalk);
  for (const Confirmation& each : findings->confirmed) EXPECT_EQ(each.octets.size(), 4U);
}

TEST(MsnDirect, others_are_refuted) {
  EXPECT_FALSE(run_parser("msn_direct", {client(hex("04000000 62617200"))})->refuted.empty());
  EXPECT_FALSE(run_parser("msn_direct", {client(kFoo + handshake("0123456789abcdef", "02000000"))})->refuted.empty());
  EXPECT_FALSE(run_parser("msn_direct", {client(kFoo + hex("31000000"))})->refuted.empty());
  EXPECT_EQ(run_parser("msn_direct", {client(kFoo)})->best(), Strength::none);
}

}  // namespace
}  // namespace parlance::test
