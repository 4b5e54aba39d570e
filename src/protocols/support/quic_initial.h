// Opens QUIC's Initial packets, whose keys everyone can derive (RFC 9001 section 5.2).
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

}  // namespace parlance
