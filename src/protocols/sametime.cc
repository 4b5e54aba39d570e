// The protocol of IBM (Lotus) Sametime (the meanwhile library's documentation, and one real
// handshake): messages of a length, a type, options and a channel, big-endian; a single octet with
// its highest bit set between them keeps the connection alive. A handshake names the version, and
// the client's host.
#include "base/byte_reader.h"
#include "base/text.h"
#include "protocols/support/frame_chain.h"

namespace parlance {
namespace {

constexpr uint8_t kKeepAlive = 0x80;
constexpr uint32_t kHeader = 8;  // type and options (2 each), channel (4)
constexpr uint32_t kLengthMost = 65536;
constexpr uint16_t kTypeMost = 0x0030, kAnswer = 0x8000;
constexpr uint16_t kOptions = 0xc000;  // attributes, encrypted
constexpr uint16_t kMajor = 0x001e;
constexpr int kMessagesForProof = 4;

enum MessageType : uint16_t { kHandshake = 0x0000, kHandshakeAnswer = 0x8000 };

struct Message {
  explicit Message(Bytes frame) : body(frame) {
    body.skip(4);
    type = body.be16();
    options = body.be16();
    channel = body.be32();
  }
  ByteReader body;
  uint16_t type = 0, options = 0;
  uint32_t channel = 0;

  bool fits() const { return (type & ~kAnswer) <= kTypeMost && (options & ~kOptions) == 0; }
};

/// Version, channel, addresses, kind of client, and the name of its host.
bool is_handshake(Message message) {
  ByteReader& body = message.body;
  const bool fits = body.be16() == kMajor;
  body.skip(2);
  const uint32_t channel = body.be32();
  body.skip(4 + 2 + 4);  // the server's address, the kind of client, the client's address
  body.skip(2 + 4);
  const Bytes host = body.bytes(body.be16());
  return fits && message.options == 0 && message.channel == 0 && channel == 0 && body.ok() &&
         printable_length(host) == host.size();
}

class Sametime : public FrameChain {
 public:
  using FrameChain::FrameChain;

 private:
  std::optional<size_t> size_of(Direction, Bytes octets) const override {
    ByteReader reader(octets);
    if ((reader.peek() & kKeepAlive) != 0) return 1;
    const uint32_t length = reader.be32();
    if (!reader.ok()) return 0;
    if (length < kHeader || length > kLengthMost) return {};
    return sizeof length + length;
  }

  bool read(const Place& frame, Findings& findings) override {
    if (frame.octets.size() == 1) return true;
    Message message(frame.octets);
    if (!message.fits()) return false;
    const bool client = frame.direction == Direction::to_server;
    ++messages_[index(frame.direction)];
    findings.count("sametime.messages");
    const Place header{frame.direction, frame.offset, frame.octets.first(4 + kHeader)};
    if (client && message.type == kHandshake) {
      if (!is_handshake(message)) return false;
      greeted_ = true;
      confirm(Strength::strong, "handshake", header,
              "a Sametime handshake of the length that it says, with the name of a host", findings);
    }
    if (!client && message.type == kHandshakeAnswer) answered_ = message.body.be16() == kMajor;
    // A connection begins with the handshake, and its answer.
    if (!partial() && !(client ? greeted_ : answered_)) return false;
    if (greeted_ && answered_ && messages_[0] + messages_[1] >= kMessagesForProof) {
      prove("message-chain", header,
            "a handshake, its answer, and messages that follow one another exactly", findings);
    }
    return true;
  }

  int messages_[2] = {0, 0};
  bool greeted_ = false, answered_ = false;
};

}  // namespace

extern const ParserModule kSametime;
const ParserModule kSametime{"sametime", Unit::bytes,
                             [](const Start& start) -> std::unique_ptr<Parser> {
                               return std::make_unique<Sametime>(start);
                             }};

}  // namespace parlance
