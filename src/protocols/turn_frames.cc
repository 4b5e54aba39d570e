// Microsoft's TURN in streams ([MS-TURN]): every message stands in a frame, a message of STUN (type
// 2) or data (type 3) behind a length (section 2.1.4), or a session of multiplexed TURN, which has
// a length of its own (section 2.2.3). Plain TURN has no such heads; it is stun_tcp's.
#include <optional>

#include "base/byte_reader.h"
#include "protocols/support/frame_chain.h"
#include "protocols/support/multiplexed_turn.h"
#include "protocols/support/stun_dialogue.h"
#include "protocols/support/stun_message.h"

namespace parlance {
namespace {

constexpr size_t kHead = 4;  // of every frame; its last two octets are the length of the rest
constexpr uint16_t kControl = 0x0200, kData = 0x0300, kMultiplexed = 0xff10;

class TurnFrames : public FrameChain {
 public:
  using FrameChain::FrameChain;

 private:
  std::optional<size_t> size_of(Direction, Bytes octets) const override {
    ByteReader reader(octets);
    const uint16_t type = reader.be16();
    const size_t length = reader.be16();
    if (!reader.ok()) return 0;
    if (type != kControl && type != kData && type != kMultiplexed) return std::nullopt;
    return kHead + length;
  }

  bool read(const Place& frame, Findings& findings) override {
    const uint8_t type = frame.octets[0];
    if (type == kData >> 8) return true;
    if (type == kControl >> 8) {
      const Place inside{frame.direction, frame.offset + kHead, frame.octets.subspan(kHead)};
      const auto message = read_stun_message(inside.octets);
      if (message) dialogue_.take(*message, inside, findings);
      return message.has_value();
    }
    const auto message = read_multiplexed(frame.octets);
    if (message) multiplexed_.take(*message, frame, findings);
    return message.has_value();
  }

  StunDialogue dialogue_;
  MultiplexedTurn multiplexed_;
};

}  // namespace

extern const ParserModule kTurnFrames;
const ParserModule kTurnFrames{"turn_frames", Unit::bytes,
                               [](const Start& start) -> std::unique_ptr<Parser> {
                                 return std::make_unique<TurnFrames>(start);
                               }};

}  // namespace parlance
