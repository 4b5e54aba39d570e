// MSN Messenger's connections between two clients, for files and pictures (libpurple,
// protocols/msn/directconn.c): packets of a length (32 bits, little-endian). Who connects sends "foo" and
// a zero; then each sends the header of a message of MSN's P2P protocol that has no content but a number of
// 16 octets, by which it knows the other:
//
//   session32  id32  offset64  size64  length32  flags32 (0x100)  number of 16 octets
#include <string_view>

#include "base/byte_reader.h"
#include "protocols/support/frame_chain.h"

namespace parlance {
namespace {

using namespace std::string_view_literals;

constexpr size_t kLength = 4, kHeader = 48;
constexpr std::string_view kFoo = "foo\0"sv;
constexpr uint32_t kHandshake = 0x100;

bool is_handshake(Bytes packet) {
  ByteReader reader(packet);
  const uint32_t session = reader.le32();
  reader.skip(4);
  const uint64_t offset = reader.le64(), size = reader.le64();
  const uint32_t length = reader.le32(), flags = reader.le32();
  return packet.size() == kHeader && session == 0 && offset == 0 && size == 0 && length == 0 && flags == kHandshake;
}

class MsnDirect : public FrameChain {
 public:
  using FrameChain::FrameChain;

 private:
  std::optional<size_t> size_of(Direction, Bytes octets) const override {
    ByteReader reader(octets);
    const uint32_t length = reader.le32();
    if (!reader.ok()) return 0;
    if (length != kFoo.size() && length != kHeader) return {};
    return kLength + length;
  }

  bool read(const Place& frame, Findings& findings) override {
    const Bytes packet = frame.octets.subspan(kLength);
    const bool client = frame.direction == Direction::to_server;
    if (client && frames(frame.direction) == 0) return as_text(packet) == kFoo;
    if (!is_handshake(packet)) return false;
    greeted_[index(frame.direction)] = true;
    const Place length{frame.direction, frame.offset, frame.octets.first(kLength)};
    if (greeted_[0] && greeted_[1]) {
      prove("handshakes", length, "foo, and the handshakes of two clients of MSN Messenger", findings);
    } else if (client) {
      confirm(Strength::strong, "handshake", length, "foo, and the handshake of a client of MSN Messenger", findings);
    }
    return true;
  }

  bool greeted_[2] = {false, false};
};

}  // namespace

extern const ParserModule kMsnDirect;
const ParserModule kMsnDirect{"msn_direct", Unit::bytes, [](const Start& start) -> std::unique_ptr<Parser> {
                                return std::make_unique<MsnDirect>(start);
                              }};

}  // namespace parlance
