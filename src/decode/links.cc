// The headers that link types of capture files begin with (https://www.tcpdump.org/linktypes.html).
#include "decode/walk.h"

namespace parlance::decode {
namespace {

// The address family of a system that we do not know, in a byte order that we do not know.
Layer null_header(Walk& walk) {
  if (walk.octets.size() < 4) return walk.malformed();
  const uint32_t big = be32(walk.octets, 0);
  const uint32_t family = big > 0xFFFF ? le32(walk.octets, 0) : big;
  switch (family) {
    case 2:
      return walk.skip(4, Layer::ipv4);
    case 10:  // Linux
    case 23:  // Windows
    case 24:  // NetBSD, OpenBSD
    case 28:  // FreeBSD
    case 30:  // macOS
      return walk.skip(4, Layer::ipv6);
    default:
      return walk.end(Outcome::not_ip);
  }
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

struct LinkType {
  int number;
  Layer (*step)(Walk&);
};

constexpr LinkType kLinkTypes[] = {
    {1, ethernet_header}, {0, null_header},   {9, ppp_header},    {12, ip_header},
    {14, ip_header},      {50, ppp_header},   {101, ip_header},   {108, null_header},
    {113, sll_header},    {228, ipv4_header}, {229, ipv6_header}, {276, sll2_header},
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
