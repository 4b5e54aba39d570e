#include <gtest/gtest.h>

#include "decode/packets.h"

namespace parlance::decode::testing {
namespace {

/// `payload` in a UDP datagram to `port`, in Ethernet.
Octets over_udp(uint16_t port, const Octets& payload, uint16_t source = 50000) {
  return ethernet(0x0800, ipv4(17, udp(source, port, payload)));
}

Octets over_ip(uint8_t protocol, const Octets& payload) {
  return ethernet(0x0800, ipv4(protocol, payload));
}

/// Not taken for a tunnel: the UDP datagram is what counts.
void expect_udp(const Octets& frame, uint16_t port) {
  Decoder decoder(Limits{}, Checksums::automatic);
  DecodedPacket packet;
  ASSERT_EQ(decoder.decode(raw(frame), packet), Outcome::packet);
  EXPECT_EQ(packet.tuple.destination.port, port);
  EXPECT_EQ(packet.payload.size(), frame.size() - 42);
  EXPECT_EQ(packet.wire_length, frame.size() - 14);
}

TEST(DecodeTunnels, ip_in_ip) {
  expect_hello(over_ip(4, hello()));
  expect_hello(over_ip(41, hello6()));
  expect_hello(ethernet(0x86DD, ipv6(4, hello())));
  expect_hello(ethernet(0x86DD, ipv6(41, hello6())));
  expect_hello(over_ip(97, hex("3000") + ethernet(0x0800, hello())));  // EtherIP
  expect_hello(over_ip(137, hex("00011140") + hello()));               // MPLS
}

TEST(DecodeTunnels, inner_header_counts) {
  Decoder decoder(Limits{}, Checksums::automatic);
  DecodedPacket packet;
  Octets inner = hello();
  inner[8] = 7;  // TTL
  ASSERT_EQ(decoder.decode(raw(over_ip(4, inner)), packet), Outcome::packet);
  EXPECT_EQ(packet.ttl, 7);
  EXPECT_EQ(packet.wire_length, inner.size());
}

TEST(DecodeTunnels, gre) {
  expect_hello(over_ip(47, hex("0000 0800") + hello()));
  // checksum, key and sequence number
  expect_hello(over_ip(47, hex("B000 86DD 12340000 00000001 00000002") + hello6()));
  // a source route: one entry of family 0x0800 and four octets, then the last
  expect_hello(over_ip(47, hex("4000 0800 00000000 0800 0004 0A000003 00000000") + hello()));
  expect_hello(over_ip(47, hex("0000 6558") + ethernet(0x0800, hello())));
  expect_hello(over_ip(47, hex("0000 880B FF03 0021") + hello()));
  expect_hello(over_ip(47, hex("0000 883E") + hello()));           // WCCP
  expect_hello(over_ip(47, hex("0000 883E 00000000") + hello()));  // version 2
}

TEST(DecodeTunnels, pptp) {
  // version 1, key (length, call) and sequence number, then acknowledgment too
  expect_hello(over_ip(47, hex("3001 880B 0025 0001 00000001 FF03 0021") + hello()));
  expect_hello(over_ip(47, hex("3081 880B 0025 0001 00000001 00000001 FF03 0021") + hello()));
  Decoder decoder(Limits{}, Checksums::automatic);
  DecodedPacket packet;
  const Octets acknowledgment = over_ip(47, hex("2081 880B 0000 0001 00000001"));
  EXPECT_EQ(decoder.decode(raw(acknowledgment), packet), Outcome::other_transport);
}

TEST(DecodeTunnels, erspan) {
  expect_hello(over_ip(47, hex("0000 88BE") + ethernet(0x0800, hello())));  // type I
  expect_hello(over_ip(47, hex("1000 88BE 00000001 1064 0001 00000000") +
                               ethernet(0x0800, hello())));  // II: sequence, session, index
  expect_hello(over_ip(
      47, hex("1000 22EB 00000001 2064 0001 00000000 0000 0000") + ethernet(0x0800, hello())));
  expect_hello(over_ip(47, hex("1000 22EB 00000001 2064 0001 00000000 0000 0001"
                               " 0000000000000000") +
                               ethernet(0x0800, hello())));  // with the platform's part
}

TEST(DecodeTunnels, wireless_in_gre) {
  expect_hello(over_ip(47, hex("0000 8200 0801 0000 020000000001 020000000002 020000000003 0010"
                               " AAAA03 000000 0800") +
                               hello()));
}

TEST(DecodeTunnels, gre_and_mpls_in_udp) {
  expect_hello(over_udp(4754, hex("0000 0800") + hello()));
  expect_hello(over_udp(6635, hex("00011140") + hello()));
  expect_udp(over_udp(4754, hex("4000 0800") + Octets(30, 1)), 4754);
}

TEST(DecodeTunnels, vxlan) {
  const Octets frame = ethernet(0x0800, hello());
  expect_hello(over_udp(4789, hex("08000000 00000100") + frame));
  expect_hello(over_udp(8472, hex("08000000 00000100") + frame));
  expect_hello(over_udp(4789, hex("88000005 00000100") + frame));  // group policy
  // generic: what follows is named
  expect_hello(over_udp(4790, hex("0C000001 00000100") + hello()));
  expect_hello(over_udp(4790, hex("0C000002 00000100") + hello6()));
  expect_hello(over_udp(4789, hex("0C000003 00000100") + frame));
  // network service header: length 6 words, metadata type 1, IPv4; path; contexts
  expect_hello(
      over_udp(4790, hex("0C000004 00000100 0006 01 01 000001FF") + Octets(16, 0) + hello()));
}

TEST(DecodeTunnels, port_of_vxlan_alone_shows_nothing) {
  const Octets frame = ethernet(0x0800, hello());
  expect_udp(over_udp(4789, hex("00000000 00000100") + frame), 4789);
  expect_udp(over_udp(4789, hex("08000000 00000101") + ethernet(0x0806, Octets(28, 0))), 4789);
  expect_udp(over_udp(4789, hex("08000000 00000100")), 4789);
  // IP inside that is none
  expect_udp(over_udp(4789, hex("08000000 00000100") + ethernet(0x0800, Octets(40, 1))), 4789);
}

TEST(DecodeTunnels, vxlan_with_reserved_bits_must_hold_a_frame_of_ip) {
  expect_hello(over_udp(4789, hex("FF01D1F2 00000B01") + ethernet(0x0800, hello())));
  expect_udp(over_udp(4789, hex("FF01D1F2 00000B01") + ethernet(0x1234, hello())), 4789);
}

TEST(DecodeTunnels, capwap) {
  // preamble; 2 words, radio 1, 802.11, native; no fragment
  const Octets wlan = hex("0000 020000000001 020000000002 020000000003 0010 AAAA03 000000 0800");
  expect_hello(over_udp(5247, hex("00 100300 00000000 0801") + wlan + hello()));
  // swapped, the sequence control too: number 0x763, fragment 0
  const Octets swapped = hex("0000 020000000001 020000000002 020000000003 7630 AAAA03 000000 0800");
  expect_hello(over_udp(5247, hex("00 100300 00000000 0108") + swapped + hello()));
  // with wireless information, in Ethernet
  expect_hello(
      over_udp(5247, hex("00 200220 00000000 04ED4D00 00000000") + ethernet(0x0800, hello())));
  expect_udp(over_udp(5247, hex("01 000000") + Octets(40, 0)), 5247);  // DTLS
  expect_udp(over_udp(5247, hex("00 100380 00000000 0801") + wlan + hello()), 5247);
}

TEST(DecodeTunnels, geneve) {
  const Octets frame = ethernet(0x0800, hello());
  expect_hello(over_udp(6081, hex("0000 6558 00000100") + frame));
  expect_hello(over_udp(6081, hex("0240 0800 00000100 0102030100000001") + hello()));  // an option
  expect_udp(over_udp(6081, hex("4000 6558 00000100") + frame), 6081);                 // version 1
}

TEST(DecodeTunnels, gtp) {
  expect_hello(over_udp(2152, hex("30 FF 0021 00000001") + hello()));
  // sequence number; then an extension header of two words and one of one
  expect_hello(over_udp(2152, hex("32 FF 0025 00000001 0001 00 00") + hello6()));
  expect_hello(over_udp(2152, hex("34 FF 0031 00000001 0000 00 85"
                                  " 02 00000000 0000 C0  01 1234 00") +
                                  hello()));
  expect_udp(over_udp(2152, hex("32 01 0004 00000000 0001 00 00")), 2152);  // echo request
  expect_udp(over_udp(2152, hex("34 FF 0031 00000001 0000 00 85 00") + hello()), 2152);
}

TEST(DecodeTunnels, teredo) {
  expect_hello(over_udp(3544, hello6()));
  expect_hello(over_udp(3544, hex("0000 F227 BEFBFFFE") + hello6()));  // origin
  // authentication: no client identifier, no value, nonce, confirmation; origin
  expect_hello(
      over_udp(50001, hex("0001 00 00 0102030405060708 00 0000 F227 BEFBFFFE") + hello6(), 3544));
  expect_udp(over_udp(3544, ipv6(59, {})), 3544);  // a bubble
  expect_udp(over_udp(3544, hello()), 3544);
}

TEST(DecodeTunnels, l2tp) {
  expect_hello(over_udp(1701, hex("0002 0001 0001 FF03 0021") + hello()));
  expect_hello(over_udp(1701, hex("4002 002B 0001 0001 0021") + hello()));        // length
  expect_hello(over_udp(1701, hex("0802 0001 0001 0000 0000 0057") + hello6()));  // sequence
  expect_hello(over_udp(1701, hex("0202 0001 0001 0002 0000 FF03 21") + hello()));
  expect_udp(over_udp(1701, hex("C802 000C 0000 0000 0000 0000")), 1701);       // control
  expect_udp(over_udp(1701, hex("0002 0001 0001 FF03 C021 0101 0004")), 1701);  // LCP
}

TEST(DecodeTunnels, ayiya) {
  // identity of 2^4 octets, integer; signature of 5 words; forward; IPv6; time; both
  expect_hello(over_udp(5072, hex("41 52 11 29 00000001") + Octets(36, 0) + hello6()));
  expect_udp(over_udp(5072, hex("41 52 10 3B 00000001") + Octets(36, 0)), 5072);  // heartbeat
}

TEST(DecodeTunnels, lisp) {
  expect_hello(over_udp(4341, hex("80000001 00000001") + hello()));
  expect_hello(over_udp(4342, hex("80000000") + hello()));
  expect_udp(over_udp(4342, hex("10000000") + hello()), 4342);  // a map request
}

TEST(DecodeTunnels, arp_inside_is_not_ip) {
  Decoder decoder(Limits{}, Checksums::automatic);
  DecodedPacket packet;
  const Octets frame = over_udp(4789, hex("08000000 00000100") + ethernet(0x0806, Octets(28, 0)));
  EXPECT_EQ(decoder.decode(raw(frame), packet), Outcome::not_ip);
}

TEST(DecodeTunnels, tunnels_nest) {
  Octets frame = ethernet(0x0800, hello());
  for (int outer = 0; outer < 3; ++outer) frame = over_udp(4789, hex("08000000 00000100") + frame);
  expect_hello(frame);
}

}  // namespace
}  // namespace parlance::decode::testing
