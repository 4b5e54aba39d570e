// The key under which both directions of a flow are found.
#pragma once

#include <array>
#include <cstdint>

#include "model/packet.h"

namespace parlance::flow {

/// A canonical five-tuple: the same for both directions. Made for fast comparison and hashing.
struct FlowKey {
  std::array<uint64_t, 6> words{};

  bool operator==(const FlowKey& other) const {
    uint64_t differing = 0;
    for (size_t i = 0; i < words.size(); ++i) differing |= words[i] ^ other.words[i];
    return differing == 0;
  }

  /// The key of a packet's flow. With `by_vlan` equal endpoints in different VLANs are different
  /// flows.
  static FlowKey of(const DecodedPacket& packet, bool by_vlan = false);
  static FlowKey of(const FiveTuple& tuple);
};

/// A hash that nobody outside can predict, so that no sender can choose its collisions.
class FlowHasher {
 public:
  /// Seeded from the system's randomness.
  FlowHasher();
  /// For tests, and to share one seed between a reader and its workers.
  explicit FlowHasher(uint64_t seed);

  /// All 64 bits are good; a reader that deals flows to workers should take the high ones, as the
  /// table uses the low 32.
  uint64_t operator()(const FlowKey& key) const;

 private:
  std::array<uint64_t, 7> secret_;
};

}  // namespace parlance::flow
