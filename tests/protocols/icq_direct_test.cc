#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

/// Length 48, PEER_INIT, version 8, 43 octets to come; the other's number, a port, the own number,
/// two addresses, the mode, the port again, the cookie, the web port, features, zero.
std::string peer_init(const std::string& to, const std::string& from, const std::string& cookie) {
  return hex("3000 ff 0800 2b00" + to + "0000 01200000" + from + "0a000001 0a000001 04 01200000" +
             cookie + "50000000 03000000 00000000");
}
const std::string kAck = hex("0400 01000000");
const std::string kA = "39300000", kB = "31d40000", kCookie = "a1b2c3d4";

const std::vector<Said> kTalk = {client(peer_init(kB, kA, kCookie)), server(kAck),
                                 server(peer_init(kA, kB, kCookie)), client(kAck)};

TEST(IcqDirect, two_introductions_with_one_cookie_are_proof) {
  EXPECT_EQ(run_parser("icq_direct", kTalk)->best(), Strength::proof);
}

TEST(IcqDirect, one_introduction_is_strong) {
  EXPECT_EQ(run_parser("icq_direct", {kTalk[0]})->best(), Strength::strong);
}

TEST(IcqDirect, another_cookie_is_no_proof) {
  const auto found =
      run_parser("icq_direct", {kTalk[0], server(kAck + peer_init(kA, kB, "00000000"))});
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(IcqDirect, has_the_habits_of_a_parser) {
  expect_parser_habits("icq_direct", kTalk);
}

}  // namespace
}  // namespace parlance::test
