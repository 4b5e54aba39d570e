#include <gtest/gtest.h>

#include "decode/packets.h"

namespace parlance::decode::testing {
namespace {

const Octets kSnap = hex("AAAA03 000000");  // LLC and the organisation of SNAP

Outcome outcome_of(const Octets& octets, int link_type) {
  Decoder decoder(Limits{}, Checksums::automatic);
  DecodedPacket packet;
  return decoder.decode(raw(octets, link_type), packet);
}

TEST(DecodeLinks, ethernet) {
  expect_hello(ethernet(0x0800, hello()));
  expect_hello(ethernet(0x86DD, hello6()));
  EXPECT_EQ(outcome_of(ethernet(0x0806, hello()), 1), Outcome::not_ip);
}

TEST(DecodeLinks, ethernet_trailer_is_no_payload) {
  expect_hello(ethernet(0x0800, hello() + Octets(18, 0)));
}

TEST(DecodeLinks, llc_and_snap) {
  expect_hello(ethernet(41, kSnap + hex("0800") + hello()));
  expect_hello(ethernet(36, hex("060603") + hello()));  // LLC's own number for IP
  // RFC 2684: an Ethernet frame, bridged
  expect_hello(ethernet(55, hex("AAAA03 0080C2 0007") + ethernet(0x0800, hello())));
  EXPECT_EQ(outcome_of(ethernet(38, hex("424203") + Octets(35, 0)), 1), Outcome::not_ip);  // STP
}

TEST(DecodeLinks, vlan_tags_are_collected) {
  const Octets frame =
      ethernet(0x88A8, hex("0064 8100 0065 8100 E066 8100 0067 8100 0068 0800") + hello());  // five
  expect_hello(frame);
  Decoder decoder(Limits{}, Checksums::automatic);
  DecodedPacket packet;
  ASSERT_EQ(decoder.decode(raw(frame), packet), Outcome::packet);
  EXPECT_EQ(packet.vlan_count, 4);
  EXPECT_EQ(packet.vlans, (std::array<uint16_t, 4>{100, 101, 102, 103}));
}

TEST(DecodeLinks, backbone_bridges) {
  // 802.1ah: service tag (priority, identifier 1), the customer's frame
  expect_hello(ethernet(0x88E7, hex("00000001") + ethernet(0x0800, hello())));
  // FabricPath: forwarding tag 1, TTL 32
  expect_hello(ethernet(0x8903, hex("0060") + ethernet(0x0800, hello())));
}

TEST(DecodeLinks, cisco_metadata) {
  // version 1, one word: option 1, security group 2
  expect_hello(ethernet(0x8909, hex("01 01 0001 0002 0800") + hello()));
}

TEST(DecodeLinks, macsec_with_integrity_only) {
  // control: channel identifier present; short length; number; identifier; ... check value
  expect_hello(
      ethernet(0x88E5, hex("20 00 00000001 0200000000010001 0800") + hello() + Octets(16, 0xEE)));
  EXPECT_EQ(outcome_of(ethernet(0x88E5, hex("2C 00 00000001 0200000000010001 0800") + hello()), 1),
            Outcome::not_ip);  // encrypted
}

TEST(DecodeLinks, mpls) {
  expect_hello(ethernet(0x8847, hex("00010040 00011140") + hello()));  // two labels
  expect_hello(ethernet(0x8847, hex("00011140") + hello6()));
  // a pseudowire: control word, frame
  expect_hello(ethernet(0x8847, hex("00011140 00000000") + ethernet(0x0800, hello())));
}

TEST(DecodeLinks, pppoe_and_ppp) {
  // version and type, session data, session 1, length
  expect_hello(ethernet(0x8864, hex("11 00 0001 0023 0021") + hello()));
  expect_hello(hex("11 00 0001 0023 0057") + hello6(), 51);
  expect_hello(hex("FF03 0021") + hello(), 9);
  expect_hello(hex("FF03 21") + hello(), 9);  // compressed protocol
  expect_hello(hex("0281 00011140") + hello(), 9);
  expect_hello(hex("0F00 0800") + hello(), 50);  // Cisco's HDLC
  expect_hello(hex("0F00 0800") + hello(), 104);
  expect_hello(hex("0F00 0800") + hello(), 9);
  expect_hello(hex("FF03 0021") + hello(), 50);
  expect_hello(hex("0003 0021") + hello(), 166);     // direction in place of the address
  expect_hello(hex("01 FF03 0021") + hello(), 204);  // direction before it
  EXPECT_EQ(outcome_of(hex("FF03 C021 01010004"), 9), Outcome::not_ip);  // LCP
}

TEST(DecodeLinks, raw_ip) {
  for (const int type : {12, 14, 101}) {
    expect_hello(hello(), type);
    expect_hello(hello6(), type);
  }
  expect_hello(hello(), 228);
  expect_hello(hello6(), 229);
  EXPECT_EQ(outcome_of(hello6(), 228), Outcome::malformed);
}

TEST(DecodeLinks, loopback_in_both_byte_orders) {
  for (const int type : {0, 108}) {
    expect_hello(hex("02000000") + hello(), type);
    expect_hello(hex("00000002") + hello(), type);
    expect_hello(hex("1E000000") + hello6(), type);
    expect_hello(hex("0000001C") + hello6(), type);
  }
  EXPECT_EQ(outcome_of(hex("07000000") + hello(), 0), Outcome::not_ip);
}

TEST(DecodeLinks, linux_cooked) {
  // sent by us, hardware Ethernet, address length 6, address, protocol
  expect_hello(hex("0004 0001 0006 0200000000010000 0800") + hello(), 113);
  expect_hello(hex("0004 0001 0006 0200000000010000 8100 0064 0800") + hello(), 113);
  // protocol, 0, interface 2, hardware Ethernet, sent by us, address
  expect_hello(hex("86DD 0000 00000002 0001 04 06 0200000000010000") + hello6(), 276);
}

TEST(DecodeLinks, wlan_data) {
  const Octets addresses = hex("020000000001 020000000002 020000000003 0010");
  expect_hello(hex("0801 0000") + addresses + kSnap + hex("0800") + hello(), 105);
  expect_hello(hex("8801 0000") + addresses + hex("0000") + kSnap + hex("0800") + hello(), 105);
  // quality of service and high throughput control; then as a driver aligns it
  expect_hello(hex("8881 0000") + addresses + hex("0000 00000000") + kSnap + hex("0800") + hello(),
               105);
  expect_hello(hex("8801 0000") + addresses + hex("0000 0000") + kSnap + hex("0800") + hello(),
               105);
  // four addresses
  expect_hello(hex("0803 0000") + addresses + hex("020000000004") + kSnap + hex("0800") + hello(),
               105);
  // several frames put together: addresses and length of the first
  expect_hello(hex("8801 0000") + addresses + hex("8000 020000000001 020000000002 0029") + kSnap +
                   hex("0800") + hello(),
               105);
  // marked as protected, but the driver decrypted it and left the initialisation vector
  expect_hello(hex("0841 0000") + addresses + hex("85D21700") + kSnap + hex("0800") + hello(), 105);
}

TEST(DecodeLinks, other_wlan_frames_are_not_ip) {
  const Octets addresses = hex("020000000001 020000000002 020000000003 0010");
  const Octets rest = addresses + kSnap + hex("0800") + hello();
  EXPECT_EQ(outcome_of(hex("8000 0000") + rest, 105), Outcome::not_ip);  // beacon
  EXPECT_EQ(outcome_of(hex("4801 0000") + rest, 105), Outcome::not_ip);  // null
  EXPECT_EQ(outcome_of(hex("0805 0000") + rest, 105), Outcome::not_ip);  // more fragments
  EXPECT_EQ(outcome_of(hex("0841 0000") + addresses + Octets(60, 0x5A), 105),
            Outcome::not_ip);  // encrypted
}

TEST(DecodeLinks, headers_before_wlan) {
  const Octets wlan =
      hex("0801 0000 020000000001 020000000002 020000000003 0010") + kSnap + hex("0800") + hello();
  expect_hello(hex("00 00 0900 02000000 10") + wlan + hex("DEADBEEF"), 127);  // flags: FCS
  expect_hello(hex("00 00 0800 69000000") + wlan, 192);                       // PPI of 105
  expect_hello(hex("44000000 90000000") + Octets(136, 0) + wlan, 119);
  expect_hello(hex("80211001 00000040") + Octets(56, 0) + wlan, 119);  // AVS as Prism
  expect_hello(hex("80211001 00000040") + Octets(56, 0) + wlan, 163);
  expect_hello(ethernet(0x2452, wlan));  // Centrino
}

TEST(DecodeLinks, other_local_networks) {
  const Octets addresses = hex("020000000001 020000000002");
  expect_hello(hex("50") + addresses + kSnap + hex("0800") + hello(), 10);   // FDDI
  expect_hello(hex("1040") + addresses + kSnap + hex("0800") + hello(), 6);  // token ring
  expect_hello(hex("1040 020000000001 820000000002 0630 0011 0020") + kSnap + hex("0800") + hello(),
               6);                            // with a route
  expect_hello(hex("BE00 F0") + hello(), 7);  // RFC 1051
  expect_hello(hex("BE00 0000 F0") + hello(), 129);
  expect_hello(hex("BE00 0000 D4 00 0001") + hello(), 129);          // RFC 1201
  expect_hello(Octets(16, 0) + kSnap + hex("0800") + hello(), 122);  // fibre channel
  expect_hello(Octets(16, 0) + hex("0800") + hello(), 138);          // FireWire
  expect_hello(kSnap + hex("0800") + hello(), 100);                  // RFC 2684
  expect_hello(hex("02020021") + kSnap + hex("0800") + hello(), 123);
  expect_hello(hex("1841 03CC") + hello(), 107);  // frame relay
  expect_hello(hex("1841 0800") + hello(), 107);
}

TEST(DecodeLinks, headers_of_systems) {
  expect_hello(hex("02000000 00000000 00000000") + hello(), 109);  // enc
  expect_hello(hex("3D 02") + Octets(62, 0) + hello(), 117);       // pflog, padded
  expect_hello(hex("01 1A") + Octets(22, 0) + hello6(), 226);      // ipnet
  expect_hello(Octets(16, 0) + hello(), 8);                        // SLIP
  expect_hello(Octets(4, 0) + ethernet(0x0800, hello()), 240);     // netANALYZER
  expect_hello(hex("0C000000 01000000 0C000000") + hello(), 258);  // PKTAP of raw IP
}

TEST(DecodeLinks, nflog) {
  // IPv4, version 0, group 42; mark: 8 octets; prefix: 6 octets and padding; payload
  expect_hello(hex("02 00 002A 0800 0300 00000005 0600 0A00 4100 0000 2500 0900") + hello(), 239);
  expect_hello(hex("02 00 002A 0008 0003 00000005 0025 0009") + hello(), 239);  // big-endian
  EXPECT_EQ(outcome_of(hex("02 00 002A 0300 0900") + hello(), 239), Outcome::malformed);
}

TEST(DecodeLinks, erf) {
  const Octets time = Octets(8, 0);
  expect_hello(time + hex("02 04 0049 0000 0035 0000") + ethernet(0x0800, hello()), 197);
  // an extension header, the last
  expect_hello(time + hex("82 04 0051 0000 0035 0500000000000001 0000") + ethernet(0x0800, hello()),
               197);
  expect_hello(time + hex("16 04 0031 0000 0021") + hello(), 197);
  // local route: base transport follows; unreliable datagram; its extension; type
  const Octets infiniband = hex("0002 0001 0020 0002  64 00 FFFF 00000001 00000001"
                                " 00000000 00000001  0800 0000") +
                            hello() + hex("DEADBEEF BEEF");
  expect_hello(time + hex("15 04 0053 0000 0043") + infiniband, 197);
  expect_hello(infiniband, 247);
  expect_hello(Octets(40, 0) + hex("0800 0000") + hello(), 242);
}

TEST(DecodeLinks, juniper) {
  // magic, flags: extended; 4 octets of extensions
  expect_hello(hex("4D4743 80 0004 01010102") + ethernet(0x0800, hello()), 178);
  expect_hello(hex("4D4743 00") + ethernet(0x0800, hello()), 178);
  expect_hello(hex("4D4743 04 02000000") + hello(), 178);  // no link header
  expect_hello(hex("4D4743 00 0021") + hello(), 179);
}

TEST(DecodeLinks, unknown_link_types_are_told) {
  EXPECT_TRUE(knows_link_type(1));
  EXPECT_TRUE(knows_link_type(276));
  EXPECT_FALSE(knows_link_type(189));
  EXPECT_FALSE(knows_link_type(-1));
  Decoder decoder(Limits{}, Checksums::automatic);
  DecodedPacket packet;
  EXPECT_EQ(decoder.decode(raw(hello(), 189), packet), Outcome::unsupported_link);
  EXPECT_EQ(decoder.counters().unsupported_link, 1u);
}

TEST(DecodeLinks, nesting_ends) {
  Octets frame = hello();
  for (int tag = 0; tag < 40; ++tag)
    frame = hex("0001") + be16_octets(tag == 0 ? 0x0800 : 0x8100) + frame;
  EXPECT_EQ(outcome_of(ethernet(0x8100, frame), 1), Outcome::malformed);
  Octets packets = hello();
  for (int outer = 0; outer < 40; ++outer) packets = ipv4(4, packets);
  EXPECT_EQ(outcome_of(packets, 228), Outcome::malformed);
  // per-packet information inside itself
  Octets nested = hello();
  for (int outer = 0; outer < 40; ++outer) nested = hex("00 00 0800 C0000000") + nested;
  EXPECT_EQ(outcome_of(nested, 192), Outcome::malformed);
}

}  // namespace
}  // namespace parlance::decode::testing
