// SOCKS 5 for UDP (RFC 1928 section 7): each datagram stands behind three octets 00 00 fragment and
// the address of the peer. What is behind that is handed to an inner channel for each peer.
//
// The header is few and common octets, and the connection on which it was agreed is another flow.
// So it is believed only when the server answers from an address that it was asked for, and that
// happened for two addresses, or what was carried is a whole message of DNS or STUN.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "protocols/parser.h"
#include "protocols/support/dns_message.h"
#include "protocols/support/relayed_peers.h"
#include "protocols/support/socks_address.h"
#include "protocols/support/stun_message.h"

namespace parlance {
namespace {

constexpr uint16_t kDnsPort = 53;
constexpr size_t kPeersAtMost = 64;
constexpr size_t kPeersForBelief = 2;
constexpr uint64_t kDatagramsAtMost = 2048;
constexpr size_t kHeldDatagrams = 8, kHeldOctets = 8 * kKibi;  // until it is believed

struct Relayed {
  SocksAddress address;
  std::string peer;
  Bytes data;
};

std::optional<Relayed> read_relayed(Bytes datagram) {
  ByteReader reader(datagram);
  // Reserved, reserved, fragment: pieces are not put together.
  const uint32_t start = reader.be24();
  Relayed relayed;
  relayed.address = read_socks_address(reader);
  if (!reader.ok() || start != 0 || !relayed.address.valid()) return std::nullopt;
  if (relayed.address.port == 0 || reader.at_end()) return std::nullopt;
  relayed.peer = relayed.address.text() + ' ' + std::to_string(relayed.address.port);
  relayed.data = reader.rest();
  return relayed;
}

/// Told from chance by itself.
bool is_known(const Relayed& relayed) {
  if (relayed.address.port == kDnsPort && read_dns_message(relayed.data, 1)) return true;
  const auto message = read_stun_message(relayed.data);
  return message && message->cookie;
}

class SocksUdp : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    const uint64_t offset = offset_[index(direction)];
    offset_[index(direction)] += octets.size();
    const auto relayed = read_relayed(octets);
    if (!relayed && believed_) return;  // a fragment
    if (!relayed) return leave("a datagram without the header", findings);
    if (++datagrams_ > kDatagramsAtMost)
      return leave("many datagrams, none of them told from chance", findings);
    const std::string peer = peer_of(*relayed, direction);
    if (believed_) return peers_.deliver(peer, direction, relayed->data, findings);
    hold(peer, direction, relayed->data);
    if (peer.empty() || !is_believable(*relayed, direction)) return;
    const Bytes header = octets.first(octets.size() - relayed->data.size());
    findings.confirm(Strength::strong, "udp", {direction, offset, header},
                     "the relay answers from the address that stands in the client's header");
    findings.note("socks.version", int64_t{5});
    findings.note("socks.command", std::string("udp-associate"));
    believed_ = true;
    hand_over(findings);
  }

  void gap(Direction, uint64_t, Findings&) override {}  // each datagram stands for itself

 private:
  struct Asked {
    std::string peer;
    uint16_t port = 0;
    bool is_name = false;
    bool answered = false;
  };
  struct Held {
    std::string peer;
    Direction direction;
    std::vector<uint8_t> data;
  };

  /// What stands for the peer; empty if the server speaks for one that it was not asked for. A peer
  /// that was asked for by name answers from an address: known by its port, if that is one name's
  /// only.
  std::string peer_of(const Relayed& relayed, Direction direction) {
    Asked* asked = find(relayed.peer);
    if (asked == nullptr && direction == Direction::to_client) asked = named(relayed.address.port);
    if (asked == nullptr && direction == Direction::to_server && asked_.size() < kPeersAtMost) {
      asked_.push_back({relayed.peer, relayed.address.port, relayed.address.is_name(), false});
      asked = &asked_.back();
    }
    return asked == nullptr ? std::string() : asked->peer;
  }

  Asked* find(std::string_view peer) {
    const auto found = std::find_if(asked_.begin(), asked_.end(),
                                    [&](const Asked& each) { return each.peer == peer; });
    return found == asked_.end() ? nullptr : &*found;
  }
  Asked* named(uint16_t port) {
    const auto fits = [&](const Asked& each) { return each.is_name && each.port == port; };
    if (std::count_if(asked_.begin(), asked_.end(), fits) != 1) return nullptr;
    return &*std::find_if(asked_.begin(), asked_.end(), fits);
  }

  bool is_believable(const Relayed& relayed, Direction direction) {
    known_ = known_ || is_known(relayed);
    if (direction == Direction::to_server) return false;
    if (Asked* asked = find(relayed.peer)) asked->answered = true;
    const auto answered = std::count_if(asked_.begin(), asked_.end(),
                                        [](const Asked& each) { return each.answered; });
    return known_ || static_cast<size_t>(answered) >= kPeersForBelief;
  }

  void hold(const std::string& peer, Direction direction, Bytes data) {
    if (peer.empty() || held_.size() >= kHeldDatagrams ||
        held_octets_ + data.size() > kHeldOctets) {
      return;
    }
    held_octets_ += data.size();
    held_.push_back({peer, direction, {data.begin(), data.end()}});
  }
  void hand_over(Findings& findings) {
    for (const Held& each : held_) peers_.deliver(each.peer, each.direction, each.data, findings);
    held_ = {};
  }

  void leave(std::string_view reason, Findings& findings) {
    if (believed_) {
      findings.finish();
    } else {
      findings.refute(reason);
    }
  }

  std::vector<Asked> asked_;
  std::vector<Held> held_;
  size_t held_octets_ = 0;
  RelayedPeers peers_;
  uint64_t offset_[2] = {0, 0};
  uint64_t datagrams_ = 0;
  bool known_ = false, believed_ = false;
};

}  // namespace

extern const ParserModule kSocksUdp;
const ParserModule kSocksUdp{
    "socks_udp", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<SocksUdp>(); }};

}  // namespace parlance
