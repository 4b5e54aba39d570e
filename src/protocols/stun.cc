// STUN in datagrams: RFC 8489 (magic cookie), RFC 3489 without it, TURN (RFC 8656) and its
// ChannelData, ICE checks. RTP, DTLS and others share the flow (RFC 7983): what is no STUN message
// is passed over, and only a flow that shows many datagrams and no message is not STUN.
#include "base/byte_reader.h"
#include "protocols/parser.h"
#include "protocols/support/stun_dialogue.h"
#include "protocols/support/stun_message.h"

namespace parlance {
namespace {

constexpr int kOthersAtMost = 40;            // before the first message
constexpr uint64_t kDatagramsAtMost = 2048;  // looked at in all: calls are long

/// ChannelData: a number from 0x4000 to 0x4fff, then the length (RFC 8656 section 12.4). Over UDP
/// padding may follow it.
bool is_channel_data(Bytes datagram) {
  ByteReader reader(datagram);
  const uint16_t channel = reader.be16();
  const uint16_t length = reader.be16();
  if (!reader.ok() || channel < 0x4000 || channel > 0x4fff) return false;
  return length <= reader.remaining() && reader.remaining() - length < 4;
}

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
    } else if (dialogue_.confirmed() && is_channel_data(octets)) {
      findings.count("stun.channel_data");
    } else if (!dialogue_.confirmed() && ++others_ > kOthersAtMost) {
      over_ = true;
      findings.refute("many datagrams and no STUN message among them");
    }
  }

  void gap(Direction, uint64_t, Findings&) override {}  // each datagram stands for itself

 private:
  /// RFC 3489 has types 0x0001 to 0x0112 and pads nothing; drafts of TURN came up to 0x0115.
  static bool may_be_classic(const StunMessage& message) {
    return message.type < 0x0120 && message.attributes > 0;
  }
  void finish(Findings& findings) {
    over_ = true;
    findings.finish();
  }

  StunDialogue dialogue_;
  uint64_t offset_[2] = {0, 0};
  uint64_t datagrams_ = 0;
  int others_ = 0;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kStun;
const ParserModule kStun{
    "stun", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<Stun>(); }, true};

}  // namespace parlance
