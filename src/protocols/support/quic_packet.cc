#include "protocols/support/quic_packet.h"

#include <fmt/format.h>

namespace parlance {
namespace {

constexpr uint32_t kVersion1 = 1, kVersion2 = 0x6b3343cf;
constexpr size_t kIdAtMost = 20;           // RFC 9000 section 17.2
constexpr size_t kRetryTag = 16;           // RFC 9001 section 5.8
constexpr uint64_t kShortestPayload = 20;  // packet number and sample, RFC 9001 section 5.4.2

bool is_draft(uint32_t version) {
  return version >= 0xff000016 && version <= 0xff000022;
}
bool is_mvfst(uint32_t version) {
  return version >> 4 == 0xfaceb00;
}
/// Google's Q050, T050 and T051 have these headers, too.
bool is_google(uint32_t version) {
  return version == 0x51303530 || version == 0x54303530 || version == 0x54303531;
}
bool is_known(uint32_t version) {
  return version == kVersion1 || version == kVersion2 || is_draft(version) || is_mvfst(version) ||
         is_google(version);
}

QuicType type_of(uint8_t first, uint32_t version) {
  constexpr QuicType kTypes[] = {QuicType::initial, QuicType::zero_rtt, QuicType::handshake,
                                 QuicType::retry};
  const unsigned bits = first >> 4 & 3U;
  // RFC 9369 section 3.2 turns the numbers by one.
  return kTypes[version == kVersion2 ? (bits + 3) % 4 : bits];
}

bool read_id(ByteReader& reader, Bytes& id) {
  id = reader.bytes(reader.u8());
  return reader.ok() && id.size() <= kIdAtMost;
}

/// RFC 9000 section 17.2.1: the versions fill the datagram.
bool read_version_list(ByteReader& reader) {
  if (reader.remaining() == 0 || reader.remaining() % 4 != 0) return false;
  reader.skip(reader.remaining());
  return true;
}

/// What follows the connection identifiers, up to the packet's end.
bool read_rest(ByteReader& reader, const Bytes whole, size_t& number_offset, QuicType type) {
  if (type == QuicType::version_negotiation) return read_version_list(reader);
  if (type == QuicType::retry) {
    if (reader.remaining() <= kRetryTag) return false;  // a token, then the tag
    reader.skip(reader.remaining());
    return true;
  }
  if (type == QuicType::initial) {
    const uint64_t token = read_quic_number(reader);
    if (token > reader.remaining()) return false;
    reader.skip(static_cast<size_t>(token));
  }
  const uint64_t length = read_quic_number(reader);
  number_offset = whole.size() - reader.remaining();
  if (!reader.ok() || length < kShortestPayload || length > reader.remaining()) return false;
  reader.skip(static_cast<size_t>(length));
  return true;
}

}  // namespace

uint64_t read_quic_number(ByteReader& reader) {
  const uint8_t first = reader.u8();
  uint64_t value = first & 0x3f;
  for (int more = (1 << (first >> 6)) - 1; more > 0; --more) value = value << 8 | reader.u8();
  return value;
}

std::optional<QuicPacket> read_quic_packet(ByteReader& reader, bool any_bit) {
  const Bytes whole = reader.rest();
  QuicPacket packet;
  const uint8_t first = reader.u8();
  packet.version = reader.be32();
  if ((first & 0x80) == 0 || !reader.ok()) return std::nullopt;
  const bool fixed_bit = any_bit || (first & 0x40) != 0;
  if (packet.version != 0 && (!is_known(packet.version) || !fixed_bit)) return std::nullopt;
  packet.type =
      packet.version == 0 ? QuicType::version_negotiation : type_of(first, packet.version);
  if (!read_id(reader, packet.destination_id) || !read_id(reader, packet.source_id) ||
      !read_rest(reader, whole, packet.number_offset, packet.type)) {
    return std::nullopt;
  }
  packet.octets = whole.first(whole.size() - reader.remaining());
  return packet;
}

std::string quic_version_name(uint32_t version) {
  if (version == kVersion1) return "1";
  if (version == kVersion2) return "2";
  if (is_draft(version)) return fmt::format("draft-{}", version & 0xff);
  if (is_mvfst(version)) return fmt::format("mvfst-0x{:08x}", version);
  const char letter = static_cast<char>(version >> 24);
  if (letter == 'Q' || letter == 'T') {
    return {letter, static_cast<char>(version >> 16 & 0xff), static_cast<char>(version >> 8 & 0xff),
            static_cast<char>(version & 0xff)};
  }
  return fmt::format("0x{:08x}", version);
}

}  // namespace parlance
