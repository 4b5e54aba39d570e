// From a captured frame to the TCP segment or UDP datagram inside it.
#pragma once

#include <cstdint>
#include <memory>

#include "base/limits.h"
#include "model/packet.h"

namespace parlance::decode {

/// What a frame turned out to be.
enum class Outcome : uint8_t {
  packet,            ///< a TCP segment or UDP datagram; the only outcome that fills a DecodedPacket
  fragment_held,     ///< a fragment that waits for others (or was of no use)
  icmp,              ///< ICMP or ICMPv6, not an error
  icmp_error,        ///< an ICMP or ICMPv6 error; the packet it quotes makes no flow
  not_ip,            ///< ARP, a beacon, an encrypted frame, ...
  other_transport,   ///< SCTP, ESP, ... over IP
  malformed,         ///< a header that contradicts itself or is not there as a whole
  unsupported_link,  ///< see knows_link_type()
};

/// Which transport checksums are verified.
///
/// `automatic` must not lose the packets of a capturing host that leaves sums to its network card:
/// there every sum is wrong. So a wrong sum is reported only
/// - of a segment that carries payload and was captured as a whole,
/// - whose sender sent right sums before, at least one for every eight wrong ones,
/// - and if the sum is not that of the pseudo-header alone (what a kernel leaves for the card).
/// Senders share entries of a table of fixed size, by address. `all` reports every wrong sum of a
/// segment captured as a whole. Not checked at all: UDP with a sum of 0 (there is none), and
/// packets still on a source route.
enum class Checksums : uint8_t { automatic, all, none };

struct Counters {
  uint64_t packets = 0;
  uint64_t fragments = 0;          ///< seen
  uint64_t fragments_dropped = 0;  ///< never became part of a datagram that was completed
  uint64_t fragment_overlaps = 0;  ///< fragments that bring octets again, exact repeats aside
  uint64_t icmp_errors = 0;
  uint64_t not_ip = 0;
  uint64_t other_transport = 0;
  uint64_t malformed = 0;
  uint64_t unsupported_link = 0;
  uint64_t bad_checksums = 0;
};

struct Context;

class Decoder {
 public:
  Decoder(const Limits& limits, Checksums checksums);
  ~Decoder();

  /// Takes the carriers off `raw`. `out` is meaningful only after Outcome::packet. Its payload
  /// refers to the octets of `raw` or, after reassembly of fragments, to a buffer of the decoder
  /// that lives for the next 64 calls.
  Outcome decode(const RawPacket& raw, DecodedPacket& out);

  const Counters& counters() const;

 private:
  std::unique_ptr<Context> context_;
};

/// Whether frames of this link type can be decoded.
bool knows_link_type(int link_type);

}  // namespace parlance::decode
