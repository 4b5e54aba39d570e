// The headers that link types of capture files begin with (https://www.tcpdump.org/linktypes.html).
#include "decode/walk.h"

namespace parlance::decode {
namespace {

// Address families as systems number them.
Layer family_payload(Walk& walk, uint32_t family, size_t header) {
  switch (family) {
    case 2:
      return walk.skip(header, Layer::ipv4);
    case 10:  // Linux
    case 23:  // Windows
    case 24:  // NetBSD, OpenBSD
    case 26:  // Solaris
    case 28:  // FreeBSD
    case 30:  // macOS
      return walk.skip(header, Layer::ipv6);
    default:
      return walk.end(Outcome::not_ip);
  }
}

// The family is in the byte order of a system that we do not know.
Layer null_header(Walk& walk) {
  if (walk.octets.size() < 4) return walk.malformed();
  const uint32_t big = be32(walk.octets, 0);
  return family_payload(walk, big > 0xFFFF ? le32(walk.octets, 0) : big, 4);
}

// OpenBSD's IPsec: family as above, index, flags.
Layer enc_header(Walk& walk) {
  if (walk.octets.size() < 12) return walk.malformed();
  const uint32_t big = be32(walk.octets, 0);
  return family_payload(walk, big > 0xFFFF ? le32(walk.octets, 0) : big, 12);
}

// OpenBSD's packet filter: a length without padding, then the family.
Layer pflog_header(Walk& walk) {
  if (walk.octets.size() < 2) return walk.malformed();
  return family_payload(walk, walk.octets[1], (walk.octets[0] + size_t{3}) / 4 * 4);
}

// Solaris: version, family, 22 octets about zones and interfaces.
Layer ipnet_header(Walk& walk) {
  if (walk.octets.size() < 2) return walk.malformed();
  return family_payload(walk, walk.octets[1], 24);
}

// BSD's SLIP: direction and 15 octets of compressed header.
Layer slip_header(Walk& walk) {
  return walk.skip(16, Layer::ip);
}

// A Linux "cooked" header's protocol: an Ethernet type, or one of a few numbers below.
Layer cooked_protocol(Walk& walk, uint16_t protocol, size_t header) {
  if (protocol == 0x0004) return walk.skip(header, Layer::llc);
  if (protocol < 0x0600) return walk.end(Outcome::not_ip);
  return walk.to_ethertype(protocol, header);
}

Layer sll_header(Walk& walk) {
  if (walk.octets.size() < 16) return walk.malformed();
  return cooked_protocol(walk, be16(walk.octets, 14), 16);
}

Layer sll2_header(Walk& walk) {
  if (walk.octets.size() < 20) return walk.malformed();
  return cooked_protocol(walk, be16(walk.octets, 0), 20);
}

// Cisco's HDLC: address, 0, an Ethernet type. RFC 1662's framing has other addresses.
Layer hdlc_header(Walk& walk) {
  if (walk.octets.size() < 4) return walk.malformed();
  const uint8_t address = walk.octets[0];
  if (address != 0x0F && address != 0x8F) return ppp_header(walk);
  return walk.to_ethertype(be16(walk.octets, 2), 4);
}

Layer pppoe_link(Walk& walk) {
  return walk.to_ethertype(0x8864, 0);
}

// The first octet is the direction; pppd's link type has it in place of the address.
Layer directed_ppp(Walk& walk) {
  const bool control = walk.octets.size() > 1 && walk.octets[1] == 0x03;
  return walk.skip(control ? 2 : 1, Layer::ppp);
}

// RFC 2427 section 4: address, control 3, perhaps padding, NLPID.
Layer frame_relay(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 4) return walk.malformed();
  if (octets[2] != 0x03) return walk.to_ethertype(be16(octets, 2), 4);  // Cisco's way
  switch (octets[3]) {
    case 0xCC:
      return walk.skip(4, Layer::ipv4);
    case 0x8E:
      return walk.skip(4, Layer::ipv6);
    default:
      return walk.end(Outcome::not_ip);
  }
}

// Frame control (an LLC frame, synchronous or not), two addresses.
Layer fddi_header(Walk& walk) {
  if (walk.octets.empty()) return walk.malformed();
  if ((walk.octets[0] & 0x70) != 0x50) return walk.end(Outcome::not_ip);
  return walk.skip(13, Layer::llc);
}

// IEEE 802.5: access and frame control, two addresses; the source's first bit says that a route
// follows, whose length is in the low five bits of its first octet.
Layer token_ring_header(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 15) return walk.malformed();
  if (octets[1] >> 6 != 1) return walk.end(Outcome::not_ip);
  const size_t route = (octets[8] & 0x80) != 0 ? octets[14] & 0x1Fu : 0;
  return walk.skip(14 + route, Layer::llc);
}

// RFC 2625: two addresses of eight octets.
Layer fibre_channel_header(Walk& walk) {
  return walk.skip(16, Layer::llc);
}

// RFC 1051 has a type alone; RFC 1201 a flag and sequence number after it.
Layer arcnet_types(Walk& walk, size_t at) {
  if (walk.octets.size() <= at) return walk.malformed();
  switch (walk.octets[at]) {
    case 240:
      return walk.skip(at + 1, Layer::ipv4);
    case 212:
      return walk.skip(at + 4, Layer::ipv4);
    case 196:
      return walk.skip(at + 4, Layer::ipv6);
    default:
      return walk.end(Outcome::not_ip);
  }
}

Layer arcnet_header(Walk& walk) {
  return arcnet_types(walk, 2);
}
Layer arcnet_linux_header(Walk& walk) {
  return arcnet_types(walk, 4);
}

// RFC 2734's addresses as macOS writes them: two of eight octets, an Ethernet type.
Layer firewire_header(Walk& walk) {
  if (walk.octets.size() < 18) return walk.malformed();
  return walk.to_ethertype(be16(walk.octets, 16), 18);
}

// Linux netfilter log: family, version, resource; then values, whose lengths count their heads and
// are in the byte order of the system.
Layer nflog_header(Walk& walk) {
  constexpr uint16_t kPayload = 9;
  if (walk.octets.size() < 4 || walk.octets[1] != 0) return walk.malformed();
  const uint8_t family = walk.octets[0];
  Bytes values = walk.octets.subspan(4);
  while (values.size() >= 4) {
    uint16_t length = le16(values, 0);
    uint16_t type = le16(values, 2);
    if (length < 4 || length > values.size() || (type & 0x7FFF) > 255) {
      length = be16(values, 0);
      type = be16(values, 2);
    }
    if (length < 4 || length > values.size()) return walk.malformed();
    if ((type & 0x7FFF) == kPayload) {
      walk.octets = values.subspan(4, length - size_t{4});
      return family_payload(walk, family, 0);
    }
    const size_t padded = (length + size_t{3}) / 4 * 4;
    values = values.subspan(padded < values.size() ? padded : values.size());
  }
  return walk.malformed();
}

// Local route header; global route header if it says so; base transport header of an unreliable
// datagram and its extension; RFC 4391's Ethernet type and two octets of nothing.
Layer infiniband_header(Walk& walk) {
  const Bytes octets = walk.octets;
  constexpr uint8_t kBase = 2;
  constexpr uint8_t kGlobal = 3;
  constexpr uint8_t kDatagram = 0x64;
  if (octets.size() < 8) return walk.malformed();
  const uint8_t next = octets[1] & 0x03;
  if (next != kBase && next != kGlobal) return walk.end(Outcome::not_ip);
  const size_t base = next == kGlobal ? 48 : 8;
  const size_t type = base + 12 + 8;
  if (octets.size() > base && octets[base] != kDatagram) return walk.end(Outcome::not_ip);
  if (octets.size() < type + 4) return walk.malformed();
  return walk.to_ethertype(be16(octets, type), type + 4);
}

// A global route header, then as above.
Layer ipoib_header(Walk& walk) {
  if (walk.octets.size() < 44) return walk.malformed();
  return walk.to_ethertype(be16(walk.octets, 40), 44);
}

// Endace: time, type, flags, lengths; more headers of eight octets while a first bit is set.
Layer erf_header(Walk& walk) {
  if (walk.octets.size() < 16) return walk.malformed();
  const uint8_t type = walk.octets[8];
  bool more = (type & 0x80) != 0;
  walk.octets = walk.octets.subspan(16);
  while (more) {
    if (walk.octets.size() < 8) return walk.malformed();
    more = (walk.octets[0] & 0x80) != 0;
    walk.octets = walk.octets.subspan(8);
  }
  switch (type & 0x7F) {
    case 1:
      return hdlc_header(walk);
    case 2:
    case 11:
    case 16:
    case 20:
      return walk.skip(2, Layer::ethernet);  // after an offset and a pad
    case 21:
      return infiniband_header(walk);
    case 22:
      return walk.skip(0, Layer::ipv4);
    case 23:
      return walk.skip(0, Layer::ipv6);
    default:
      return walk.end(Outcome::not_ip);
  }
}

// Juniper: "MGC", flags, perhaps extensions and their length. Without a link header (flag 4) four
// octets name the protocol in little-endian.
Layer juniper_header(Walk& walk, Layer next) {
  const Bytes octets = walk.octets;
  constexpr uint8_t kExtended = 0x80;
  constexpr uint8_t kNoLink = 0x04;
  if (octets.size() < 6 || be16(octets, 0) != 0x4D47 || octets[2] != 0x43) return walk.malformed();
  const size_t header = (octets[3] & kExtended) != 0 ? 6 + size_t{be16(octets, 4)} : 4;
  if ((octets[3] & kNoLink) == 0) return walk.skip(header, next);
  return walk.skip(header + 4, Layer::ip);
}

Layer juniper_ethernet(Walk& walk) {
  return juniper_header(walk, Layer::ethernet);
}
Layer juniper_ppp(Walk& walk) {
  return juniper_header(walk, Layer::ppp);
}

Layer next_link(Walk& walk, uint32_t type, size_t header) {
  walk.link_type = type > 0xFFFF ? -1 : static_cast<int>(type);
  return walk.skip(header, Layer::link);
}

// Per-packet information: version, flags, length and the real link type in little-endian.
Layer ppi_header(Walk& walk) {
  if (walk.octets.size() < 8) return walk.malformed();
  const uint16_t header = le16(walk.octets, 2);
  return header < 8 ? walk.malformed() : next_link(walk, le32(walk.octets, 4), header);
}

// Apple: length, record type, the real link type in little-endian.
Layer pktap_header(Walk& walk) {
  if (walk.octets.size() < 12) return walk.malformed();
  const uint32_t header = le32(walk.octets, 0);
  return header < 12 ? walk.malformed() : next_link(walk, le32(walk.octets, 8), header);
}

Layer netanalyzer_header(Walk& walk) {
  return walk.skip(4, Layer::ethernet);
}
Layer sunatm_header(Walk& walk) {
  return walk.skip(4, Layer::llc);
}

struct LinkType {
  int number;
  Layer (*step)(Walk&);
};

constexpr LinkType kLinkTypes[] = {
    {1, ethernet_header},
    {0, null_header},
    {6, token_ring_header},
    {7, arcnet_header},
    {8, slip_header},
    {9, hdlc_header},
    {10, fddi_header},
    {11, llc_header},
    {12, ip_header},
    {14, ip_header},
    {50, hdlc_header},
    {51, pppoe_link},
    {100, llc_header},
    {101, ip_header},
    {104, hdlc_header},
    {105, wlan_header},
    {107, frame_relay},
    {108, null_header},
    {109, enc_header},
    {113, sll_header},
    {117, pflog_header},
    {119, prism_header},
    {122, fibre_channel_header},
    {123, sunatm_header},
    {127, radiotap_header},
    {129, arcnet_linux_header},
    {138, firewire_header},
    {163, avs_header},
    {166, directed_ppp},
    {178, juniper_ethernet},
    {179, juniper_ppp},
    {192, ppi_header},
    {197, erf_header},
    {204, directed_ppp},
    {226, ipnet_header},
    {228, ipv4_header},
    {229, ipv6_header},
    {239, nflog_header},
    {240, netanalyzer_header},
    {242, ipoib_header},
    {247, infiniband_header},
    {258, pktap_header},
    {276, sll2_header},
};

const LinkType* find_link_type(int number) {
  for (const LinkType& type : kLinkTypes) {
    if (type.number == number) return &type;
  }
  return nullptr;
}

}  // namespace

Layer link_header(Walk& walk) {
  const LinkType* type = find_link_type(walk.link_type);
  return type == nullptr ? walk.end(Outcome::unsupported_link) : type->step(walk);
}

bool knows_link_type(int link_type) {
  return find_link_type(link_type) != nullptr;
}

}  // namespace parlance::decode
