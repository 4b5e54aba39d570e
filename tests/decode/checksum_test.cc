#include "decode/checksum.h"

#include <gtest/gtest.h>

#include "decode/packets.h"

namespace parlance::decode::testing {
namespace {

/// TCP from 10.0.0.1:1000 to 10.0.0.2:80 with that checksum.
Octets segment(uint16_t checksum, const Octets& payload) {
  return ipv4(6, hex("03E8 0050 00000001 00000002 5018 0003") + be16_octets(checksum) +
                     hex("0000") + payload);
}

// By hand: 0A00+0001+0A00+0002 +0006+length + the header's words + the payload's.
constexpr uint16_t kRightForHi = 0x2F21;
constexpr uint16_t kPseudoHeaderOfHi = 0x141F;  // 0A00+0001+0A00+0002+0006+0016
constexpr uint16_t kRightForNothing = 0x978C;

class DecodeChecksums : public ::testing::Test {
 protected:
  bool is_bad(uint16_t checksum, const Octets& payload = hex("6869"),
              Checksums mode = Checksums::automatic) {
    Decoder& decoder = mode == Checksums::automatic ? automatic_ : all_;
    const Octets octets = segment(checksum, payload);
    DecodedPacket packet;
    EXPECT_EQ(decoder.decode(raw(octets, 101), packet), Outcome::packet);
    return packet.bad_checksum;
  }

  Decoder automatic_{Limits{}, Checksums::automatic};
  Decoder all_{Limits{}, Checksums::all};
};

TEST(InternetSum, of_rfc_1071) {
  InternetSum sum;
  sum.add(hex("0001 F203 F4F5 F6F7"));
  EXPECT_EQ(sum.folded(), 0xDDF2);
}

TEST(InternetSum, is_that_of_16_bit_words_for_every_length) {
  Octets octets;
  uint32_t seed = 1;
  for (size_t length = 0; length < 100; ++length) {
    uint32_t expected = 0;
    for (size_t i = 0; i < octets.size(); ++i) {
      expected += i % 2 == 0 ? uint32_t{octets[i]} << 8 : octets[i];
    }
    while (expected >> 16 != 0) expected = (expected & 0xFFFF) + (expected >> 16);
    InternetSum sum;
    sum.add(octets);
    EXPECT_EQ(sum.folded(), expected) << length;
    seed = seed * 1664525 + 1013904223;
    octets.push_back(static_cast<uint8_t>(seed >> 24));
  }
}

/// Word by word, as RFC 1071 section 1 says it.
uint16_t plain_sum(Bytes octets) {
  uint32_t sum = 0;
  for (size_t i = 0; i < octets.size(); ++i) {
    sum += i % 2 == 0 ? uint32_t{octets[i]} << 8 : octets[i];
    sum = (sum & 0xFFFF) + (sum >> 16);
  }
  return static_cast<uint16_t>(sum);
}

TEST(InternetSum, does_not_depend_on_where_the_octets_stand) {
  Octets octets;
  uint32_t seed = 7;
  for (int i = 0; i < 200; ++i) {
    seed = seed * 1664525 + 1013904223;
    octets.push_back(i % 3 == 0 ? 0xFF : static_cast<uint8_t>(seed >> 24));  // many carries
  }
  for (size_t start = 0; start < 32; ++start) {
    for (size_t length = 0; length <= 150; ++length) {
      const Bytes part = Bytes(octets).subspan(start, length);
      InternetSum sum;
      sum.add(part);
      ASSERT_EQ(sum.folded(), plain_sum(part)) << length << " octets from " << start;
    }
  }
}

TEST(InternetSum, of_parts_is_that_of_the_whole) {
  Octets octets(130, 0xFE);
  for (size_t i = 0; i < octets.size(); i += 5) octets[i] = static_cast<uint8_t>(i * 7);
  for (size_t first = 0; first <= octets.size(); first += 2) {
    InternetSum sum;
    sum.add(Bytes(octets).first(first));
    sum.add(Bytes(octets).subspan(first));
    ASSERT_EQ(sum.folded(), plain_sum(octets)) << first;
  }
}

TEST(InternetSum, of_nothing_and_of_zeros_is_zero_and_no_other_is) {
  EXPECT_EQ(InternetSum().folded(), 0);
  InternetSum zeros, ones;
  zeros.add(Octets(77, 0));
  EXPECT_EQ(zeros.folded(), 0);
  ones.add(Octets(8, 0xFF));
  ones.add(hex("0000000000000000"));
  EXPECT_EQ(ones.folded(), 0xFFFF);
}

TEST(InternetSum, of_a_pseudo_header) {
  FiveTuple tuple{
      {IpAddress::v4(hex("0A000001")), 1}, {IpAddress::v4(hex("0A000002")), 2}, Transport::tcp};
  EXPECT_EQ(pseudo_header_sum(tuple, 0x16).folded(), kPseudoHeaderOfHi);
  tuple = {
      {IpAddress::v6(Octets(16, 0xFF)), 1}, {IpAddress::v6(Octets(16, 0xFF)), 2}, Transport::udp};
  EXPECT_EQ(pseudo_header_sum(tuple, 0x00010008).folded(), 1 + 8 + 17);  // 0xFFFF adds nothing
}

TEST(InternetSum, does_not_overflow) {
  InternetSum sum;
  sum.add(Octets(256 * 1024, 0xFF));
  EXPECT_EQ(sum.folded(), 0xFFFF);
}

TEST_F(DecodeChecksums, all_reports_every_wrong_sum) {
  EXPECT_FALSE(is_bad(kRightForHi, hex("6869"), Checksums::all));
  EXPECT_TRUE(is_bad(kRightForHi + 1, hex("6869"), Checksums::all));
  EXPECT_TRUE(is_bad(kPseudoHeaderOfHi, hex("6869"), Checksums::all));
  EXPECT_FALSE(is_bad(kRightForNothing, {}, Checksums::all));
  EXPECT_TRUE(is_bad(kRightForNothing + 1, {}, Checksums::all));
  EXPECT_EQ(all_.counters().bad_checksums, 3u);
}

TEST_F(DecodeChecksums, sender_who_never_was_right_loses_nothing) {
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(is_bad(0x1234));
  EXPECT_FALSE(is_bad(kRightForHi));  // one of 65536 is right by chance
  EXPECT_FALSE(is_bad(0x1234));
  EXPECT_EQ(automatic_.counters().bad_checksums, 0u);
}

TEST_F(DecodeChecksums, sender_who_was_right_is_believed) {
  EXPECT_FALSE(is_bad(0x1234));
  EXPECT_FALSE(is_bad(kRightForHi));
  EXPECT_TRUE(is_bad(0x1234));
  EXPECT_EQ(automatic_.counters().bad_checksums, 1u);
}

TEST_F(DecodeChecksums, empty_segment_shows_who_is_right) {
  EXPECT_FALSE(is_bad(kRightForNothing, {}));
  EXPECT_FALSE(is_bad(0x1234, {}));  // never reported itself
  EXPECT_TRUE(is_bad(0x1234));
}

TEST_F(DecodeChecksums, sum_of_the_pseudo_header_alone_is_the_cards_business) {
  EXPECT_FALSE(is_bad(kRightForHi));
  EXPECT_FALSE(is_bad(kPseudoHeaderOfHi));
}

TEST_F(DecodeChecksums, half_of_the_sums_wrong_are_all_reported) {
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(is_bad(kRightForHi));
    EXPECT_TRUE(is_bad(0x1234));
  }
}

TEST_F(DecodeChecksums, segment_cut_off_is_not_checked) {
  EXPECT_FALSE(is_bad(kRightForHi));
  Octets octets = segment(0x1234, hex("6869"));
  octets.pop_back();
  DecodedPacket packet;
  EXPECT_EQ(all_.decode(raw(octets, 101), packet), Outcome::packet);
  EXPECT_FALSE(packet.bad_checksum);
}

TEST_F(DecodeChecksums, none_checks_nothing) {
  Decoder decoder(Limits{}, Checksums::none);
  const Octets octets = segment(0x1234, hex("6869"));
  DecodedPacket packet;
  EXPECT_EQ(decoder.decode(raw(octets, 101), packet), Outcome::packet);
  EXPECT_FALSE(packet.bad_checksum);
}

TEST_F(DecodeChecksums, udp_without_a_sum_is_fine) {
  const Octets octets = hello();
  DecodedPacket packet;
  EXPECT_EQ(all_.decode(raw(octets, 101), packet), Outcome::packet);
  EXPECT_FALSE(packet.bad_checksum);
}

TEST_F(DecodeChecksums, are_of_the_end_of_a_source_route) {
  // header of seven words: loose source route, 7 octets, pointer 4, to 10.0.0.3; end
  const Octets octets =
      hex("4700 0032 0001 0000 40 06 0000 0A000001 0A000002"
          " 83 07 04 0A000003 00"
          " 03E8 0050 00000001 00000002 5018 0003 1234 0000 6869");
  DecodedPacket packet;
  EXPECT_EQ(all_.decode(raw(octets, 101), packet), Outcome::packet);
  EXPECT_FALSE(packet.bad_checksum);
}

}  // namespace
}  // namespace parlance::decode::testing
