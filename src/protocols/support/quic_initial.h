// Opens QUIC's Initial packets, whose keys everyone can derive (RFC 9001 section 5.2), and puts
// together the handshake octets inside.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/direction.h"
#include "protocols/support/quic_packet.h"

namespace parlance {

/// The keys of one direction.
struct QuicInitialKeys {
  std::array<uint8_t, 16> key{};
  std::array<uint8_t, 12> iv{};
  std::array<uint8_t, 16> header{};
};

constexpr size_t kQuicSaltsAtMost = 4;  ///< of one version

/// Candidates for the keys that follow from the destination identifier of the client's first
/// Initial. Some versions have more than one; the packet's tag tells which. Empty if none is known.
/// To derive one costs as much as to open several packets: keep it.
std::vector<QuicInitialKeys> quic_initial_keys(uint32_t version, Bytes destination_id,
                                               Direction direction);

/// The frames of an Initial packet; nothing if its tag does not fit the keys.
std::optional<std::vector<uint8_t>> open_quic_initial(const QuicPacket& packet,
                                                      const QuicInitialKeys& keys);

/// The handshake octets of CRYPTO frames, which come in any order (RFC 9000 section 19.6).
class QuicCryptoStream {
 public:
  /// Adds the CRYPTO frames of a packet; what lies beyond `limit` octets is left out. False if the
  /// frames are not those of an Initial.
  bool add_frames(Bytes frames, size_t limit);
  /// The first handshake message with its header if it is whole, else nothing.
  Bytes first_message() const;

 private:
  struct Range {
    size_t start = 0, end = 0;
  };
  void add(uint64_t offset, Bytes octets, size_t limit);
  bool add_range(size_t start, size_t end);
  size_t contiguous() const;

  std::vector<uint8_t> octets_;
  std::vector<Range> ranges_;  // of octets_ that came; one of them once there are no holes
};

}  // namespace parlance
