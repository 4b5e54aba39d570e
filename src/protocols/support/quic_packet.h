// QUIC's long headers (RFC 8999, RFC 9000 section 17.2, RFC 9369).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/byte_reader.h"

namespace parlance {

enum class QuicType : uint8_t { initial, zero_rtt, handshake, retry, version_negotiation };

/// A packet with a long header. Views are of the datagram.
struct QuicPacket {
  QuicType type = QuicType::initial;
  uint32_t version = 0;
  Bytes destination_id;
  Bytes source_id;
  Bytes octets;              ///< the whole packet, header included
  size_t number_offset = 0;  ///< of the (protected) packet number in `octets`
  Bytes token;               ///< Initial, Retry
  Bytes versions;            ///< Version Negotiation: four octets each, as many as there are
};

/// The next packet of a datagram, which has a long header; nothing if it is not whole and exact or
/// its version is not known. `greased`: the bit that is always set may be clear (RFC 9287), as in
/// packets to a peer that said it does not mind.
std::optional<QuicPacket> read_quic_packet(ByteReader& reader, bool greased = false);

constexpr uint32_t kQuicVersion1 = 1, kQuicVersion2 = 0x6b3343cf;

/// Of a Retry packet: the integrity tag, which ends it (RFC 9001 section 5.8).
constexpr size_t kQuicRetryTag = 16;

/// "1", "2", "draft-29", "mvfst-0xfaceb002", "Q050"; hexadecimal if it has no name.
std::string quic_version_name(uint32_t version);

}  // namespace parlance
