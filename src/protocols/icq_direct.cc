// ICQ's connections between two clients (versions 7 and 8; Miranda's icq_direct.cpp, licq): packets
// with a length in front, 16 bits, little-endian. Each side introduces itself with PEER_INIT, in
// which both name the same cookie, and acknowledges the other's.
#include "base/byte_reader.h"
#include "protocols/support/frame_chain.h"

namespace parlance {
namespace {

constexpr size_t kPeerInit = 48, kPeerAck = 4;  // octets behind the length
constexpr uint8_t kInitMark = 0xff;
constexpr uint16_t kVersionFirst = 7, kVersionLast = 11, kInitRest = 43;

struct PeerInit {
  bool fits = false;
  uint32_t from = 0, to = 0, cookie = 0;
};

PeerInit peer_init_of(Bytes frame) {
  ByteReader reader(frame);
  reader.skip(2);
  const bool marked = reader.u8() == kInitMark;
  const uint16_t version = reader.le16(), rest = reader.le16();
  PeerInit init;
  init.to = reader.le32();
  const uint16_t zero = reader.le16();
  const uint32_t port = reader.le32();
  init.from = reader.le32();
  reader.skip(8);  // addresses
  const uint8_t mode = reader.u8();
  const uint32_t same_port = reader.le32();
  init.cookie = reader.le32();
  init.fits = marked && version >= kVersionFirst && version <= kVersionLast && rest == kInitRest &&
              zero == 0 && port <= 0xffff && same_port == port && mode <= 8 && reader.ok();
  return init;
}

class IcqDirect : public FrameChain {
 public:
  using FrameChain::FrameChain;

 private:
  std::optional<size_t> size_of(Direction, Bytes octets) const override {
    ByteReader reader(octets);
    const uint16_t length = reader.le16();
    if (!reader.ok()) return 0;
    if (length != kPeerInit && length != kPeerAck) return {};
    return size_t{2} + length;
  }

  bool read(const Place& frame, Findings& findings) override {
    if (frame.octets.size() == 2 + kPeerAck) {
      ByteReader reader(frame.octets);
      reader.skip(2);
      return reader.le32() == 1;
    }
    const PeerInit init = peer_init_of(frame.octets);
    if (!init.fits) return false;
    inits_[index(frame.direction)] = init;
    const PeerInit& other = inits_[index(opposite(frame.direction))];
    const Place head{frame.direction, frame.offset, frame.octets.first(7)};
    if (!other.fits) {
      confirm(Strength::strong, "peer-init", head, "ICQ's PEER_INIT between two clients", findings);
      return true;
    }
    if (other.from != init.to || other.to != init.from || other.cookie != init.cookie) return false;
    prove("peer-inits", head,
          "two clients of ICQ introduce themselves to one another with the same cookie", findings);
    return true;
  }

  PeerInit inits_[2];
};

}  // namespace

extern const ParserModule kIcqDirect;
const ParserModule kIcqDirect{"icq_direct", Unit::bytes,
                              [](const Start& start) -> std::unique_ptr<Parser> {
                                return std::make_unique<IcqDirect>(start);
                              }};

}  // namespace parlance
