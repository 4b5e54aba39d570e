// What the benchmarks are run on: conversations made up here, the same ones each time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "capture/format.h"
#include "model/direction.h"
#include "model/packet.h"
#include "protocols/support/tls_cipher_suites.h"
#include "signatures/matcher.h"

namespace parlance::bench {

/// One portion of a conversation.
struct Said {
  Direction direction;
  std::string octets;
};
/// A WebSocket handshake (the key and answer of RFC 6455 section 1.3) and a few text frames.
std::vector<Said> websocket_talk();
/// An HTTP exchange with a body of `body` octets, cut into segments of 1400.
std::vector<Said> http_talk(size_t body);
/// The hellos of both sides (TLS 1.3), with a server name.
std::vector<Said> tls_talk();
/// Records of TLS 1.3 with this suite, from number 0, all from one secret.
struct TlsRecords {
  std::vector<uint8_t> secret;
  std::vector<uint8_t> header;  ///< of each
  std::vector<std::vector<uint8_t>> bodies;
};
/// Each holds `octets` of application data.
TlsRecords tls_records(const TlsCipherSuite& suite, size_t count, size_t octets);
/// Octets that no signature knows, the same each time.
std::vector<uint8_t> noise(size_t octets);

/// An Ethernet frame with an IPv4 TCP segment of client number `client`.
std::vector<uint8_t> tcp_frame(uint32_t client, uint32_t sequence, uint8_t flags, Bytes payload);
/// A pcap file of `count` such frames of 120 octets of payload, of `clients` clients in turn.
std::vector<uint8_t> pcap_file(size_t count, uint32_t clients);
/// Calls `visit` with each packet of a capture file in memory, up to the first damage.
template <class Visit>
void for_each_packet(Bytes file, const Limits& limits, Visit visit) {
  constexpr size_t kBeginning = 24;  // tells the format
  const auto format = capture::format_of(first_of(file, kBeginning), limits);
  for (Bytes rest = file; !rest.empty();) {
    RawPacket packet;
    size_t used = 0;
    const capture::Step step = format->step(rest, packet, used);
    if (step == capture::Step::need_more || step == capture::Step::damaged) break;
    rest = rest.subspan(used);
    if (step == capture::Step::packet) visit(packet);
  }
}
/// A packet as the decoder gives it.
DecodedPacket packet_of(uint32_t client, uint64_t ordinal);

/// The program's own signatures, compiled once and kept in the build folder.
const SignatureSet& signatures();

}  // namespace parlance::bench
