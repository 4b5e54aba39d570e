#include "protocols/support/relayed_peers.h"

#include <algorithm>

namespace parlance {

void RelayedPeers::deliver(std::string_view key, Direction direction, Bytes datagram,
                           Findings& findings) {
  const Peer* peer = find(key);
  if (peer == nullptr) {
    if (peers_.size() >= findings.limits().relayed_peers) return;
    peers_.push_back({std::string(key), findings.open(Carrier::udp, Unit::message)});
    peer = &peers_.back();
  }
  findings.deliver(peer->channel, direction, datagram);
}

bool RelayedPeers::wants(std::string_view key, const Findings& findings) const {
  const Peer* peer = find(key);
  return peer == nullptr ? peers_.size() < findings.limits().relayed_peers
                         : findings.listening(peer->channel);
}

const RelayedPeers::Peer* RelayedPeers::find(std::string_view key) const {
  const auto found =
      std::find_if(peers_.begin(), peers_.end(), [&](const Peer& each) { return each.key == key; });
  return found == peers_.end() ? nullptr : &*found;
}

}  // namespace parlance
