// HTTP/2 (RFC 9113) as far as its opening: the client's preface and SETTINGS, the server's
// SETTINGS, and a few frames of each side that have to fit the grammar.
#include <optional>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"

namespace parlance {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr size_t kFrameHeader = 9;
constexpr int kFrames = 4;                // of each side; then the opening is read
constexpr uint32_t kFrameOctets = 16384;  // SETTINGS_MAX_FRAME_SIZE before it is changed
constexpr Direction kClient = Direction::to_server;
// frame types, RFC 9113 section 6
constexpr uint8_t kData = 0, kHeaders = 1, kPriority = 2, kRstStream = 3, kSettings = 4;
constexpr uint8_t kPushPromise = 5, kPing = 6, kGoaway = 7, kWindowUpdate = 8, kContinuation = 9;
constexpr uint8_t kAck = 1;  // flag of SETTINGS

struct Frame {
  uint32_t length = 0;
  uint8_t type = 0, flags = 0;
  uint32_t stream = 0;
};

Frame read_frame(Bytes octets) {
  ByteReader reader(octets);
  Frame frame;
  frame.length = reader.be24();
  frame.type = reader.u8();
  frame.flags = reader.u8();
  frame.stream = reader.be32() & 0x7fffffff;
  return frame;
}

// What section 6 says of each type; unknown ones are allowed.
bool is_well_formed(const Frame& frame) {
  if (frame.length > kFrameOctets) return false;
  switch (frame.type) {
    case kSettings:
      return frame.stream == 0 && frame.length % 6 == 0 &&
             (frame.flags != kAck || frame.length == 0);
    case kPing:
      return frame.stream == 0 && frame.length == 8;
    case kGoaway:
      return frame.stream == 0 && frame.length >= 8;
    case kWindowUpdate:
      return frame.length == 4;
    case kPriority:
      return frame.stream != 0 && frame.length == 5;
    case kRstStream:
      return frame.stream != 0 && frame.length == 4;
    case kData:
    case kHeaders:
    case kPushPromise:
    case kContinuation:
      return frame.stream != 0;
    default:
      return true;
  }
}

class Http2 : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& side = sides_[index(direction)];
    if (side.done) return;
    const Bytes view = side.input.append(octets);
    size_t used = 0;
    if (direction == kClient && !prefaced_) {
      if (!read_preface(view, findings)) return side.input.consume(0);
      used = kPreface.size();
    }
    while (!over_ && !side.done && used < view.size()) {
      if (side.left > 0) {
        const size_t part = first_of(view.subspan(used), side.left).size();
        side.left -= static_cast<uint32_t>(part);
        used += part;
        continue;
      }
      if (view.size() - used < kFrameHeader) break;
      take_frame(direction, side, view.subspan(used, kFrameHeader), side.input.offset() + used,
                 findings);
      used += kFrameHeader;
    }
    if (over_) return;
    side.input.consume(side.done ? view.size() : used);
    if (sides_[0].done && sides_[1].done) findings.finish();
  }

 private:
  struct Side {
    InputBuffer input;
    uint32_t left = 0;  ///< of the frame being passed over
    int frames = 0;
    bool done = false;
  };

  bool read_preface(Bytes view, Findings& findings) {
    const std::string_view text = as_text(first_of(view, kPreface.size()));
    if (text != kPreface.substr(0, text.size())) {
      leave("no preface", findings);
      return false;
    }
    if (text.size() < kPreface.size()) return false;
    prefaced_ = true;
    findings.confirm(Strength::strong, "preface", {kClient, 0, first_of(view, kPreface.size())},
                     "the client's connection preface of HTTP/2");
    return true;
  }

  void take_frame(Direction direction, Side& side, Bytes header, uint64_t offset,
                  Findings& findings) {
    const Frame frame = read_frame(header);
    const bool first = side.frames++ == 0;
    // RFC 9113 section 3.4: the first frame of each side is SETTINGS.
    if (!is_well_formed(frame) || (first && frame.type != kSettings)) {
      return leave("no frames of HTTP/2", findings);
    }
    side.left = frame.length;
    side.done = side.frames == kFrames;
    if (!first || !prefaced_) return;
    const bool client = direction == kClient;
    findings.confirm(Strength::proof, client ? "client-settings" : "server-settings",
                     {direction, offset, header},
                     client ? "the preface and a well-formed SETTINGS frame"
                            : "the preface, answered with a SETTINGS frame");
  }

  void leave(std::string_view reason, Findings& findings) {
    over_ = true;
    if (prefaced_) {
      findings.finish();
    } else {
      findings.refute(reason);
    }
  }

  Side sides_[2];
  bool prefaced_ = false;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kHttp2;
const ParserModule kHttp2{"http2", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                            return std::make_unique<Http2>();
                          }};

}  // namespace parlance
