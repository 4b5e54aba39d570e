// STUN in datagrams: RFC 8489 (magic cookie), RFC 3489 without it, TURN (RFC 8656) and its
// ChannelData, ICE checks. RTP, DTLS and others share the flow (RFC 7983): what is no STUN message
// is passed over, and only a flow that shows many datagrams and no message is not STUN. What a TURN
// server relays is handed to an inner channel for each peer, and so is what Microsoft's relays
// multiplex.
#include "protocols/parser.h"
#include "protocols/support/multiplexed_turn.h"
#include "protocols/support/stun_dialogue.h"
#include "protocols/support/stun_message.h"
#include "protocols/support/turn_relay.h"

namespace parlance {
namespace {

constexpr int kOthersAtMost = 40;            // before the first message
constexpr uint64_t kDatagramsAtMost = 2048;  // looked at in all: calls are long

class Stun : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    const Place place{direction, offset_[index(direction)], octets};
    offset_[index(direction)] += octets.size();
    if (++datagrams_ > kDatagramsAtMost) return finish(findings);
    const auto message = read_stun_message(octets);
    if (message && (message->cookie || may_be_classic(*message))) {
      dialogue_.take(*message, place, findings);
      relay_.take(*message, direction, findings);
    } else if (const auto data = read_channel_data(octets)) {
      take_channel_data(*data, place, findings);
    } else if (const auto multiplexed = read_multiplexed(octets)) {
      multiplexed_.take(*multiplexed, place, findings);
      if (!multiplexed_.confirmed()) count_other(findings);
    } else {
      count_other(findings);
    }
  }

  void gap(Direction, uint64_t, Findings&) override {}  // each datagram stands for itself

 private:
  /// RFC 3489 has types 0x0001 to 0x0112 and pads nothing; drafts of TURN came up to 0x0115.
  static bool may_be_classic(const StunMessage& message) {
    return message.type < 0x0120 && message.attributes > 0;
  }
  void take_channel_data(const ChannelData& data, const Place& place, Findings& findings) {
    if (dialogue_.confirmed() || chain_) return relay_.take(data, place.direction, findings);
    chain_ = relay_.makes_chain(data, place.direction);
    if (!chain_) return count_other(findings);
    findings.confirm(Strength::strong, "channel-data",
                     {place.direction, place.offset, first_of(place.octets, 4)},
                     "ChannelData of one number from both sides, each message as long as it says");
  }
  void count_other(Findings& findings) {
    if (dialogue_.confirmed() || chain_ || multiplexed_.confirmed() || ++others_ <= kOthersAtMost) return;
    over_ = true;
    findings.refute("many datagrams and no STUN message among them");
  }
  void finish(Findings& findings) {
    over_ = true;
    findings.finish();
  }

  StunDialogue dialogue_;
  TurnRelay relay_;
  MultiplexedTurn multiplexed_;
  uint64_t offset_[2] = {0, 0};
  uint64_t datagrams_ = 0;
  int others_ = 0;
  bool chain_ = false;  ///< of ChannelData alone
  bool over_ = false;
};

}  // namespace

extern const ParserModule kStun;
const ParserModule kStun{
    "stun", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<Stun>(); }, true};

}  // namespace parlance
