#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// Published: the twelve octets of a ping, and a checksum over them that anybody can make.
const std::string kPing = hex("c2fe 0005 00000000 0d2301c6");

/// RFC 1950 section 8.2, octet by octet.
std::string adler32(const std::string& octets) {
  uint32_t a = 1, b = 0;
  for (const char each : octets) {
    a = (a + static_cast<uint8_t>(each)) % 65521;
    b = (b + a) % 65521;
  }
  return {static_cast<char>(b >> 8), static_cast<char>(b), static_cast<char>(a >> 8),
          static_cast<char>(a)};
}
std::string message(const std::string& payload) {
  std::string octets = hex("c2fe 0005 0000");
  octets += static_cast<char>(payload.size() >> 8);
  octets += static_cast<char>(payload.size());
  octets += payload;
  return octets + adler32(octets);
}
// Type 2, a header of 18 octets, no payload; the header names xiaomi.com and CONN.
const std::string kConnect =
    message(hex("0002 0012 00000000 1a0a") + "xiaomi.com" + hex("2a04") + "CONN");

TEST(Mipush, message_whose_checksum_is_right_is_proof) {
  EXPECT_EQ(run_parser("mipush", {client(kConnect)})->best(), Strength::proof);
  EXPECT_EQ(run_parser("mipush", {server(kConnect)})->best(), Strength::proof);
}

TEST(Mipush, ping_is_strong_and_two_are_proof) {
  EXPECT_EQ(run_parser("mipush", {client(kPing)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("mipush", {client(kPing), server(kPing)})->best(), Strength::proof);
}

TEST(Mipush, wrong_checksum_or_version_is_refused) {
  std::string damaged = kConnect;
  damaged[20] ^= 1;
  for (const std::string& other :
       {damaged, hex("c2fe 0006 00000000 0d2301c6"), std::string("<stream:stream")}) {
    const auto found = run_parser("mipush", {client(other)});
    EXPECT_EQ(found->best(), Strength::none);
    EXPECT_FALSE(found->refuted.empty());
  }
}

TEST(Mipush, has_the_habits_of_a_parser) {
  expect_parser_habits("mipush",
                       {client(kConnect), server(kConnect), client(kPing), server(kPing)});
}

}  // namespace
}  // namespace parlance::test
