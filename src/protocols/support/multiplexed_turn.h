// Microsoft's multiplexed TURN ([MS-TURN] section 2.2.3, as Teams sends it over UDP and TCP): many
// sessions of a relay share one address and port.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "protocols/parser.h"
#include "protocols/support/relayed_peers.h"

namespace parlance {

/// Two octets ff 10, the length of what follows (2 octets, big-endian), a session of 8 octets, and
/// a message of STUN or media.
struct MultiplexedMessage {
  static constexpr size_t kHeader = 12;
  std::array<uint8_t, 8> session{};
  Bytes data;
};
/// The one that `datagram` is, exact to its last octet.
std::optional<MultiplexedMessage> read_multiplexed(Bytes datagram);

/// Told of every such message of a flow, it hands on what is inside, a channel a session, and says
/// what they amount to.
class MultiplexedTurn {
 public:
  /// `place` is the whole datagram.
  void take(const MultiplexedMessage& message, const Place& place, Findings& findings);
  bool confirmed() const { return strength_ != Strength::none; }

 private:
  void judge(Strength strength, std::string_view what, const Place& place, Sentence text,
             Findings& findings);

  RelayedPeers sessions_;
  std::array<uint8_t, 8> session_{};  ///< of the newest message
  int messages_ = 0;                  ///< of that session
  size_t length_ = 0;                 ///< of the first of them
  bool lengths_differ_ = false;
  Strength strength_ = Strength::none;
};

}  // namespace parlance
