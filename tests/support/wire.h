// A TCP or UDP packet of a capture, taken apart to be changed and put together again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "support/capture_files.h"

namespace parlance::test {

/// Holds the octets of each header as they were; frame() makes lengths and checksums right.
struct Wire {
  Frame origin;           ///< for its time and link type
  std::string link;       ///< everything before the IP header
  std::string ip;         ///< its options included
  std::string transport;  ///< ditto
  std::string payload;

  /// Nothing for what is no whole TCP segment or UDP datagram right in an IP packet.
  static std::optional<Wire> of(const Frame& frame);

  bool is_v6() const { return (static_cast<uint8_t>(ip[0]) >> 4) == 6; }
  bool is_tcp() const { return protocol() == 6; }
  uint8_t protocol() const { return static_cast<uint8_t>(ip[is_v6() ? 6 : 9]); }
  uint8_t flags() const { return static_cast<uint8_t>(transport[13]); }
  bool has(uint8_t flag) const { return (flags() & flag) != 0; }
  void set_flags(uint8_t flags) { transport[13] = static_cast<char>(flags); }
  void set_ttl(uint8_t ttl) { ip[is_v6() ? 7 : 8] = static_cast<char>(ttl); }
  uint32_t sequence() const { return number(4); }
  void set_sequence(uint32_t value) { set_number(4, value); }
  uint32_t acknowledgment() const { return number(8); }
  void set_acknowledgment(uint32_t value) { set_number(8, value); }
  uint16_t port(size_t which) const;  ///< 0: of the sender, 1: of the receiver
  void set_port(size_t which, uint16_t port);

  std::string source() const { return end(0); }  ///< address and port, as octets
  std::string destination() const { return end(1); }

  /// The IP packet, lengths and checksums right.
  std::string packet() const;
  Frame frame() const;
  Frame frame_of(const std::string& link_header, const std::string& packet, int link_type) const;

 private:
  std::string end(size_t which) const;
  uint32_t number(size_t at) const;
  void set_number(size_t at, uint32_t value);
};

/// A number in network byte order.
std::string be16(uint64_t value);
std::string be32(uint64_t value);

/// The header of an IPv4 packet with a body of that length, its checksum right.
std::string ipv4_header(uint8_t protocol, size_t body_length, const std::string& source,
                        const std::string& destination);
void fix_ipv4_checksum(std::string& header);

}  // namespace parlance::test
