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
};

/// The next packet of a datagram, which has a long header; nothing if it is not whole and exact or
/// its version is not known. The second bit is set in all packets but those of peers that agreed to let it
/// vary (RFC 9287): `any_bit` is for connections known to be QUIC.
std::optional<QuicPacket> read_quic_packet(ByteReader& reader, bool any_bit = false);

/// QUIC's variable-length integer (RFC 9000 section 16).
uint64_t read_quic_number(ByteReader& reader);

/// "1", "2", "draft-29", "mvfst-0xfaceb002", "Q050"; hexadecimal if it has no name.
std::string quic_version_name(uint32_t version);

}  // namespace parlance
