// TCP (RFC 9293 section 3.1) and UDP (RFC 768) headers.
#include "decode/walk.h"

namespace parlance::decode {
namespace {

// `header` may be more than was captured: the options, not what we need, are cut off then.
Layer deliver(Walk& walk, Transport transport, size_t header, uint32_t payload_length) {
  DecodedPacket& out = walk.out;
  out.tuple.transport = transport;
  out.tuple.source.port = be16(walk.octets, 0);
  out.tuple.destination.port = be16(walk.octets, 2);
  const size_t captured = walk.octets.size();
  out.payload =
      first_of(walk.octets.subspan(captured < header ? captured : header), payload_length);
  out.payload_length = payload_length;
  return walk.end(Outcome::packet);
}

}  // namespace

Layer tcp_header(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 20) return walk.malformed();
  const uint32_t header = (octets[12] >> 4) * 4u;
  if (header < 20 || header > walk.length) return walk.malformed();
  DecodedPacket& out = walk.out;
  out.sequence = be32(octets, 4);
  out.acknowledgment = be32(octets, 8);
  out.flags = octets[13];
  out.window = be16(octets, 14);
  out.urgent = be16(octets, 18);
  return deliver(walk, Transport::tcp, header, walk.length - header);
}

Layer udp_header(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 8 || walk.length < 8) return walk.malformed();
  uint32_t length = be16(octets, 4);
  if (length == 0) length = walk.length;  // RFC 2675 section 4, and cards as for IPv4
  if (length < 8 || length > walk.length) return walk.malformed();
  return deliver(walk, Transport::udp, 8, length - 8);
}

}  // namespace parlance::decode
