// What a TURN server relays (RFC 8656, RFC 5766), in datagrams or in a stream: the inside of Send
// and Data indications and of ChannelData.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/five_tuple.h"
#include "protocols/parser.h"
#include "protocols/support/relayed_peers.h"
#include "protocols/support/stun_message.h"

namespace parlance {

/// The peer's address and port in an XOR-PEER-ADDRESS (RFC 8489 section 14.2).
std::optional<Endpoint> read_xor_address(Bytes value, const StunMessage& message);

/// ChannelData (RFC 8656 section 12.4): a number from 0x4000 to 0x4fff, a length and that many
/// octets.
struct ChannelData {
  uint16_t number = 0;
  Bytes data;
};
/// The ChannelData that `datagram` is; over UDP up to three octets of padding may follow.
std::optional<ChannelData> read_channel_data(Bytes datagram);

/// Told of every message of a flow, it knows which channel number stands for which peer and hands
/// on what is relayed, a channel of datagrams a peer. To the server is to the peer.
///
/// A number is good once a ChannelBind asked for it and was not refused. In a capture that begins
/// later it has to come several times first: two octets of number and two of length, which agree
/// each time with what follows.
class TurnRelay {
 public:
  void take(const StunMessage& message, Direction direction, Findings& findings);
  void take(const ChannelData& message, Direction direction, Findings& findings);
  /// ChannelData in a flow in which no message of STUN was seen yet. True once it alone makes a
  /// chain that is hardly chance: six messages of one number, two at least from each side, of
  /// different lengths, in each what RFC 7983 lets stand beside STUN.
  bool makes_chain(const ChannelData& message, Direction direction);

  /// True if the octets of that channel number are worth being put together.
  bool wants(uint16_t number, const Findings& findings) const;

 private:
  /// A channel number and the peer that it stands for.
  struct Binding {
    uint16_t number = 0;
    std::string peer;
    std::array<uint8_t, 16> transaction{};  ///< of the request, until it was answered
    bool granted = false;
  };
  /// A number that nobody was seen to ask for.
  struct Loose {
    uint16_t number = 0;
    size_t messages[2] = {0, 0};
    size_t length = 0;  ///< of the first message
    bool lengths_differ = false;
    size_t total() const { return messages[0] + messages[1]; }
  };

  void bind(const StunMessage& request);
  void answer(const StunMessage& message);
  void relay_indication(const StunMessage& message, Direction direction, Findings& findings);
  const Binding* find(uint16_t number) const;
  const Loose* count_loose(const ChannelData& message, Direction direction);

  RelayedPeers peers_;
  std::vector<Binding> bindings_;
  std::vector<Loose> loose_;
};

}  // namespace parlance
