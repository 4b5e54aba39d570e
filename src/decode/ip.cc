// IPv4 (RFC 791) and IPv6 (RFC 8200) headers.
#include <algorithm>
#include <limits>

#include "decode/walk.h"

namespace parlance::decode {
namespace {

uint32_t to_u32(size_t value) {
  return static_cast<uint32_t>(std::min<size_t>(value, std::numeric_limits<uint32_t>::max()));
}

// The caller has compared `at` with the size.
template <size_t kLength>
void set_address(IpAddress& address, Bytes octets, size_t at) {
  address.version = kLength == 4 ? 4 : 6;
  const auto from = octets.begin() + static_cast<ptrdiff_t>(at);
  const auto rest = std::copy_n(from, kLength, address.octets.begin());
  std::fill(rest, address.octets.end(), uint8_t{0});
}

// Leaves the payload of the IP packet in the walk: as captured, and its length as the header says.
void enter_payload(Walk& walk, size_t header, uint32_t total) {
  walk.out.wire_length = total;
  walk.length = total - to_u32(header);
  walk.octets = first_of(walk.octets.subspan(header), walk.length);
}

struct Position {
  uint32_t identification;
  uint32_t offset;
  bool more;
};

// `key_protocol` sets datagrams of the same identification apart. Kept out of the headers'
// functions: what it needs on the stack would be set up for each packet.
[[gnu::noinline]] Layer fragment(Walk& walk, const Position& at, uint8_t key_protocol) {
  const FiveTuple& tuple = walk.out.tuple;
  const FragmentKey key{tuple.source.address, tuple.destination.address, at.identification,
                        key_protocol};
  if (walk.octets.size() < walk.length) {  // cut off by the capture, so never complete
    ++walk.context.counters.fragments;
    ++walk.context.counters.fragments_dropped;
    return walk.end(Outcome::fragment_held);
  }
  const auto datagram = walk.context.fragments.add(
      {key, at.offset, at.more, walk.protocol, walk.octets, walk.raw.time}, walk.put_together);
  if (!datagram) return walk.end(Outcome::fragment_held);
  walk.put_together = true;
  walk.out.wire_length -= walk.length;
  walk.octets = datagram->payload;
  walk.length = to_u32(datagram->payload.size());
  walk.out.wire_length += walk.length;
  walk.protocol = datagram->protocol;
  return Layer::ip_payload;
}

// Takes a header of `header` octets off whose first octet names what follows.
Layer skip_header(Walk& walk, size_t header) {
  if (header > walk.length || walk.octets.size() < header) return walk.malformed();
  walk.protocol = walk.octets[0];
  walk.length -= to_u32(header);
  return walk.skip(header, Layer::ip_payload);
}

Layer extension_header(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 8) return walk.malformed();
  constexpr uint8_t kRouting = 43;
  if (walk.protocol == kRouting && octets[3] > 0) walk.at_destination = false;  // segments left
  return skip_header(walk, (size_t{octets[1]} + 1) * 8);
}

// RFC 4302 section 2.2: the length counts words of four octets, less two.
Layer authentication_header(Walk& walk) {
  if (walk.octets.size() < 12) return walk.malformed();
  return skip_header(walk, (size_t{walk.octets[1]} + 2) * 4);
}

Layer fragment_header(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 8) return walk.malformed();
  const Position at{be32(octets, 4), be16(octets, 2) & 0xFFF8u, (octets[3] & 1) != 0};
  const Layer layer = skip_header(walk, 8);
  if (layer == Layer::done || (at.offset == 0 && !at.more)) return layer;  // RFC 6946: atomic
  return fragment(walk, at, 0);
}

Layer icmp(Walk& walk) {
  if (walk.octets.empty()) return walk.malformed();
  const uint8_t type = walk.octets[0];
  const bool error = walk.protocol == 58
                         ? type < 128  // RFC 4443 section 2.1
                         : type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
  return walk.end(error ? Outcome::icmp_error : Outcome::icmp);
}

// RFC 791 section 3.1: with a source route, the destination is that of the next hop.
bool has_source_route(Bytes options) {
  constexpr uint8_t kEnd = 0;
  constexpr uint8_t kNothing = 1;
  constexpr uint8_t kLoose = 131;
  constexpr uint8_t kStrict = 137;
  while (!options.empty() && options[0] != kEnd) {
    if (options[0] == kLoose || options[0] == kStrict) return true;
    const size_t length = options[0] == kNothing ? 1 : options.size() < 2 ? 0 : options[1];
    if (length == 0 || length > options.size()) return false;
    options = options.subspan(length);
  }
  return false;
}

}  // namespace

Layer ip_header(Walk& walk) {
  if (walk.octets.empty()) return walk.malformed();
  const uint8_t version = walk.octets[0] >> 4;
  if (version == 4) return ipv4_header(walk);
  return version == 6 ? ipv6_header(walk) : walk.malformed();
}

Layer ipv4_header(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 20 || octets[0] >> 4 != 4) return walk.malformed();
  const size_t header = size_t{octets[0] & 0x0Fu} * 4;
  uint32_t total = be16(octets, 2);
  // A card that cuts segments itself is handed packets of any size with a total length of 0.
  if (total == 0) total = to_u32(octets.size());
  if (header < 20 || total < header || octets.size() < header) return walk.malformed();

  FiveTuple& tuple = walk.out.tuple;
  set_address<4>(tuple.source.address, octets, 12);
  set_address<4>(tuple.destination.address, octets, 16);
  walk.out.ttl = octets[8];
  walk.protocol = octets[9];
  walk.at_destination = header == 20 || !has_source_route(octets.subspan(20, header - 20));
  enter_payload(walk, header, total);
  const uint16_t position = be16(octets, 6);
  if ((position & 0x3FFF) == 0) return ip_payload(walk);  // whole
  const Position at{be16(octets, 4), (position & 0x1FFFu) * 8, (position & 0x2000) != 0};
  return fragment(walk, at, walk.protocol);
}

Layer ipv6_header(Walk& walk) {
  constexpr size_t kHeader = 40;
  const Bytes octets = walk.octets;
  if (octets.size() < kHeader || octets[0] >> 4 != 6) return walk.malformed();
  uint32_t total = be16(octets, 4) + uint32_t{kHeader};
  if (total == kHeader) total = to_u32(octets.size());  // a jumbogram, or as for IPv4

  FiveTuple& tuple = walk.out.tuple;
  set_address<16>(tuple.source.address, octets, 8);
  set_address<16>(tuple.destination.address, octets, 24);
  walk.protocol = octets[6];
  walk.out.ttl = octets[7];
  walk.at_destination = true;
  enter_payload(walk, kHeader, total);
  return ip_payload(walk);
}

Layer ip_payload(Walk& walk) {
  switch (walk.protocol) {
    case 6:
      return tcp_header(walk);
    case 17:
      return udp_header(walk);
    case 1:
    case 58:
      return icmp(walk);
    case 4:
    case 94:
      return Layer::ipv4;
    case 41:
      return Layer::ipv6;
    case 47:
      return Layer::gre;
    case 51:
      return authentication_header(walk);
    case 97:
      return walk.skip(2, Layer::ethernet);  // RFC 3378
    case 137:
      return Layer::mpls;  // RFC 4023
    default:
      break;
  }
  if (walk.out.tuple.source.address.version != 6) return walk.end(Outcome::other_transport);
  switch (walk.protocol) {
    case 0:    // hop-by-hop options
    case 43:   // routing
    case 60:   // destination options
    case 135:  // mobility
    case 139:  // host identity
    case 140:  // shim6
      return extension_header(walk);
    case 44:
      return fragment_header(walk);
    default:
      return walk.end(Outcome::other_transport);
  }
}

}  // namespace parlance::decode
