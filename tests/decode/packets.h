// Octets of packets for the tests of decode, written as people write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "decode/decoder.h"
#include "model/packet.h"

namespace parlance::decode::testing {

using Octets = std::vector<uint8_t>;

/// Octets from hexadecimal digits; spaces are for the reader.
inline Octets hex(std::string_view digits) {
  std::string both;
  Octets octets;
  for (const char digit : digits) {
    if (digit == ' ') continue;
    both += digit;
    if (both.size() < 2) continue;
    octets.push_back(static_cast<uint8_t>(std::stoi(both, nullptr, 16)));
    both.clear();
  }
  return octets;
}

inline Octets operator+(Octets front, const Octets& back) {
  front.insert(front.end(), back.begin(), back.end());
  return front;
}

inline Octets be16_octets(size_t value) {
  return {static_cast<uint8_t>(value >> 8 & 0xFF), static_cast<uint8_t>(value & 0xFF)};
}

/// 10.0.0.1 to 10.0.0.2, TTL 64, identification 1; `position` is flags and offset.
inline Octets ipv4(uint8_t protocol, const Octets& payload, uint16_t position = 0,
                   uint16_t identification = 1) {
  return hex("4500") + be16_octets(20 + payload.size()) + be16_octets(identification) +
         be16_octets(position) + Octets{64, protocol} + hex("0000 0A000001 0A000002") + payload;
}

/// 2001:db8::1 to 2001:db8::2, hop limit 64.
inline Octets ipv6(uint8_t next, const Octets& payload) {
  return hex("60000000") + be16_octets(payload.size()) + Octets{next, 64} +
         hex("20010DB8 00000000 00000000 00000001") + hex("20010DB8 00000000 00000000 00000002") +
         payload;
}

/// Without a checksum.
inline Octets udp(uint16_t source, uint16_t destination, const Octets& payload) {
  return be16_octets(source) + be16_octets(destination) + be16_octets(8 + payload.size()) +
         hex("0000") + payload;
}

inline Octets ethernet(uint16_t type, const Octets& payload) {
  return hex("020000000002 020000000001") + be16_octets(type) + payload;
}

/// What stands for the innermost packet: 10.0.0.1:1000 to 10.0.0.2:2000, "hello".
inline Octets hello() {
  return ipv4(17, udp(1000, 2000, hex("68656C6C6F")));
}
inline Octets hello6() {
  return ipv6(17, udp(1000, 2000, hex("68656C6C6F")));
}

inline RawPacket raw(const Octets& octets, int link_type = 1, int64_t nanoseconds = 0) {
  RawPacket packet;
  packet.octets = octets;
  packet.original_length = static_cast<uint32_t>(octets.size());
  packet.link_type = link_type;
  packet.time.nanoseconds = nanoseconds;
  packet.frame = 1;
  return packet;
}

inline bool is_hello(const DecodedPacket& packet) {
  return packet.tuple.transport == Transport::udp && packet.tuple.source.port == 1000 &&
         packet.tuple.destination.port == 2000 && as_text(packet.payload) == "hello" &&
         packet.payload_length == 5;
}

/// `octets` hold hello() or hello6(), and no beginning of them does harm.
inline void expect_hello(const Octets& octets, int link_type = 1) {
  Decoder decoder(Limits{}, Checksums::automatic);
  DecodedPacket packet;
  EXPECT_EQ(decoder.decode(raw(octets, link_type), packet), Outcome::packet);
  EXPECT_TRUE(is_hello(packet)) << to_text(packet.tuple.source) << " to "
                                << to_text(packet.tuple.destination) << " "
                                << packet.payload_length;
  for (size_t size = 0; size < octets.size(); ++size) {
    // A buffer of just that size, so that a sanitizer sees a read beyond it.
    const Octets beginning(octets.begin(), octets.begin() + static_cast<ptrdiff_t>(size));
    RawPacket cut = raw(beginning, link_type);
    cut.original_length = static_cast<uint32_t>(octets.size());
    if (decoder.decode(cut, packet) == Outcome::packet) {
      EXPECT_LE(packet.payload.size(), packet.payload_length);
    }
  }
}

}  // namespace parlance::decode::testing
