#include <gtest/gtest.h>

#include "decode/packets.h"

namespace parlance::decode::testing {
namespace {

/// From port 1000 to 80: sequence 1, acknowledgment 2, PSH and ACK, window 3, urgent 4.
Octets tcp(const Octets& payload, const Octets& options = {}) {
  const auto offset = static_cast<uint8_t>((20 + options.size()) / 4 << 4);
  return hex("03E8 0050 00000001 00000002") + Octets{offset, 0x18} + hex("0003 0000 0004") +
         options + payload;
}

struct Decoded {
  Octets octets;  // to which the packet refers
  Outcome outcome;
  DecodedPacket packet;
  Counters counters;
};

Decoded decode_ip(const Octets& octets, size_t original = 0) {
  Decoder decoder(Limits{}, Checksums::automatic);
  Decoded decoded{};
  decoded.octets = octets;
  RawPacket packet = raw(decoded.octets, 101);
  if (original > 0) packet.original_length = static_cast<uint32_t>(original);
  decoded.outcome = decoder.decode(packet, decoded.packet);
  decoded.counters = decoder.counters();
  return decoded;
}

TEST(DecodeIp, tcp_header_is_read) {
  const Octets octets = ipv4(6, tcp(hex("6869"), hex("01010101")));
  const Decoded decoded = decode_ip(octets);
  ASSERT_EQ(decoded.outcome, Outcome::packet);
  const DecodedPacket& packet = decoded.packet;
  EXPECT_EQ(to_text(packet.tuple.source), "10.0.0.1:1000");
  EXPECT_EQ(to_text(packet.tuple.destination), "10.0.0.2:80");
  EXPECT_EQ(packet.tuple.transport, Transport::tcp);
  EXPECT_EQ(packet.sequence, 1u);
  EXPECT_EQ(packet.acknowledgment, 2u);
  EXPECT_EQ(packet.flags, tcp_flag::kPush | tcp_flag::kAck);
  EXPECT_EQ(packet.window, 3);
  EXPECT_EQ(packet.urgent, 4);
  EXPECT_EQ(packet.ttl, 64);
  EXPECT_EQ(packet.wire_length, octets.size());
  EXPECT_EQ(as_text(packet.payload), "hi");
  EXPECT_EQ(packet.payload_length, 2u);
  EXPECT_EQ(packet.frame, 1u);
  EXPECT_EQ(decoded.counters.packets, 1u);
}

TEST(DecodeIp, capture_cuts_payload_off) {
  Octets octets = ipv4(6, tcp(Octets(1000, 'x')));
  const size_t original = octets.size();
  octets.resize(68);
  const Decoded decoded = decode_ip(octets, original);
  ASSERT_EQ(decoded.outcome, Outcome::packet);
  EXPECT_EQ(decoded.packet.payload.size(), 28u);
  EXPECT_EQ(decoded.packet.payload_length, 1000u);
  EXPECT_EQ(decoded.packet.wire_length, 1040u);
}

TEST(DecodeIp, capture_cuts_tcp_options_off) {
  Octets octets = ipv4(6, tcp(Octets(10, 'x'), Octets(12, 1)));
  const size_t original = octets.size();
  octets.resize(44);
  const Decoded decoded = decode_ip(octets, original);
  ASSERT_EQ(decoded.outcome, Outcome::packet);
  EXPECT_TRUE(decoded.packet.payload.empty());
  EXPECT_EQ(decoded.packet.payload_length, 10u);
}

TEST(DecodeIp, tcp_data_offset_is_checked) {
  Octets octets = ipv4(6, tcp(hex("6869")));
  octets[32] = 0x40;  // four words
  EXPECT_EQ(decode_ip(octets).outcome, Outcome::malformed);
  octets[32] = 0x60;  // six words, of which there are five and a half
  EXPECT_EQ(decode_ip(octets).outcome, Outcome::malformed);
}

TEST(DecodeIp, udp_length_is_checked) {
  Octets octets = hello();
  octets[25] = 7;
  EXPECT_EQ(decode_ip(octets).outcome, Outcome::malformed);
  octets[25] = 14;  // one more than there is
  EXPECT_EQ(decode_ip(octets).outcome, Outcome::malformed);
  octets[25] = 12;
  ASSERT_EQ(decode_ip(octets).outcome, Outcome::packet);
  EXPECT_EQ(decode_ip(octets).packet.payload.size(), 4u);
}

TEST(DecodeIp, length_0_of_large_sends_means_what_was_captured) {
  Octets octets = ipv4(6, tcp(Octets(70000, 'x')));
  octets[2] = octets[3] = 0;
  const Decoded decoded = decode_ip(octets);
  ASSERT_EQ(decoded.outcome, Outcome::packet);
  EXPECT_EQ(decoded.packet.payload.size(), 70000u);
  EXPECT_EQ(decoded.packet.payload_length, 70000u);
  EXPECT_EQ(decoded.packet.wire_length, 70040u);
}

TEST(DecodeIp, ipv4_header_is_checked) {
  Octets octets = hello();
  octets[0] = 0x44;  // four words
  EXPECT_EQ(decode_ip(octets).outcome, Outcome::malformed);
  octets = hello();
  octets[3] = 19;  // total below the header
  EXPECT_EQ(decode_ip(octets).outcome, Outcome::malformed);
  octets = hello();
  octets[0] = 0x55;
  EXPECT_EQ(decode_ip(octets).outcome, Outcome::malformed);
}

TEST(DecodeIp, ipv4_options_are_skipped) {
  // header of six words: record route, end
  expect_hello(hex("4600 0025 0001 0000 40 11 0000 0A000001 0A000002 07030400") +
                   udp(1000, 2000, hex("68656C6C6F")),
               101);
}

TEST(DecodeIp, ipv6_extension_headers) {
  const Octets datagram = udp(1000, 2000, hex("68656C6C6F"));
  const Octets padding = hex("0104 00000000");
  expect_hello(ipv6(0, hex("11 00") + padding + datagram), 101);   // hop-by-hop
  expect_hello(ipv6(60, hex("11 00") + padding + datagram), 101);  // destination
  expect_hello(ipv6(0, hex("3C 00") + padding + hex("2B 00") + padding +
                           hex("11 00 00 00 00000000") + datagram),
               101);  // both, then routing
  // authentication: (4 + 2) words, security association, sequence, value
  const Octets authentication = hex("11 04 0000 00000001 00000001") + Octets(12, 0);
  expect_hello(ipv6(51, authentication + datagram), 101);
  expect_hello(ipv4(51, authentication + datagram), 101);
  // fragment header of a whole packet (RFC 6946)
  expect_hello(ipv6(44, hex("11 00 0000 00000001") + datagram), 101);
}

TEST(DecodeIp, extension_header_beyond_the_packet_is_malformed) {
  const Octets datagram = udp(1000, 2000, hex("68656C6C6F"));
  EXPECT_EQ(decode_ip(ipv6(0, hex("11 FF 0104 00000000") + datagram)).outcome, Outcome::malformed);
  EXPECT_EQ(decode_ip(ipv6(51, hex("11 FF 0000 00000001 00000001") + datagram)).outcome,
            Outcome::malformed);
}

TEST(DecodeIp, what_makes_no_flow_is_counted) {
  EXPECT_EQ(decode_ip(ipv4(1, hex("0800 0000 00010001"))).outcome, Outcome::icmp);
  const Decoded error = decode_ip(ipv4(1, hex("0303 0000 00000000") + hello()));
  EXPECT_EQ(error.outcome, Outcome::icmp_error);
  EXPECT_EQ(error.counters.icmp_errors, 1u);
  EXPECT_EQ(decode_ip(ipv6(58, hex("8700 0000 00000000"))).outcome, Outcome::icmp);
  EXPECT_EQ(decode_ip(ipv6(58, hex("0104 0000 00000000") + hello6())).outcome, Outcome::icmp_error);
  const Decoded sctp = decode_ip(ipv4(132, Octets(12, 0)));
  EXPECT_EQ(sctp.outcome, Outcome::other_transport);
  EXPECT_EQ(sctp.counters.other_transport, 1u);
  EXPECT_EQ(decode_ip(ipv4(50, Octets(12, 0))).outcome, Outcome::other_transport);
  EXPECT_EQ(decode_ip(ipv4(0, Octets(12, 0))).outcome, Outcome::other_transport);
  EXPECT_EQ(decode_ip(ipv6(59, {})).outcome, Outcome::other_transport);
}

TEST(DecodeIp, packet_is_reset_between_calls) {
  Decoder decoder(Limits{}, Checksums::automatic);
  DecodedPacket packet;
  const Octets segment = ethernet(0x8100, hex("0064 0800") + ipv4(6, tcp(hex("6869"))));
  const Octets datagram = ethernet(0x0800, hello());
  ASSERT_EQ(decoder.decode(raw(segment), packet), Outcome::packet);
  ASSERT_EQ(decoder.decode(raw(datagram), packet), Outcome::packet);
  EXPECT_TRUE(is_hello(packet));
  EXPECT_EQ(packet.vlan_count, 0);
  EXPECT_EQ(packet.flags, 0);
  EXPECT_EQ(packet.sequence, 0u);
}

}  // namespace
}  // namespace parlance::decode::testing
