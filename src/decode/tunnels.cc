// Tunnels: GRE and those over UDP.
//
// A tunnel over UDP is taken off only if its header holds what its specification asks for; ports
// alone show nothing. If what is inside then is malformed, the packet is the UDP datagram after
// all.
#include "decode/walk.h"

namespace parlance::decode {
namespace {

// draft-foschiano-erspan-03: type I has no header (and GRE no sequence number), II one of eight
// octets, III one of twelve or, as its last bit says, twenty.
Layer erspan_2(Walk& walk, bool sequenced) {
  return walk.skip(sequenced ? 8 : 0, Layer::ethernet);
}

Layer erspan_3(Walk& walk) {
  if (walk.octets.size() < 12) return walk.malformed();
  return walk.skip((walk.octets[11] & 1) != 0 ? 20 : 12, Layer::ethernet);
}

// WCCP version 2 puts four octets in front of the packet; version 1 did not.
Layer wccp(Walk& walk) {
  if (!walk.octets.empty() && walk.octets[0] >> 4 == 4) return Layer::ipv4;
  return walk.skip(4, Layer::ipv4);
}

Layer gre_payload(Walk& walk, uint16_t type, bool sequenced) {
  if (type >= 0x8200 && type <= 0x83FF)
    return Layer::wlan;  // Aruba access points; seen in captures
  switch (type) {
    case 0x88BE:
      return erspan_2(walk, sequenced);
    case 0x22EB:
      return erspan_3(walk);
    case 0x883E:
      return wccp(walk);
    default:
      return walk.to_ethertype(type, 0);
  }
}

// RFC 1701 section 2: entries of family, offset, length; the last has family 0 and length 0.
bool skip_source_routes(Walk& walk) {
  while (walk.octets.size() >= 4) {
    const size_t length = walk.octets[3];
    const bool last = be16(walk.octets, 0) == 0 && length == 0;
    if (walk.octets.size() < 4 + length) return false;
    walk.octets = walk.octets.subspan(4 + length);
    if (last) return true;
  }
  return false;
}

// What a step for a tunnel over UDP answers if it is none.
constexpr Layer kNone = Layer::done;

Layer ip_inside(Walk& walk, size_t header) {
  if (walk.octets.size() <= header) return kNone;
  const uint8_t version = walk.octets[header] >> 4;
  return version == 4 || version == 6 ? walk.skip(header, Layer::ip) : kNone;
}

Layer inside(Walk& walk, Layer layer, size_t header) {
  return walk.octets.size() > header ? walk.skip(header, layer) : kNone;
}

// draft-ietf-nvo3-vxlan-gpe-12 section 3: a flag says that octet 3 names what follows.
Layer vxlan_gpe(Walk& walk) {
  switch (walk.octets[3]) {
    case 1:
    case 2:
      return ip_inside(walk, 8);
    case 3:
      return inside(walk, Layer::ethernet, 8);
    case 4:
      return inside(walk, Layer::nsh, 8);
    case 5:
      return inside(walk, Layer::mpls, 8);
    default:
      return kNone;
  }
}

// RFC 7348 section 5: a flag says that there is an identifier; the rest is reserved (but a group
// policy has flag 0x80 and octets 1-3). Receivers ignore what is reserved, so if it is not 0 the
// frame inside must look like one. Both kinds are seen on the ports of either.
Layer vxlan(Walk& walk) {
  const Bytes octets = walk.octets;
  constexpr size_t kHeader = 8;
  constexpr uint8_t kIdentifier = 0x08;
  if (octets.size() < kHeader || (octets[0] & kIdentifier) == 0) return kNone;
  const uint8_t flags = octets[0] & 0x77;
  if (flags == 0x04 && octets[7] == 0) return vxlan_gpe(walk);
  if (flags == 0 && octets[7] == 0) return inside(walk, Layer::ethernet, kHeader);
  if (octets.size() < kHeader + 14) return kNone;
  const uint16_t type = be16(octets, kHeader + 12);
  return type == 0x0800 || type == 0x86DD ? walk.skip(kHeader, Layer::ethernet) : kNone;
}

// RFC 8926 section 3.4.
Layer geneve(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 8 || octets[0] >> 6 != 0 || (octets[1] & 0x3F) != 0 || octets[7] != 0) {
    return kNone;
  }
  const size_t header = 8 + (octets[0] & 0x3Fu) * 4;
  const uint16_t type = be16(octets, 2);
  if (type < 0x0600 || octets.size() <= header) return kNone;
  return walk.to_ethertype(type, header);
}

// 3GPP TS 29.281 section 5.1: version 1, not GTP', a G-PDU. The optional fields are all there if
// one of them is; extension headers count words of four octets and end with the next one's type.
Layer gtp_user(Walk& walk) {
  const Bytes octets = walk.octets;
  constexpr uint8_t kPacket = 255;
  if (octets.size() < 8 || (octets[0] & 0xF8) != 0x30 || octets[1] != kPacket) return kNone;
  if (be16(octets, 2) > walk.out.payload_length - 8) return kNone;
  if ((octets[0] & 0x07) == 0) return ip_inside(walk, 8);
  size_t header = 12;
  if (octets.size() < header) return kNone;
  uint8_t extension = (octets[0] & 0x04) != 0 ? octets[11] : uint8_t{0};
  while (extension != 0) {
    if (octets.size() <= header || octets[header] == 0) return kNone;
    header += octets[header] * size_t{4};
    if (octets.size() < header) return kNone;
    extension = octets[header - 1];
  }
  return ip_inside(walk, header);
}

// RFC 4380 section 5.1.1: perhaps authentication, perhaps the origin, then IPv6. A bubble holds
// nothing (next header 59) and keeps the NAT's mapping open, so it stays UDP.
Layer teredo(Walk& walk) {
  Bytes rest = walk.octets;
  if (rest.size() >= 4 && be16(rest, 0) == 1) {
    const size_t length = size_t{13} + rest[2] + rest[3];
    if (rest.size() < length) return kNone;
    rest = rest.subspan(length);
  }
  if (rest.size() >= 8 && be16(rest, 0) == 0) rest = rest.subspan(8);
  if (rest.size() < 40 || rest[0] >> 4 != 6 || rest[6] == 59) return kNone;
  const size_t header = walk.octets.size() - rest.size();
  // Trailers (RFC 6081) may follow, so the packet may be shorter than what is left.
  if (header + 40 + be16(rest, 4) > walk.out.payload_length) return kNone;
  return walk.skip(header, Layer::ipv6);
}

// RFC 2661 section 3.1, data messages of version 2 that carry IP.
Layer l2tp(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 8) return kNone;
  const uint16_t flags = be16(octets, 0);
  constexpr uint16_t kControl = 0x8000;
  constexpr uint16_t kLength = 0x4000;
  constexpr uint16_t kSequence = 0x0800;
  constexpr uint16_t kOffset = 0x0200;
  constexpr uint16_t kReserved = 0x34F0;
  if ((flags & (kControl | kReserved)) != 0 || (flags & 0x0F) != 2) return kNone;
  if ((flags & kLength) != 0 && be16(octets, 2) > walk.out.payload_length) return kNone;
  size_t header = (flags & kLength) != 0 ? 8 : 6;
  if ((flags & kSequence) != 0) header += 4;
  if ((flags & kOffset) != 0) {
    if (octets.size() < header + 2) return kNone;
    header += size_t{2} + be16(octets, header);
  }
  if (octets.size() < header + 4) return kNone;
  Bytes ppp = octets.subspan(header);
  if (ppp[0] == 0xFF && ppp[1] == 0x03) ppp = ppp.subspan(2);
  const bool ip = ppp[0] == 0x21 || ppp[0] == 0x57 || be16(ppp, 0) == 0x21 || be16(ppp, 0) == 0x57;
  return ip ? walk.skip(header, Layer::ppp) : kNone;
}

// draft-massar-v6ops-ayiya-02 section 3: identity and signature lengths, then what follows.
Layer ayiya(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 8) return kNone;
  const size_t header = 8 + (size_t{1} << (octets[0] >> 4)) + (octets[1] >> 4) * size_t{4};
  constexpr uint8_t kForward = 1;
  const uint8_t next = octets[3];
  if ((octets[2] & 0x0F) != kForward || (next != 4 && next != 41)) return kNone;
  return ip_inside(walk, header);
}

// RFC 9300 section 5.1; RFC 9301 section 5.8 for control messages that carry a packet.
Layer lisp_data(Walk& walk) {
  return ip_inside(walk, 8);
}

Layer lisp_control(Walk& walk) {
  constexpr uint8_t kEncapsulated = 8;
  if (walk.octets.empty() || walk.octets[0] >> 4 != kEncapsulated) return kNone;
  return ip_inside(walk, 4);
}

// RFC 7510.
Layer mpls_in_udp(Walk& walk) {
  return walk.octets.size() > 4 ? Layer::mpls : kNone;
}

// RFC 8086 section 3: version 0, and no source routes.
Layer gre_in_udp(Walk& walk) {
  if (walk.octets.size() < 4 || (be16(walk.octets, 0) & 0x4FFF) != 0) return kNone;
  return Layer::gre;
}

// RFC 5415 section 4.3, data in clear and in one piece: the length in words of four octets, then
// bits that tell Ethernet (RFC 5415) from IEEE 802.11 (RFC 5416).
Layer capwap_data(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 8 || octets[0] != 0) return kNone;
  const size_t header = (octets[1] >> 3) * size_t{4};
  constexpr uint8_t kNative = 0x01;
  constexpr uint8_t kFragment = 0x80;
  if (header < 8 || octets.size() < header + 14 || (octets[3] & kFragment) != 0) return kNone;
  if ((octets[2] & kNative) == 0) {
    const uint16_t type = be16(octets, header + 12);
    return type == 0x0800 || type == 0x86DD ? walk.skip(header, Layer::ethernet) : kNone;
  }
  constexpr uint8_t kWlan = 1;
  if ((octets[2] >> 1 & 0x1F) != kWlan) return kNone;
  if ((octets[header] & 0x0F) == 0x08) return walk.skip(header, Layer::wlan);
  // Cisco's access points swap the octets of the frame control.
  const bool swapped = (octets[header + 1] & 0x0F) == 0x08;
  return swapped ? walk.skip(header, Layer::wlan_swapped) : kNone;
}

Layer by_port(Walk& walk, uint16_t port) {
  switch (port) {
    case 1701:
      return l2tp(walk);
    case 2152:
      return gtp_user(walk);
    case 3544:
      return teredo(walk);
    case 4341:
      return lisp_data(walk);
    case 4342:
      return lisp_control(walk);
    case 4754:
      return gre_in_udp(walk);
    case 4789:
    case 4790:
    case 8472:
      return vxlan(walk);
    case 5247:
      return capwap_data(walk);
    case 5072:
      return ayiya(walk);
    case 6081:
      return geneve(walk);
    case 6635:
      return mpls_in_udp(walk);
    default:
      return kNone;
  }
}

}  // namespace

// RFC 2784 and RFC 2890; version 1 with an acknowledgment number and PPP is RFC 2637 section 4.1.
Layer gre_header(Walk& walk) {
  if (walk.octets.size() < 4) return walk.malformed();
  const uint16_t flags = be16(walk.octets, 0);
  const uint16_t type = be16(walk.octets, 2);
  const bool routed = (flags & 0x4000) != 0;
  const bool sequenced = (flags & 0x1000) != 0;
  const uint16_t version = flags & 0x0007;
  if (version > 1 || (version == 1 && type != 0x880B)) return walk.end(Outcome::other_transport);
  size_t header = 4;
  if ((flags & 0x8000) != 0 || routed) header += 4;
  if ((flags & 0x2000) != 0) header += 4;
  if (sequenced) header += 4;
  if (version == 1 && (flags & 0x0080) != 0) header += 4;
  if (walk.octets.size() < header) return walk.malformed();
  walk.octets = walk.octets.subspan(header);
  if (routed && !skip_source_routes(walk)) return walk.malformed();
  if (walk.octets.empty()) return walk.end(Outcome::other_transport);  // PPTP's acknowledgments
  return gre_payload(walk, type, sequenced);
}

// RFC 8300 section 2.
Layer nsh_header(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 8 || octets[0] >> 6 != 0) return walk.malformed();
  const size_t header = (octets[1] & 0x3Fu) * 4;
  if (header < 8) return walk.malformed();
  switch (octets[3]) {
    case 1:
      return walk.skip(header, Layer::ipv4);
    case 2:
      return walk.skip(header, Layer::ipv6);
    case 3:
      return walk.skip(header, Layer::ethernet);
    case 4:
      return walk.skip(header, Layer::nsh);
    case 5:
      return walk.skip(header, Layer::mpls);
    default:
      return walk.end(Outcome::not_ip);
  }
}

Layer udp_tunnel(Walk& walk) {
  const FiveTuple& tuple = walk.out.tuple;
  const Bytes datagram = walk.octets;
  walk.octets = walk.out.payload;
  Layer layer = by_port(walk, tuple.destination.port);
  if (layer == kNone) layer = by_port(walk, tuple.source.port);
  if (layer == kNone) {
    walk.octets = datagram;
    walk.outcome = Outcome::packet;
  } else {
    walk.carrier = walk.out;
  }
  return layer;
}

}  // namespace parlance::decode
