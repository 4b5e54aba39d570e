#include "protocols/support/quic_packet.h"

#include <fmt/format.h>

#include "protocols/support/quic_frames.h"

namespace parlance {
namespace {

constexpr size_t kIdAtMost = 20;           // RFC 9000 section 17.2
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
  return version == kQuicVersion1 || version == kQuicVersion2 || is_draft(version) || is_mvfst(version) ||
         is_google(version);
}

QuicType type_of(uint8_t first, uint32_t version) {
  constexpr QuicType kTypes[] = {QuicType::initial, QuicType::zero_rtt, QuicType::handshake,
                                 QuicType::retry};
  const unsigned bits = first >> 4 & 3U;
  // RFC 9369 section 3.2 turns the numbers by one.
  return kTypes[version == kQuicVersion2 ? (bits + 3) % 4 : bits];
}

bool read_id(ByteReader& reader, Bytes& id) {
  id = reader.bytes(reader.u8());
  return reader.ok() && id.size() <= kIdAtMost;
}

/// RFC 9000 section 17.2.1: the versions fill the datagram.
bool read_version_list(ByteReader& reader, QuicPacket& packet) {
  if (reader.remaining() == 0 || reader.remaining() % 4 != 0) return false;
  packet.versions = reader.bytes(reader.remaining());
  return true;
}

/// RFC 9000 section 17.2.5: a token, then the tag, up to the datagram's end.
bool read_retry(ByteReader& reader, QuicPacket& packet) {
  if (reader.remaining() <= kQuicRetryTag) return false;
  packet.token = reader.bytes(reader.remaining() - kQuicRetryTag);
  reader.skip(kQuicRetryTag);
  return true;
}

/// What follows the connection identifiers, up to the packet's end.
bool read_rest(ByteReader& reader, const Bytes whole, QuicPacket& packet) {
  if (packet.type == QuicType::version_negotiation) return read_version_list(reader, packet);
  if (packet.type == QuicType::retry) return read_retry(reader, packet);
  if (packet.type == QuicType::initial) {
    const uint64_t token = read_quic_number(reader);
    if (token > reader.remaining()) return false;
    packet.token = reader.bytes(static_cast<size_t>(token));
  }
  const uint64_t length = read_quic_number(reader);
  packet.number_offset = whole.size() - reader.remaining();
  if (!reader.ok() || length < kShortestPayload || length > reader.remaining()) return false;
  reader.skip(static_cast<size_t>(length));
  return true;
}

}  // namespace

std::optional<QuicPacket> read_quic_packet(ByteReader& reader, bool greased) {
  const Bytes whole = reader.rest();
  QuicPacket packet;
  const uint8_t first = reader.u8();
  packet.version = reader.be32();
  if ((first & 0x80) == 0 || !reader.ok()) return std::nullopt;
  if (packet.version != 0 && (!is_known(packet.version) || ((first & 0x40) == 0 && !greased))) {
    return std::nullopt;
  }
  packet.type =
      packet.version == 0 ? QuicType::version_negotiation : type_of(first, packet.version);
  if (!read_id(reader, packet.destination_id) || !read_id(reader, packet.source_id) ||
      !read_rest(reader, whole, packet)) {
    return std::nullopt;
  }
  packet.octets = whole.first(whole.size() - reader.remaining());
  return packet;
}

std::string quic_version_name(uint32_t version) {
  if (version == kQuicVersion1) return "1";
  if (version == kQuicVersion2) return "2";
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
