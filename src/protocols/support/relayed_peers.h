// The inner channels of a relay (TURN, SOCKS 5 for UDP): one for each peer that it speaks to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/parser.h"

namespace parlance {

/// Datagrams to and from each peer are a channel of messages of their own, recognised like those of
/// any UDP flow. At most Limits::relayed_peers peers; what others say is passed over.
class RelayedPeers {
 public:
  /// Hands on one datagram to or from the peer that `key` stands for (any octets that tell it from
  /// others: its address and port, a channel number).
  void deliver(std::string_view key, Direction direction, Bytes datagram, Findings& findings);

  /// True if a datagram of that peer would be looked at: a new peer for whom there is room, or one
  /// in whose channel somebody listens.
  bool wants(std::string_view key, const Findings& findings) const;

 private:
  struct Peer {
    std::string key;
    ChannelId channel;
  };
  const Peer* find(std::string_view key) const;

  std::vector<Peer> peers_;  // few
};

}  // namespace parlance
