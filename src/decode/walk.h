// The walk from a frame's first header to its transport header, one layer a step.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "decode/decoder.h"
#include "model/packet.h"

namespace parlance::decode {

/// The header that comes next.
enum class Layer : uint8_t {
  done,
  link,  ///< named by Walk::link_type
  ethernet,
  ethertype,  ///< named by Walk::ethertype
  llc,
  mpls,
  ppp,
  ip,  ///< version 4 or 6, as its first four bits say
  ipv4,
  ipv6,
  ip_payload,  ///< named by Walk::protocol
};

/// One frame on its way. Steps take headers off `octets` and name the next layer.
struct Walk {
  const RawPacket& raw;
  DecodedPacket& out;
  Bytes octets;         ///< captured, from the next header on
  uint32_t length = 0;  ///< of the IP payload from here on, as headers say
  int link_type = 0;
  uint16_t ethertype = 0;
  uint8_t protocol = 0;  ///< or next header
  Outcome outcome = Outcome::malformed;

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
Layer mpls_stack(Walk& walk);
Layer ppp_header(Walk& walk);
Layer ip_header(Walk& walk);
Layer ipv4_header(Walk& walk);
Layer ipv6_header(Walk& walk);
Layer ip_payload(Walk& walk);
Layer tcp_header(Walk& walk);
Layer udp_header(Walk& walk);

}  // namespace parlance::decode
