#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string be(uint64_t value, int octets) {
  std::string text;
  for (int i = octets - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xff);
  return text;
}

/// PCMA (payload type 8), 160 samples a packet, source 0x01020304.
std::string packet(unsigned sequence, const std::string& head = hex("80 08"),
                   const std::string& extension = {}) {
  return head + be(sequence, 2) + be(1000 + 160 * sequence, 4) + hex("01020304") + extension +
         std::string(160, 'a');
}

std::vector<Said> stream(unsigned packets, const std::string& head = hex("80 08"),
                         const std::string& extension = {}) {
  std::vector<Said> talk;
  for (unsigned i = 0; i < packets; ++i) talk.push_back(client(packet(i, head, extension)));
  return talk;
}

TEST(Rtp, five_packets_that_follow_one_another_are_strong) {
  EXPECT_EQ(run_parser("rtp", stream(4))->best(), Strength::none);
  const auto found = run_parser("rtp", stream(5));
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_TRUE(found->has("stream"));
  EXPECT_TRUE(found->supported.empty());
}

TEST(Rtp, packets_of_both_sides_are_not_mixed) {
  std::vector<Said> talk;
  for (unsigned i = 0; i < 4; ++i) {
    talk.push_back(client(packet(i)));
    talk.push_back(server(packet(i + 4)));
  }
  EXPECT_EQ(run_parser("rtp", talk)->best(), Strength::none);
}

TEST(Rtp, numbers_that_jump_are_nothing) {
  std::vector<Said> talk;
  for (unsigned i = 0; i < 30; ++i) talk.push_back(client(packet(i * 7919)));
  EXPECT_EQ(run_parser("rtp", talk)->best(), Strength::none);
}

TEST(Rtp, times_that_stand_still_are_nothing) {
  std::vector<Said> talk;
  for (unsigned i = 0; i < 30; ++i) {
    talk.push_back(client(hex("80 08") + be(i, 2) + hex("00000001 01020304") + "payload"));
  }
  EXPECT_EQ(run_parser("rtp", talk)->best(), Strength::none);
}

TEST(Rtp, stun_and_dtls_between_are_passed_over) {
  std::vector<Said> talk;
  for (const Said& each : stream(6)) {
    talk.push_back(each);
    talk.push_back(client(hex("0001 0000 2112a442") + std::string(12, 'i')));
    talk.push_back(server(hex("17 fefd 0001") + std::string(20, 'd')));
  }
  EXPECT_EQ(run_parser("rtp", talk)->best(), Strength::strong);
}

TEST(Rtp, reports_whose_lengths_fit_are_strong) {
  const std::string report = hex("81 c9 0007 01020304") + std::string(24, 'r');  // one report block
  std::vector<Said> talk(4, client(report));
  EXPECT_TRUE(run_parser("rtp", talk)->has("control"));
  const std::string odd = hex("82 c9 0007 01020304") + std::string(24, 'r');  // says two of them
  EXPECT_EQ(run_parser("rtp", std::vector<Said>(8, client(odd)))->best(), Strength::none);
}

TEST(Rtp, extension_profile_of_whatsapp_supports_it) {
  const auto found = run_parser("rtp", stream(6, hex("90 78"), hex("debe 0001 30010000")));
  ASSERT_EQ(found->supported.size(), 1U);
  EXPECT_EQ(found->supported[0].first, "whatsapp");
  EXPECT_EQ(found->supported[0].second.strength, Strength::strong);
}

TEST(Rtp, extension_profile_of_rfc_8285_does_not) {
  const auto found = run_parser("rtp", stream(9, hex("90 78"), hex("bede 0001 30010000")));
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_TRUE(found->supported.empty());
}

TEST(Rtp, other_datagrams_are_refuted) {
  // Name service of NetBIOS: the identifier begins with the bits of version 2.
  const std::string query = hex("8001 2810 0001 0000 0000 0001") + std::string(50, 'n');
  EXPECT_FALSE(run_parser("rtp", std::vector<Said>(70, client(query)))->refuted.empty());
}

TEST(Rtp, has_the_habits_of_a_parser) {
  expect_parser_habits("rtp", stream(6));
}

TEST(Rtp, two_whole_compounds_of_one_source_are_strong) {
  const std::string compound =
      hex("80c8 0006 11223344 0102030405060708 00000010 00000002 00000140"  // sender report
          "81ca 0003 11223344 01 04 61406263 00 00");                       // description: a@bc
  EXPECT_EQ(run_parser("rtp", {client(compound)})->best(), Strength::none);
  EXPECT_EQ(run_parser("rtp", {client(compound), client(compound)})->best(), Strength::strong);
  std::string other = compound;
  other[32] = 0;  // another source is described
  EXPECT_EQ(run_parser("rtp", {client(other), client(other)})->best(), Strength::none);
}

}  // namespace
}  // namespace parlance::test
