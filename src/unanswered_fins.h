// Which connections are closing, but not yet closed for their observer.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "model/packet.h"

namespace parlance {

/// Remembers the FINs whose acknowledgment has not been read yet. While there is one, packets of a
/// closed flow are still to come: who observes at one end reads the last of them a round trip
/// later.
class UnansweredFins {
 public:
  void see(const DecodedPacket& packet) {
    if (packet.tuple.transport != Transport::tcp) return;
    if (packet.has(tcp_flag::kRst)) unanswerable_ = true;  // what was on its way goes on coming
    if (packet.has(tcp_flag::kAck) && !fins_.empty()) answer(packet);
    if (packet.has(tcp_flag::kFin)) add(packet);
  }
  bool any() const { return unanswerable_ || !fins_.empty(); }
  /// Whatever was to come is not waited for any longer.
  void forget() {
    fins_.clear();
    unanswerable_ = false;
  }

 private:
  static constexpr size_t kMost = 64;  // each packet is compared with all of them
  struct Fin {
    FiveTuple tuple;     ///< from its sender
    uint32_t after = 0;  ///< the sequence number that acknowledges it
  };

  void add(const DecodedPacket& packet) {
    const uint32_t after = packet.sequence + packet.payload_length + 1;
    for (Fin& each : fins_) {
      if (each.tuple == packet.tuple) {
        each.after = after;
        return;
      }
    }
    if (fins_.size() < kMost) {
      fins_.push_back({packet.tuple, after});
    } else {
      unanswerable_ = true;
    }
  }
  void answer(const DecodedPacket& packet) {
    const FiveTuple sender = packet.tuple.reversed();
    std::erase_if(fins_, [&](const Fin& each) {
      return each.tuple == sender && static_cast<int32_t>(packet.acknowledgment - each.after) >= 0;
    });
  }

  std::vector<Fin> fins_;
  bool unanswerable_ = false;
};

}  // namespace parlance
