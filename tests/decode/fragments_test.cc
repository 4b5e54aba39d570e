#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "decode/packets.h"

namespace parlance::decode::testing {
namespace {

constexpr uint16_t kMore = 0x2000;

/// A UDP datagram whose payload is 0, 1, 2, ...; 64 octets in all.
Octets datagram() {
  Octets payload(56);
  std::iota(payload.begin(), payload.end(), uint8_t{0});
  return udp(1000, 2000, payload);
}

/// Octets `begin` to `end` of `whole` as a fragment over IPv4.
Octets part(const Octets& whole, size_t begin, size_t end, uint16_t identification = 1) {
  const auto from = whole.begin();
  const Octets octets(from + static_cast<ptrdiff_t>(begin), from + static_cast<ptrdiff_t>(end));
  const bool more = end < whole.size();
  return ipv4(17, octets, static_cast<uint16_t>((more ? kMore : 0) | begin / 8), identification);
}

class DecodeFragments : public ::testing::Test {
 protected:
  Outcome give(const Octets& octets, int64_t nanoseconds = 0) {
    kept_ = octets;
    return decoder_.decode(raw(kept_, 101, nanoseconds), packet_);
  }
  bool is_whole() const {
    const Octets whole = datagram();
    return packet_.tuple.source.port == 1000 && packet_.payload_length == 56 &&
           std::equal(packet_.payload.begin(), packet_.payload.end(), whole.begin() + 8,
                      whole.end());
  }
  const Counters& counters() const { return decoder_.counters(); }

  Limits limits_;
  Decoder decoder_{limits_, Checksums::automatic};
  DecodedPacket packet_;
  Octets kept_;
};

TEST_F(DecodeFragments, come_in_order) {
  EXPECT_EQ(give(part(datagram(), 0, 24)), Outcome::fragment_held);
  EXPECT_EQ(give(part(datagram(), 24, 48)), Outcome::fragment_held);
  EXPECT_EQ(give(part(datagram(), 48, 64)), Outcome::packet);
  EXPECT_TRUE(is_whole());
  EXPECT_EQ(packet_.wire_length, 84u);
  EXPECT_EQ(counters().fragments, 3u);
  EXPECT_EQ(counters().fragments_dropped, 0u);
}

TEST_F(DecodeFragments, come_reversed) {
  EXPECT_EQ(give(part(datagram(), 48, 64)), Outcome::fragment_held);
  EXPECT_EQ(give(part(datagram(), 24, 48)), Outcome::fragment_held);
  EXPECT_EQ(give(part(datagram(), 0, 24)), Outcome::packet);
  EXPECT_TRUE(is_whole());
}

TEST_F(DecodeFragments, of_8_octets_in_any_order) {
  std::vector<size_t> order{3, 0, 7, 5, 1, 6, 2, 4};
  for (size_t i = 0; i + 1 < order.size(); ++i) {
    EXPECT_EQ(give(part(datagram(), order[i] * 8, order[i] * 8 + 8)), Outcome::fragment_held);
  }
  EXPECT_EQ(give(part(datagram(), 32, 40)), Outcome::packet);
  EXPECT_TRUE(is_whole());
  EXPECT_EQ(counters().fragment_overlaps, 0u);
}

TEST_F(DecodeFragments, come_twice) {
  for (int time = 0; time < 2; ++time) {
    EXPECT_EQ(give(part(datagram(), 0, 24)), Outcome::fragment_held);
  }
  EXPECT_EQ(give(part(datagram(), 24, 64)), Outcome::packet);
  EXPECT_TRUE(is_whole());
  EXPECT_EQ(counters().fragment_overlaps, 0u);
}

TEST_F(DecodeFragments, first_octets_win) {
  const Octets other = Octets(64, 0xEE);
  EXPECT_EQ(give(part(datagram(), 8, 32)), Outcome::fragment_held);
  EXPECT_EQ(give(part(other, 16, 24)), Outcome::fragment_held);  // inside
  EXPECT_EQ(give(part(datagram(), 0, 16)), Outcome::fragment_held);
  EXPECT_EQ(give(part(datagram(), 24, 64)), Outcome::packet);
  EXPECT_TRUE(is_whole());
  EXPECT_EQ(counters().fragment_overlaps, 3u);
}

TEST_F(DecodeFragments, one_fills_all_holes_between_others) {
  EXPECT_EQ(give(part(datagram(), 8, 16)), Outcome::fragment_held);
  EXPECT_EQ(give(part(datagram(), 32, 40)), Outcome::fragment_held);
  EXPECT_EQ(give(part(datagram(), 0, 64)), Outcome::packet);
  EXPECT_TRUE(is_whole());
}

// The last ends before the end of the one before it (CERT advisory CA-1997-28).
TEST_F(DecodeFragments, teardrop_is_never_put_together) {
  EXPECT_EQ(give(part(datagram(), 0, 40)), Outcome::fragment_held);
  EXPECT_EQ(give(ipv4(17, Octets(4, 0), 24 / 8)), Outcome::fragment_held);
  EXPECT_EQ(counters().fragments_dropped, 1u);
  EXPECT_EQ(give(part(datagram(), 40, 64)), Outcome::packet);  // the honest one still is
  EXPECT_TRUE(is_whole());
}

TEST_F(DecodeFragments, beyond_the_end_or_the_greatest_length_are_dropped) {
  EXPECT_EQ(give(part(datagram(), 48, 64)), Outcome::fragment_held);
  EXPECT_EQ(give(ipv4(17, Octets(24, 0), kMore | 48 / 8)), Outcome::fragment_held);
  EXPECT_EQ(give(ipv4(17, Octets(24, 0), 0x1FFF)), Outcome::fragment_held);  // 65528 + 24
  EXPECT_EQ(give(ipv4(17, Octets(20, 0), kMore)), Outcome::fragment_held);   // no multiple of 8
  EXPECT_EQ(give(ipv4(17, {}, kMore)), Outcome::fragment_held);              // nothing
  EXPECT_EQ(counters().fragments_dropped, 4u);
  EXPECT_EQ(give(part(datagram(), 0, 48)), Outcome::packet);
}

TEST_F(DecodeFragments, of_other_identification_or_protocol_are_apart) {
  EXPECT_EQ(give(part(datagram(), 0, 24, 1)), Outcome::fragment_held);
  EXPECT_EQ(give(part(datagram(), 24, 64, 2)), Outcome::fragment_held);
  Octets other = part(datagram(), 24, 64, 1);
  other[9] = 6;
  EXPECT_EQ(give(other), Outcome::fragment_held);
  EXPECT_EQ(give(part(datagram(), 24, 64, 1)), Outcome::packet);
}

TEST_F(DecodeFragments, time_out) {
  EXPECT_EQ(give(part(datagram(), 0, 24)), Outcome::fragment_held);
  EXPECT_EQ(give(part(datagram(), 24, 64), 61 * kSecond), Outcome::fragment_held);
  EXPECT_EQ(counters().fragments_dropped, 1u);
  EXPECT_EQ(give(part(datagram(), 0, 24), 62 * kSecond), Outcome::packet);
}

TEST_F(DecodeFragments, time_out_when_time_goes_back_too) {
  EXPECT_EQ(give(part(datagram(), 0, 24), 100 * kSecond), Outcome::fragment_held);
  EXPECT_EQ(give(part(datagram(), 24, 64), 30 * kSecond), Outcome::fragment_held);
  EXPECT_EQ(counters().fragments_dropped, 1u);
}

TEST_F(DecodeFragments, cut_off_by_the_capture_are_dropped) {
  Octets cut = part(datagram(), 0, 24);
  cut.resize(30);
  EXPECT_EQ(give(cut), Outcome::fragment_held);
  EXPECT_EQ(counters().fragments_dropped, 1u);
}

TEST_F(DecodeFragments, payload_lives_for_64_more_packets) {
  std::vector<DecodedPacket> packets;
  for (uint16_t id = 0; id < 200; ++id) {
    Octets whole = datagram();
    whole[8] = static_cast<uint8_t>(id);
    give(part(whole, 0, 24, id));
    ASSERT_EQ(give(part(whole, 24, 64, id)), Outcome::packet);
    packets.push_back(packet_);
    for (size_t at = packets.size() > 64 ? packets.size() - 65 : 0; at < packets.size(); ++at) {
      ASSERT_EQ(packets[at].payload[0], static_cast<uint8_t>(at));
    }
  }
}

TEST_F(DecodeFragments, over_ipv6) {
  const Octets whole = datagram();
  const Octets first(whole.begin(), whole.begin() + 40);
  const Octets second(whole.begin() + 40, whole.end());
  EXPECT_EQ(give(ipv6(44, hex("11 00 0001 00000007") + first)), Outcome::fragment_held);
  // only the first names what follows (RFC 8200 section 4.5)
  EXPECT_EQ(give(ipv6(44, hex("3B 00 0028 00000007") + second)), Outcome::packet);
  EXPECT_TRUE(is_whole());
}

TEST_F(DecodeFragments, inside_fragments) {
  const Octets whole = datagram();
  const auto middle = whole.begin() + 40;
  const Octets inner[] = {ipv6(44, hex("11 00 0001 00000007") + Octets(whole.begin(), middle)),
                          ipv6(44, hex("11 00 0028 00000007") + Octets(middle, whole.end()))};
  uint16_t identification = 1;
  for (const Octets& packet : inner) {
    const auto cut = packet.begin() + 32;
    EXPECT_EQ(give(ipv4(41, Octets(packet.begin(), cut), kMore, identification)),
              Outcome::fragment_held);
    const Outcome outcome = give(ipv4(41, Octets(cut, packet.end()), 32 / 8, identification));
    EXPECT_EQ(outcome, identification == 1 ? Outcome::fragment_held : Outcome::packet);
    ++identification;
  }
  EXPECT_TRUE(is_whole());
}

TEST(DecodeFragmentLimits, oldest_datagram_goes) {
  Limits limits;
  limits.fragment_datagrams = 2;
  Decoder decoder(limits, Checksums::automatic);
  DecodedPacket packet;
  for (const uint16_t id : std::initializer_list<uint16_t>{1, 2, 3}) {
    const Octets octets = part(datagram(), 0, 24, id);
    EXPECT_EQ(decoder.decode(raw(octets, 101), packet), Outcome::fragment_held);
  }
  EXPECT_EQ(decoder.counters().fragments_dropped, 1u);
  const Octets third = part(datagram(), 24, 64, 3);
  EXPECT_EQ(decoder.decode(raw(third, 101), packet), Outcome::packet);
  const Octets first = part(datagram(), 24, 64, 1);
  EXPECT_EQ(decoder.decode(raw(first, 101), packet), Outcome::fragment_held);
}

TEST(DecodeFragmentLimits, octets_are_bounded) {
  Limits limits;
  limits.fragment_octets = 100;
  Decoder decoder(limits, Checksums::automatic);
  DecodedPacket packet;
  for (const uint16_t id : std::initializer_list<uint16_t>{1, 2}) {
    const Octets octets = part(datagram(), 24, 64, id);  // each takes 64
    EXPECT_EQ(decoder.decode(raw(octets, 101), packet), Outcome::fragment_held);
  }
  EXPECT_EQ(decoder.counters().fragments_dropped, 1u);
  const Octets second = part(datagram(), 0, 24, 2);
  EXPECT_EQ(decoder.decode(raw(second, 101), packet), Outcome::packet);
  const Octets large = ipv4(17, Octets(104, 0), kMore, 3);  // more than all may take
  EXPECT_EQ(decoder.decode(raw(large, 101), packet), Outcome::fragment_held);
  EXPECT_EQ(decoder.counters().fragments_dropped, 2u);
}

}  // namespace
}  // namespace parlance::decode::testing
