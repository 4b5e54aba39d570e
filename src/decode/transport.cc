// TCP (RFC 9293 section 3.1) and UDP (RFC 768) headers.
#include "decode/walk.h"

namespace parlance::decode {
namespace {

// `header` may be more than was captured: the options, not what we need, are cut off then.
void deliver(Walk& walk, Transport transport, size_t header, uint32_t payload_length) {
  DecodedPacket& out = walk.out;
  out.tuple.transport = transport;
  out.tuple.source.port = be16(walk.octets, 0);
  out.tuple.destination.port = be16(walk.octets, 2);
  const size_t captured = walk.octets.size();
  out.payload =
      first_of(walk.octets.subspan(captured < header ? captured : header), payload_length);
  out.payload_length = payload_length;
  walk.outcome = Outcome::packet;
}

// What is wrong and for how sure, see Checksums.
bool is_wrong(Walk& walk, uint32_t length, size_t field) {
  const bool automatic = walk.context.checksums == Checksums::automatic;
  SenderTable::Sender& sender = walk.context.senders.of(walk.out.tuple.source.address);
  const bool empty = walk.out.payload.empty();
  if (automatic && empty && sender.right > 0) return false;  // empty ones only show who is credible
  const InternetSum pseudo_header = pseudo_header_sum(walk.out.tuple, length);
  InternetSum sum = pseudo_header;
  sum.add(walk.octets.first(length));
  const bool right = sum.folded() == 0xFFFF;
  if (!automatic) return !right;
  if (!right && be16(walk.octets, field) == pseudo_header.folded()) return false;
  sender.count(right);
  return !right && !empty && sender.credible();
}

// `length` is that of the segment, `field` where its checksum is.
void verify_checksum(Walk& walk, uint32_t length, size_t field) {
  if (walk.context.checksums == Checksums::none) return;
  if (walk.octets.size() < length || !walk.at_destination) return;
  if (is_wrong(walk, length, field)) {
    walk.out.bad_checksum = true;
    ++walk.context.counters.bad_checksums;
  }
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
  deliver(walk, Transport::tcp, header, walk.length - header);
  verify_checksum(walk, walk.length, 16);
  return Layer::done;
}

Layer udp_header(Walk& walk) {
  const Bytes octets = walk.octets;
  if (octets.size() < 8 || walk.length < 8) return walk.malformed();
  uint32_t length = be16(octets, 4);
  if (length == 0) length = walk.length;  // RFC 2675 section 4, and cards as for IPv4
  if (length < 8 || length > walk.length) return walk.malformed();
  deliver(walk, Transport::udp, 8, length - 8);
  const Layer inner = udp_tunnel(walk);
  if (inner != Layer::done) return inner;
  constexpr size_t kChecksum = 6;
  if (be16(octets, kChecksum) != 0) verify_checksum(walk, length, kChecksum);
  return Layer::done;
}

}  // namespace parlance::decode
