#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// reserved, fragment 0, kind 1: 192.0.2.1 port 53
const std::string kResolver = hex("0000 00 01 c0000201 0035");
const std::string kOther = hex("0000 00 01 c0000202 1389");
const std::string kSecond = hex("0000 00 04 20010db8000000000000000000000001 1389");
const std::string kNamed = hex("0000 00 03 04") + "a.io" + hex("0035");
const std::string kQuestion = hex("1234 0100 0001 0000 0000 0000 01 61 02 696f 00 0001 0001");

TEST(SocksUdp, dns_through_a_relay_is_believed_at_its_answer) {
  const std::vector<Said> talk = {client(kResolver + kQuestion), server(kResolver + kQuestion)};
  const auto found = run_parser("socks_udp", talk);
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_EQ(found->confirmed[0].octets, kResolver);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].carrier, Carrier::udp);
  EXPECT_EQ(found->inner[0].unit, Unit::message);
  EXPECT_EQ(found->inner[0].messages[0], std::vector{kQuestion});
  EXPECT_EQ(found->inner[0].messages[1], std::vector{kQuestion});
  expect_parser_habits("socks_udp", talk);
}

TEST(SocksUdp, answers_from_two_peers_are_believed) {
  const auto found = run_parser("socks_udp", {client(kOther + "one"), client(kSecond + "two"),
                                              server(kSecond + "2"), server(kOther + "1")});
  EXPECT_EQ(found->best(), Strength::strong);
  ASSERT_EQ(found->inner.size(), 2U);
  EXPECT_EQ(found->inner[0].bytes[0], "one");
  EXPECT_EQ(found->inner[0].bytes[1], "1");
  EXPECT_EQ(found->inner[1].bytes[0], "two");
}

TEST(SocksUdp, peer_asked_for_by_name_answers_from_its_address) {
  const auto found =
      run_parser("socks_udp", {client(kNamed + kQuestion), server(kResolver + kQuestion)});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].bytes[1], kQuestion);
}

TEST(SocksUdp, one_peer_with_unknown_octets_is_not_told_from_chance) {
  const Said ask = client(kOther + "one"), answer = server(kOther + "two");
  EXPECT_EQ(run_parser("socks_udp", {ask, answer, ask, answer, ask, answer})->best(),
            Strength::none);
  EXPECT_EQ(run_parser("socks_udp", {client(kResolver + kQuestion), client(kSecond + "x")})->best(),
            Strength::none);
}

TEST(SocksUdp, other_datagrams_are_refuted) {
  for (const std::string& other :
       {std::string("hello, world"), hex("0000 01 01 c0000201 0035") + "fragment",
        hex("0000 00 01 c0000201 0000") + "no port", hex("0000 00 02 c0000201 0035") + "no kind",
        kResolver}) {
    EXPECT_FALSE(run_parser("socks_udp", {client(other)})->refuted.empty());
  }
}

}  // namespace
}  // namespace parlance::test
