// IPv4 (RFC 791) and IPv6 (RFC 8200) headers.
#include <algorithm>
#include <limits>

#include "decode/walk.h"

namespace parlance::decode {
namespace {

uint32_t to_u32(size_t value) {
  return static_cast<uint32_t>(std::min<size_t>(value, std::numeric_limits<uint32_t>::max()));
}

void set_address(IpAddress& address, Bytes octets, uint8_t version) {
  address.version = version;
  std::copy(octets.begin(), octets.end(), address.octets.begin());
  std::fill(address.octets.begin() + static_cast<ptrdiff_t>(octets.size()), address.octets.end(),
            uint8_t{0});
}

// Leaves the payload of the IP packet in the walk: as captured, and its length as the header says.
void enter_payload(Walk& walk, size_t header, uint32_t total) {
  walk.out.wire_length = total;
  walk.length = total - to_u32(header);
  walk.octets = first_of(walk.octets.subspan(header), walk.length);
}

Layer extension_header(Walk& walk) {
  if (walk.octets.size() < 8) return walk.malformed();
  const size_t header = (size_t{walk.octets[1]} + 1) * 8;
  walk.protocol = walk.octets[0];
  if (header > walk.length) return walk.malformed();
  walk.length -= to_u32(header);
  return walk.skip(header, Layer::ip_payload);
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
  set_address(tuple.source.address, octets.subspan(12, 4), 4);
  set_address(tuple.destination.address, octets.subspan(16, 4), 4);
  walk.out.ttl = octets[8];
  walk.protocol = octets[9];
  enter_payload(walk, header, total);
  return Layer::ip_payload;
}

Layer ipv6_header(Walk& walk) {
  constexpr size_t kHeader = 40;
  const Bytes octets = walk.octets;
  if (octets.size() < kHeader || octets[0] >> 4 != 6) return walk.malformed();
  uint32_t total = be16(octets, 4) + uint32_t{kHeader};
  if (total == kHeader) total = to_u32(octets.size());  // a jumbogram, or as for IPv4

  FiveTuple& tuple = walk.out.tuple;
  set_address(tuple.source.address, octets.subspan(8, 16), 6);
  set_address(tuple.destination.address, octets.subspan(24, 16), 6);
  walk.protocol = octets[6];
  walk.out.ttl = octets[7];
  enter_payload(walk, kHeader, total);
  return Layer::ip_payload;
}

Layer ip_payload(Walk& walk) {
  switch (walk.protocol) {
    case 6:
      return tcp_header(walk);
    case 17:
      return udp_header(walk);
    case 4:
      return Layer::ipv4;
    case 41:
      return Layer::ipv6;
    case 0:   // hop-by-hop options
    case 43:  // routing
    case 60:  // destination options
      if (walk.out.tuple.source.address.version == 6) return extension_header(walk);
      return walk.end(Outcome::other_transport);
    case 1:
    case 58:
      return walk.end(Outcome::icmp);
    default:
      return walk.end(Outcome::other_transport);
  }
}

}  // namespace parlance::decode
