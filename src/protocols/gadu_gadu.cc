// Gadu-Gadu's protocol (libgadu, docs/protocol.html and include/libgadu.h): packets of a type and a
// length, 32 bits each, little-endian. The server speaks first: WELCOME with a seed, with which the
// client hashes the password of its login.
#include <algorithm>

#include "base/byte_reader.h"
#include "protocols/support/frame_chain.h"

namespace parlance {
namespace {

constexpr size_t kHeader = 8;
constexpr uint32_t kTypeMost = 0x00a0, kLengthMost = 0xffff;
constexpr uint32_t kWelcomeLength = 4;
constexpr int kPacketsForProof = 6;  // where the login was not captured
constexpr int kMessagesForProof = 2;

enum PacketType : uint32_t {
  kWelcome = 0x01,
  kLoginOk = 0x03,
  kPong = 0x07,
  kPing = 0x08,
  kLoginFailed = 0x09,
  kLogin60 = 0x15,
  kLogin70 = 0x19,
  kSend80 = 0x2d,
  kReceive80 = 0x2e,
  kLogin80 = 0x31,
  kLogin80Ok = 0x35,
  kLogin80Failed = 0x43,
  kLogin105 = 0x83,
  kLogin110Ok = 0x9d,
};

bool is_login_answer(uint32_t type) {
  return type == kLoginOk || type == kLoginFailed || type == kLogin80Ok || type == kLogin80Failed ||
         type == kLogin110Ok;
}

bool is_hash_kind(uint8_t kind) {
  return kind == 1 || kind == 2;
}
bool is_language(Bytes octets) {
  return octets.size() == 2 &&
         std::all_of(octets.begin(), octets.end(), [](uint8_t c) { return c >= 'a' && c <= 'z'; });
}

/// What the login of each version says at fixed places.
bool is_login(uint32_t type, Bytes body) {
  ByteReader reader(body);
  switch (type) {
    case kLogin60: {  // number, hash, status, version, 0, two addresses and ports, size of pictures, 0xbe
      reader.skip(16);
      const bool has_zero = reader.u8() == 0;
      reader.skip(13);
      return has_zero && reader.u8() == 0xbe && reader.ok();
    }
    case kLogin70:  // number, kind of hash, hash of 64 octets
      reader.skip(4);
      return is_hash_kind(reader.u8()) && body.size() >= 69;
    case kLogin80:  // number, language, kind of hash, hash of 64 octets
      reader.skip(4);
      return is_language(reader.bytes(2)) && is_hash_kind(reader.u8()) && body.size() >= 71;
    case kLogin105:  // protocol buffers; the first field is the language
      return reader.be16() == 0x0a02 && is_language(reader.bytes(2)) && body.size() >= 24;
    default:
      return false;
  }
}

/// A message's head says where its plain text and its attributes begin, in this order, inside it.
/// Who and when stand before.
bool is_message(uint32_t type, Bytes body) {
  const size_t head = type == kSend80 ? 20 : 24;
  ByteReader reader(body);
  reader.skip(head - 8);
  const uint32_t plain = reader.le32(), attributes = reader.le32();
  return reader.ok() && plain >= head && plain <= attributes && attributes <= body.size();
}

class GaduGadu : public FrameChain {
 public:
  using FrameChain::FrameChain;

 private:
  std::optional<size_t> size_of(Direction, Bytes octets) const override {
    ByteReader reader(octets);
    const uint32_t type = reader.le32(), length = reader.le32();
    if (!reader.ok()) return 0;
    if (type == 0 || type > kTypeMost || length > kLengthMost) return {};
    return kHeader + length;
  }

  bool read(const Place& frame, Findings& findings) override {
    ByteReader reader(frame.octets);
    const uint32_t type = reader.le32(), length = reader.le32();
    const Bytes body = reader.rest();
    const bool client = frame.direction == Direction::to_server;
    const bool first = frames(frame.direction) == 0 && !partial();
    if ((type == kPing || type == kPong) && length != 0) return false;
    if (first && client && !is_login(type, body)) return false;
    if (first && !client && (type != kWelcome || length != kWelcomeLength)) return false;
    if (client) {
      logged_in_ = logged_in_ || is_login(type, body);
    } else {
      welcomed_ = welcomed_ || (type == kWelcome && length == kWelcomeLength);
      answered_ = answered_ || is_login_answer(type);
    }
    if (type == (client ? kSend80 : kReceive80)) {
      if (!is_message(type, body)) return false;
      ++messages_;
    }
    findings.count("gadu_gadu.packets");
    // Bodies hold numbers of people, hashes of passwords and texts.
    weigh({frame.direction, frame.offset, frame.octets.first(kHeader)}, findings);
    return true;
  }

  void weigh(const Place& header, Findings& findings) {
    if (logged_in_ && welcomed_ && answered_) {
      prove("login", header, "the server's WELCOME, a login with a hash, and its answer", findings);
    } else if (messages_ >= kMessagesForProof && frames() + 1 >= kPacketsForProof) {
      prove("packet-chain", header,
            "packets that follow one another exactly, with messages whose parts fit", findings);
    } else if (best() == Strength::none && welcomed_ && answered_ && messages_ > 0) {
      confirm(Strength::strong, "server-packets", header,
              "WELCOME, the answer to a login, and a message whose parts fit", findings);
    } else if (best() == Strength::none && logged_in_) {
      confirm(Strength::strong, "login-packet", header, "a Gadu-Gadu login with a hash", findings);
    }
  }

  int messages_ = 0;
  bool welcomed_ = false, logged_in_ = false, answered_ = false;
};

}  // namespace

extern const ParserModule kGaduGadu;
const ParserModule kGaduGadu{"gadu_gadu", Unit::bytes,
                             [](const Start& start) -> std::unique_ptr<Parser> {
                               return std::make_unique<GaduGadu>(start);
                             }};

}  // namespace parlance
