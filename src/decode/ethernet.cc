// Ethernet and what its types name: VLAN tags, MPLS, PPPoE, LLC.
#include "decode/walk.h"

namespace parlance::decode {
namespace {

constexpr uint16_t kFirstEthertype = 0x0600;  // below: a length (IEEE 802.3 clause 3.2.6)

Layer vlan_tag(Walk& walk) {
  if (walk.octets.size() < 4) return walk.malformed();
  DecodedPacket& out = walk.out;
  if (out.vlan_count < out.vlans.size()) {
    out.vlans[out.vlan_count++] = be16(walk.octets, 0) & 0x0FFF;
  }
  return walk.to_ethertype(be16(walk.octets, 2), 4);
}

// RFC 2516 section 4: version and type 1, code 0 in a session, then session and length.
Layer pppoe_session(Walk& walk) {
  if (walk.octets.size() < 6) return walk.malformed();
  if (walk.octets[0] != 0x11) return walk.malformed();
  if (walk.octets[1] != 0) return walk.end(Outcome::not_ip);
  return walk.skip(6, Layer::ppp);
}

// Version, length in words of four octets, that many options (such as a security group), a type.
// As seen in captures; there is no public specification.
Layer cisco_metadata(Walk& walk) {
  if (walk.octets.size() < 2) return walk.malformed();
  const size_t type = 2 + size_t{walk.octets[1]} * 4;
  if (walk.octets.size() < type + 2) return walk.malformed();
  return walk.to_ethertype(be16(walk.octets, type), type + 2);
}

// IEEE 802.1AE clause 9.3: control, short length, packet number, perhaps a channel identifier.
Layer macsec_tag(Walk& walk) {
  if (walk.octets.size() < 8) return walk.malformed();
  const uint8_t control = walk.octets[0];
  constexpr uint8_t kVersion = 0x80;
  constexpr uint8_t kChannel = 0x20;
  constexpr uint8_t kEncryptedOrChanged = 0x0C;
  if ((control & (kVersion | kEncryptedOrChanged)) != 0) return walk.end(Outcome::not_ip);
  const size_t type = (control & kChannel) != 0 ? 14 : 6;
  if (walk.octets.size() < type + 2) return walk.malformed();
  return walk.to_ethertype(be16(walk.octets, type), type + 2);
}

}  // namespace

Layer ethernet_header(Walk& walk) {
  if (walk.octets.size() < 14) return walk.malformed();
  walk.ethertype = be16(walk.octets, 12);
  walk.octets = walk.octets.subspan(14);
  return ethertype_payload(walk);
}

Layer ethertype_payload(Walk& walk) {
  if (walk.ethertype == 0x0800) return ipv4_header(walk);  // before all others, as it is common
  switch (walk.ethertype) {
    case 0x86DD:
      return ipv6_header(walk);
    case 0x8100:  // IEEE 802.1Q
    case 0x88A8:  // IEEE 802.1ad
    case 0x9100:  // before there was 802.1ad
    case 0x9200:
    case 0x9300:
      return vlan_tag(walk);
    case 0x6558:
      return Layer::ethernet;  // transparent Ethernet bridging
    case 0x88E7:
      return walk.skip(4, Layer::ethernet);  // IEEE 802.1ah: the service tag
    case 0x8903:
      return walk.skip(2, Layer::ethernet);  // FabricPath: the tag
    case 0x8847:                             // RFC 5332
    case 0x8848:
      return Layer::mpls;
    case 0x880B:
      return Layer::ppp;  // of RFC 2637
    case 0x8864:
      return pppoe_session(walk);  // RFC 2516
    case 0x8909:
      return cisco_metadata(walk);
    case 0x88E5:
      return macsec_tag(walk);
    case 0x894F:
      return Layer::nsh;  // RFC 8300
    case 0x2452:
      return Layer::wlan;  // Centrino: frames as from the air
    default:
      break;
  }
  return walk.ethertype < kFirstEthertype ? Layer::llc : walk.end(Outcome::not_ip);
}

// IEEE 802.2; RFC 1042 for SNAP, whose organisation 0 names an Ethernet type.
Layer llc_header(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 3) return walk.malformed();
  if (octets[2] != 0x03) return walk.end(Outcome::not_ip);
  if (octets[0] == 0x06 && octets[1] == 0x06) return walk.skip(3, Layer::ipv4);
  if (octets[0] != 0xAA || octets[1] != 0xAA) return walk.end(Outcome::not_ip);
  if (octets.size() < 8) return walk.malformed();
  const uint32_t organisation = be32(octets, 2) & 0xFFFFFF;
  const uint16_t type = be16(octets, 6);
  if (organisation == 0 || organisation == 0x0000F8) {
    if (type < kFirstEthertype) return walk.end(Outcome::not_ip);
    return walk.to_ethertype(type, 8);
  }
  // RFC 2684 section 5.2: bridged Ethernet, with and without its check sequence.
  if (organisation == 0x0080C2 && (type == 1 || type == 7)) return walk.skip(8, Layer::ethernet);
  return walk.end(Outcome::not_ip);
}

// RFC 3032 section 2.1: a label stack does not say what follows it, so the first four bits must.
Layer mpls_stack(Walk& walk) {
  while (walk.octets.size() >= 4) {
    const bool bottom = (walk.octets[2] & 1) != 0;
    walk.octets = walk.octets.subspan(4);
    if (bottom) break;
  }
  if (walk.octets.empty()) return walk.malformed();
  const uint8_t version = walk.octets[0] >> 4;
  if (version == 4 || version == 6) return Layer::ip;
  // RFC 4385 section 3: a pseudowire's control word begins with four zero bits; Ethernet is the
  // pseudowire that matters.
  if (version == 0) return walk.skip(4, Layer::ethernet);
  return walk.end(Outcome::not_ip);
}

// RFC 1661 section 2, RFC 1662 section 3.1: address and control may be left out, as may the first
// octet of the protocol if it is zero.
Layer ppp_header(Walk& walk) {
  Bytes& octets = walk.octets;
  if (octets.size() >= 2 && octets[0] == 0xFF && octets[1] == 0x03) octets = octets.subspan(2);
  if (octets.empty()) return walk.malformed();
  const bool compressed = (octets[0] & 1) != 0;
  if (!compressed && octets.size() < 2) return walk.malformed();
  const uint16_t protocol = compressed ? octets[0] : be16(octets, 0);
  octets = octets.subspan(compressed ? 1 : 2);
  switch (protocol) {
    case 0x0021:
      return Layer::ipv4;
    case 0x0057:
      return Layer::ipv6;
    case 0x0281:
    case 0x0283:
      return Layer::mpls;
    default:
      return walk.end(Outcome::not_ip);
  }
}

}  // namespace parlance::decode
