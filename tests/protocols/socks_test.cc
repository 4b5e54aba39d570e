#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kGreeting = hex("05 01 00");  // version, one method: none
const std::string kMethod = hex("05 00");
// version, CONNECT, reserved, kind 3: a name of 4 octets, port 443
const std::string kRequest = hex("05 01 00 03 04") + "a.io" + hex("01bb");
const std::string kReply = hex("05 00 00 01 00000000 0000");

TEST(Socks, version_5_opens_a_tunnel) {
  const std::vector<Said> talk = {client(kGreeting), server(kMethod), client(kRequest),
                                  server(kReply + "there"), client("here")};
  const auto found = run_parser("socks", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].carrier, Carrier::tcp);
  EXPECT_EQ(found->inner[0].bytes[0], "here");
  EXPECT_EQ(found->inner[0].bytes[1], "there");
  expect_parser_habits("socks", talk);
}

TEST(Socks, a_client_may_send_ahead_of_the_answers) {
  const auto found = run_parser(
      "socks", {client(kGreeting + kRequest + "early"), server(kMethod), server(kReply)});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].bytes[0], "early");
}

TEST(Socks, a_password_is_passed_over) {
  const std::vector<Said> talk = {
      client(hex("05 02 00 02")), server(hex("05 02")), client(hex("01 01 75 02 7077")),
      server(hex("01 00")),       client(kRequest),     server(kReply)};
  EXPECT_EQ(run_parser("socks", talk)->best(), Strength::proof);
  expect_parser_habits("socks", talk);
}

TEST(Socks, version_4a_opens_a_tunnel) {
  // version, CONNECT, port 80, 0.0.0.1, user, host
  const std::vector<Said> talk = {
      client(hex("04 01 0050 00000001") + "me" + hex("00") + "a.io" + hex("00")),
      server(hex("00 5a 0000 00000000") + "x")};
  const auto found = run_parser("socks", talk);
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_EQ(found->inner[0].bytes[1], "x");
  expect_parser_habits("socks", talk);
}

TEST(Socks, refused_or_other_handshakes_are_nothing) {
  const std::vector<std::vector<Said>> talks = {
      {client(kGreeting), server(hex("05 ff"))},
      {client(kGreeting), server(kMethod), client(kRequest),
       server(hex("05 05 00 01 00000000 0000"))},
      {client(hex("04 01 0050 0a000001 00")), server(hex("00 5b 0000 00000000"))},
      {client("GET / HTTP/1.1\r\n")},
      {client(hex("04 01 0050 0a000001 ff 00"))},
      {client(kGreeting), server("220 ready\r\n")}};
  for (const auto& talk : talks) {
    const auto found = run_parser("socks", talk);
    EXPECT_EQ(found->best(), Strength::none);
    EXPECT_TRUE(found->inner.empty());
  }
}

}  // namespace
}  // namespace parlance::test
