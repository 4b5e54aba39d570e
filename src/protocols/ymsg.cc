// YMSG, Yahoo! Messenger's protocol: messages of "YMSG", version, length, service, status and
// session (big-endian), and fields of a key in digits and a value, each ended by C0 80. libpurple's
// yahoo/libymsg, Wireshark's packet-ymsg.c and real conversations.
#include <algorithm>

#include "base/byte_reader.h"
#include "protocols/support/frame_chain.h"

namespace parlance {
namespace {

constexpr std::string_view kMark = "YMSG";
constexpr std::string_view kSeparator = "\xc0\x80";
constexpr size_t kHeader =
    20;  // mark, version, vendor, length, service (2 each), status, session (4 each)
constexpr size_t kKeyDigits = 5;
constexpr int kMessagesForProof = 3;

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= kKeyDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// How many fields stand in `body`; nothing if it is not made of whole fields. Servers put a zero
/// behind.
std::optional<int> fields_in(std::string_view body) {
  int fields = 0;
  while (!body.empty() && body != std::string_view("\0", 1)) {
    const size_t key_end = body.find(kSeparator);
    if (key_end == body.npos || !is_key(body.substr(0, key_end))) return {};
    body.remove_prefix(key_end + kSeparator.size());
    const size_t value_end = body.find(kSeparator);
    if (value_end == body.npos) return {};
    body.remove_prefix(value_end + kSeparator.size());
    ++fields;
  }
  return fields;
}

class Ymsg : public FrameChain {
 public:
  using FrameChain::FrameChain;

 private:
  std::optional<size_t> size_of(Direction, Bytes octets) const override {
    const std::string_view start = as_text(octets.first(std::min(octets.size(), kMark.size())));
    if (start != kMark.substr(0, start.size())) return {};
    if (octets.size() < kHeader) return 0;
    ByteReader reader(octets);
    reader.skip(8);
    return kHeader + reader.be16();
  }

  bool read(const Place& frame, Findings& findings) override {
    ByteReader reader(frame.octets);
    reader.skip(16);
    const uint32_t session = reader.be32();
    const std::optional<int> fields = fields_in(as_text(reader.rest()));
    if (!fields || !is_of_session(session)) return false;
    fields_ += *fields;
    findings.count("ymsg.messages");
    // What follows the header names people and holds what they say.
    weigh({frame.direction, frame.offset, frame.octets.first(kHeader)}, findings);
    return true;
  }

  /// The server gives a session its number; before and in some keep-alives it is zero.
  bool is_of_session(uint32_t session) {
    if (session == 0) return true;
    if (session_ == 0) session_ = session;
    return session == session_;
  }

  void weigh(const Place& header, Findings& findings) {
    if (frames() + 1 >= kMessagesForProof && fields_ > 0) {
      prove("message-chain", header,
            "YMSG messages of one session that follow one another exactly, each of whole fields",
            findings);
    } else if (best() < Strength::strong && fields_ > 0) {
      confirm(Strength::strong, "message", header,
              "a YMSG message of the length that it says, made of whole fields", findings);
    }
  }

  uint32_t session_ = 0;
  int fields_ = 0;
};

}  // namespace

extern const ParserModule kYmsg;
const ParserModule kYmsg{"ymsg", Unit::bytes, [](const Start& start) -> std::unique_ptr<Parser> {
                           return std::make_unique<Ymsg>(start);
                         }};

}  // namespace parlance
