#include "support/wire.h"

#include "base/byte_reader.h"
#include "base/bytes.h"
#include "decode/checksum.h"

namespace parlance::test {
namespace {

constexpr uint16_t kIpv4 = 0x0800, kIpv6 = 0x86dd;

/// The octets before an IP header, or nothing if none comes.
std::optional<size_t> link_length(const Frame& frame) {
  ByteReader reader(as_bytes(frame.octets));
  uint16_t type = 0;
  switch (frame.link_type) {
    case 0:
    case 108:
      return 4;
    case 12:
    case 101:
      return 0;
    case 1:
      reader.skip(12);
      type = reader.be16();
      break;
    case 113:
      reader.skip(14);
      type = reader.be16();
      break;
    case 276:
      type = reader.be16();
      reader.skip(18);
      break;
    default:
      return std::nullopt;
  }
  while (type == 0x8100 || type == 0x88a8) {
    reader.skip(2);
    type = reader.be16();
  }
  if (!reader.ok() || (type != kIpv4 && type != kIpv6)) return std::nullopt;
  return reader.position();
}

/// Lengths of an IP packet's parts.
struct Parts {
  size_t header = 0;
  size_t whole = 0;
  uint8_t protocol = 0;
};

std::optional<Parts> ip_parts(const std::string& octets) {
  ByteReader reader(as_bytes(octets));
  const uint8_t first = reader.u8();
  Parts parts;
  if (first >> 4 == 4) {
    reader.skip(1);
    parts.whole = reader.be16();
    reader.skip(2);
    const bool fragment = (reader.be16() & 0x3fff) != 0;
    reader.skip(1);
    parts.protocol = reader.u8();
    parts.header = (first & 0xfu) * 4;
    if (fragment) return std::nullopt;
    if (parts.whole == 0) parts.whole = octets.size();  // segmentation was left to the hardware
  } else if (first >> 4 == 6) {
    reader.skip(3);
    parts.header = 40;
    parts.whole = 40u + reader.be16();
    parts.protocol = reader.u8();
  }
  if (!reader.ok() || parts.header < 20 || parts.whole < parts.header) return std::nullopt;
  if (parts.whole > octets.size()) return std::nullopt;
  return parts;
}

uint16_t inverted(const decode::InternetSum& sum) {
  return static_cast<uint16_t>(~sum.folded());
}

}  // namespace

std::string be16(uint64_t value) {
  return {static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}
std::string be32(uint64_t value) {
  return be16(value >> 16) + be16(value);
}

void fix_ipv4_checksum(std::string& header) {
  header.replace(10, 2, 2, '\0');
  decode::InternetSum sum;
  sum.add(as_bytes(header));
  header.replace(10, 2, be16(inverted(sum)));
}

std::string ipv4_header(uint8_t protocol, size_t body_length, const std::string& source,
                        const std::string& destination) {
  std::string header = std::string("\x45\0", 2) + be16(20 + body_length) +
                       std::string("\0\0\0\0\x40", 5) + static_cast<char>(protocol) +
                       std::string(2, '\0') + source + destination;
  fix_ipv4_checksum(header);
  return header;
}

std::optional<Wire> Wire::of(const Frame& frame) {
  const auto before = link_length(frame);
  if (!before || *before > frame.octets.size()) return std::nullopt;
  const std::string octets = frame.octets.substr(*before);
  const auto parts = ip_parts(octets);
  if (!parts || (parts->protocol != 6 && parts->protocol != 17)) return std::nullopt;
  const std::string body = octets.substr(parts->header, parts->whole - parts->header);
  size_t header = 8;
  if (parts->protocol == 6) {
    if (body.size() < 20) return std::nullopt;
    header = (static_cast<uint8_t>(body[12]) >> 4) * 4u;
    if (header < 20) return std::nullopt;
  }
  if (body.size() < header) return std::nullopt;
  Wire wire;
  wire.origin = {frame.nanoseconds, frame.link_type, frame.original_length, {}};
  wire.link = frame.octets.substr(0, *before);
  wire.ip = octets.substr(0, parts->header);
  wire.transport = body.substr(0, header);
  wire.payload = body.substr(header);
  return wire;
}

uint16_t Wire::port(size_t which) const {
  return ByteReader(as_bytes(transport).subspan(2 * which, 2)).be16();
}
void Wire::set_port(size_t which, uint16_t port) {
  transport.replace(2 * which, 2, be16(port));
}

uint32_t Wire::number(size_t at) const {
  return ByteReader(as_bytes(transport).subspan(at, 4)).be32();
}
void Wire::set_number(size_t at, uint32_t value) {
  transport.replace(at, 4, be32(value));
}

std::string Wire::end(size_t which) const {
  const size_t length = is_v6() ? 16 : 4;
  return ip.substr((is_v6() ? 8 : 12) + which * length, length) + transport.substr(2 * which, 2);
}

std::string Wire::packet() const {
  std::string head = ip, body = transport + payload;
  const bool v6 = is_v6();
  if (v6) {
    head.replace(4, 2, be16(body.size()));
  } else {
    head.replace(2, 2, be16(head.size() + body.size()));
    fix_ipv4_checksum(head);
  }
  const bool unchecked = !is_tcp() && !v6 && transport.substr(6, 2) == std::string(2, '\0');
  if (!is_tcp()) body.replace(4, 2, be16(body.size()));
  if (!unchecked) {
    const size_t at = is_tcp() ? 16 : 6, addresses = v6 ? 8 : 12;
    body.replace(at, 2, 2, '\0');
    const std::string pseudo =
        head.substr(addresses).substr(0, v6 ? 32 : 8) + be32(body.size()) + be32(protocol());
    decode::InternetSum sum;
    sum.add(as_bytes(pseudo));
    sum.add(as_bytes(body));
    uint16_t value = inverted(sum);
    if (value == 0 && !is_tcp()) value = 0xffff;
    body.replace(at, 2, be16(value));
  }
  return head + body;
}

Frame Wire::frame() const {
  return frame_of(link, packet(), origin.link_type);
}

Frame Wire::frame_of(const std::string& link_header, const std::string& packet,
                     int link_type) const {
  Frame made;
  made.nanoseconds = origin.nanoseconds;
  made.link_type = link_type;
  made.octets = link_header + packet;
  made.original_length = static_cast<uint32_t>(made.octets.size());
  return made;
}

}  // namespace parlance::test
