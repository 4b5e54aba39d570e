// The walk from a frame's first header to its transport header, one layer a step.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "decode/checksum.h"
#include "decode/decoder.h"
#include "decode/fragments.h"
#include "model/packet.h"

namespace parlance::decode {

/// What stays from packet to packet.
struct Context {
  Context(const Limits& bounds, Checksums mode) : limits(bounds), checksums(mode) {}

  const Limits limits;
  const Checksums checksums;
  Counters counters;
  Reassembler fragments{limits, counters};
  SenderTable senders;
};

/// The header that comes next.
enum class Layer : uint8_t {
  done,
  link,  ///< named by Walk::link_type
  ethernet,
  ethertype,  ///< named by Walk::ethertype
  llc,
  wlan,          ///< IEEE 802.11
  wlan_swapped,  ///< the same, the octets of its first field swapped
  mpls,
  ppp,
  nsh,  ///< RFC 8300
  gre,
  ip,  ///< version 4 or 6, as its first four bits say
  ipv4,
  ipv6,
  ip_payload,  ///< named by Walk::protocol
};

/// One frame on its way. Steps take headers off `octets` and name the next layer.
struct Walk {
  Walk(Context& stays, const RawPacket& packet, DecodedPacket& result)
      : context(stays),
        raw(packet),
        out(result),
        octets(packet.octets),
        link_type(packet.link_type) {}

  Context& context;
  const RawPacket& raw;
  DecodedPacket& out;
  Bytes octets;         ///< captured, from the next header on
  uint32_t length = 0;  ///< of the IP payload from here on, as headers say
  int link_type = 0;
  uint16_t ethertype = 0;
  uint8_t protocol = 0;  ///< or next header
  Outcome outcome = Outcome::malformed;
  bool put_together = false;   ///< `octets` are a buffer of the reassembler
  bool at_destination = true;  ///< false if a source route goes on: checksums are of its end
  std::optional<DecodedPacket> carrier;  ///< what it is if the tunnel it seems to be is none

  Layer end(Outcome with) {
    outcome = with;
    return Layer::done;
  }
  Layer malformed() { return end(Outcome::malformed); }
  /// Takes `count` octets off, or says that they are not there.
  Layer skip(size_t count, Layer next) {
    if (octets.size() < count) return malformed();
    octets = octets.subspan(count);
    return next;
  }
  Layer to_ethertype(uint16_t type, size_t header) {
    ethertype = type;
    return skip(header, Layer::ethertype);
  }
};

/// Octets `at` and on as a number in network byte order; the caller has compared with size().
inline uint16_t be16(Bytes bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}
inline uint32_t be32(Bytes bytes, size_t at) {
  return static_cast<uint32_t>(be16(bytes, at)) << 16 | be16(bytes, at + 2);
}
inline uint16_t le16(Bytes bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at + 1] << 8 | bytes[at]);
}
inline uint32_t le32(Bytes bytes, size_t at) {
  return static_cast<uint32_t>(le16(bytes, at + 2)) << 16 | le16(bytes, at);
}

// Each takes the header of its layer off the walk.
Layer link_header(Walk& walk);
Layer ethernet_header(Walk& walk);
Layer ethertype_payload(Walk& walk);
Layer llc_header(Walk& walk);
Layer wlan_header(Walk& walk);
Layer swapped_wlan_header(Walk& walk);
Layer radiotap_header(Walk& walk);
Layer prism_header(Walk& walk);
Layer avs_header(Walk& walk);
Layer mpls_stack(Walk& walk);
Layer ppp_header(Walk& walk);
Layer nsh_header(Walk& walk);
Layer gre_header(Walk& walk);
Layer ip_header(Walk& walk);
Layer ipv4_header(Walk& walk);
Layer ipv6_header(Walk& walk);
Layer ip_payload(Walk& walk);
Layer tcp_header(Walk& walk);
Layer udp_header(Walk& walk);

/// Takes the header of the tunnel that uses the ports of `walk.out` off the walk if there is one in
/// its octets, a UDP payload; otherwise does nothing and says done.
Layer udp_tunnel(Walk& walk);

}  // namespace parlance::decode
