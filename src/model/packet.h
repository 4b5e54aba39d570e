// A packet as captured, and what decoding makes of it.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/time.h"
#include "model/five_tuple.h"

namespace parlance {

/// One record of a capture.
struct RawPacket {
  Bytes octets;                  ///< captured octets, borrowed until the next packet is read
  uint32_t original_length = 0;  ///< octets on the wire; may be more than were captured
  int link_type = 1;             ///< LINKTYPE_ value (1 is Ethernet)
  Timestamp time;
  uint64_t frame = 0;            ///< 1-based number in its file (or live capture), as Wireshark counts
  uint32_t source = 0;           ///< index of the file or interface, in the order they were given
};

/// TCP header flags (RFC 9293 section 3.1), the low octet.
namespace tcp_flag {
constexpr uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPush = 0x08, kAck = 0x10, kUrgent = 0x20;
}

/// A TCP segment or UDP datagram, its carriers removed.
struct DecodedPacket {
  FiveTuple tuple;               ///< of the innermost IP header
  Timestamp time;
  uint64_t frame = 0;
  uint64_t ordinal = 0;          ///< 1-based over all inputs, in the order read; set by the pipeline
  Timestamp clock;               ///< what the capture clock shows, never less than before; ditto
  uint32_t source = 0;
  uint32_t wire_length = 0;      ///< octets of the IP packet on the wire (its header included)
  Bytes payload;                 ///< captured octets after the transport header; borrowed
  uint32_t payload_length = 0;   ///< as the headers say; more than payload.size() if cut off
  uint32_t sequence = 0;         ///< TCP only
  uint32_t acknowledgment = 0;   ///< TCP only
  uint16_t window = 0;           ///< TCP only
  uint16_t urgent = 0;           ///< TCP only
  uint8_t flags = 0;             ///< TCP only
  uint8_t ttl = 0;               ///< TTL or hop limit of the innermost IP header
  bool bad_checksum = false;     ///< transport checksum wrong and not explained by offload
  std::array<uint16_t, 4> vlans{};  ///< VLAN identifiers, outermost first
  uint8_t vlan_count = 0;

  bool has(uint8_t flag) const { return (flags & flag) != 0; }
};

}  // namespace parlance
