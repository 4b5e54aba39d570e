// What Telegram's calls send to their reflectors in streams, where datagrams do not pass: the
// client's begins with ee ee ee ee, then each packet stands behind its length, 4 octets
// (little-endian). Layout as in tgcalls (RawTcpSocket).
#include <optional>

#include "base/byte_reader.h"
#include "protocols/support/frame_chain.h"
#include "protocols/support/reflector_call.h"

namespace parlance {
namespace {

constexpr size_t kLength = 4;
constexpr uint32_t kPrologue = 0xeeeeeeee;
constexpr uint32_t kPacketAtMost = 4 * kKibi;  // they would be datagrams

class TelegramReflectorTcp : public FrameChain {
 public:
  using FrameChain::FrameChain;

 private:
  std::optional<size_t> size_of(Direction direction, Bytes octets) const override {
    ByteReader reader(octets);
    const uint32_t length = reader.le32();
    if (!reader.ok()) return 0;
    if (length == kPrologue && direction == Direction::to_server && frames(direction) == 0)
      return kLength;
    if (length == 0 || length > kPacketAtMost) return std::nullopt;
    return kLength + length;
  }

  bool read(const Place& frame, Findings& findings) override {
    const Place packet{frame.direction, frame.offset + kLength, frame.octets.subspan(kLength)};
    if (!packet.octets.empty()) call_.take(packet, findings);
    return true;
  }

  ReflectorCall call_;
};

}  // namespace

extern const ParserModule kTelegramReflectorTcp;
const ParserModule kTelegramReflectorTcp{"telegram_reflector_tcp", Unit::bytes,
                                         [](const Start& start) -> std::unique_ptr<Parser> {
                                           return std::make_unique<TelegramReflectorTcp>(start);
                                         }};

}  // namespace parlance
