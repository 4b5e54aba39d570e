// Packets for tests of flows, in one line each.
#pragma once

#include <string_view>

#include "model/packet.h"

namespace parlance::flow {

inline Endpoint endpoint(uint8_t last_octet, uint16_t port) {
  const uint8_t address[4] = {10, 0, 0, last_octet};
  return {IpAddress::v4(address), port};
}

/// Makes the packets of one five-tuple; "client" is 10.0.0.1. Times go on by a millisecond a
/// packet.
class PacketMaker {
 public:
  explicit PacketMaker(uint16_t client_port = 40000, uint16_t server_port = 443,
                       Transport protocol = Transport::tcp)
      : client(endpoint(1, client_port)), server(endpoint(2, server_port)), transport(protocol) {}

  DecodedPacket from_client(uint8_t flags, uint32_t sequence, uint32_t acknowledgment = 0,
                            std::string_view payload = {}) {
    return make({client, server, transport}, flags, sequence, acknowledgment, payload);
  }
  DecodedPacket from_server(uint8_t flags, uint32_t sequence, uint32_t acknowledgment = 0,
                            std::string_view payload = {}) {
    return make({server, client, transport}, flags, sequence, acknowledgment, payload);
  }

  Endpoint client, server;
  Transport transport;
  int64_t time = 0;
  uint64_t ordinal = 0;
  uint8_t ttl = 64;

 private:
  DecodedPacket make(const FiveTuple& tuple, uint8_t flags, uint32_t sequence,
                     uint32_t acknowledgment, std::string_view payload) {
    DecodedPacket packet;
    packet.tuple = tuple;
    packet.time = {time += kMillisecond};
    packet.frame = packet.ordinal = ++ordinal;
    packet.payload = as_bytes(payload);
    packet.payload_length = static_cast<uint32_t>(payload.size());
    packet.wire_length = 40 + packet.payload_length;
    packet.sequence = sequence;
    packet.acknowledgment = acknowledgment;
    packet.window = 1000;
    packet.flags = flags;
    packet.ttl = ttl;
    return packet;
  }
};

}  // namespace parlance::flow
