// HTTP/2 (RFC 9113): frames of both directions, field blocks decoded by HPACK, streams handed to
// HttpStreams, which says what HTTP of any version says.
//
// Proof is the preface and SETTINGS, as the two sides open with them, and then each field block that
// decodes to the head of a message. Field compression has a memory: once octets of it are missing, no
// later block of that direction can be decoded. Then frames go on being walked and streams that are known
// keep their DATA, but new streams stay unknown and the record says http.headers_lost.
//
// Where the beginning was not captured, frames are read strictly, and a chain of them in both directions
// is strong at most.
#include <algorithm>
#include <array>
#include <utility>

#include "base/byte_reader.h"
#include "protocols/parser.h"
#include "protocols/support/base64url.h"
#include "protocols/support/hpack_decoder.h"
#include "protocols/support/http2_reader.h"
#include "protocols/support/http_fields.h"
#include "protocols/support/http_streams.h"

namespace parlance {
namespace {
using namespace http2_frame;

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr Direction kClient = Direction::to_server, kServer = Direction::to_client;
constexpr int kBoundaryTries = 64;  // portions at whose start a frame is looked for, after a hole …
constexpr int kGuessTries = 6;      // … and before anything was recognised
constexpr int kChainFrames = 3;     // of each side, for a connection whose beginning was not captured
// Identifiers of settings, sections 6.5.2 and RFC 8441 section 3.
constexpr uint16_t kHeaderTableSize = 1, kMaxFrameSize = 5, kEnableConnectProtocol = 8;

class Http2 : public Parser {
 public:
  explicit Http2(const Start& start) : midstream_(start.midstream && !start.agreed) {
    if (start.agreed && start.parameters != nullptr) upgrade_ = *start.parameters;
  }

  void data(Direction direction, Bytes octets, Findings& findings) override;
  void gap(Direction direction, uint64_t length, Findings& findings) override;
  void end(Direction direction, Findings& findings) override;

 private:
  struct Side {
    Http2Reader reader;
    HpackDecoder hpack;
    HttpFieldSection section;
    Http2Frame opened;       ///< the HEADERS or PUSH_PROMISE whose block is being read
    std::array<uint8_t, kHeaderOctets> opened_as{};  ///< its frame header as it was sent
    uint32_t promised = 0;   ///< of a PUSH_PROMISE
    bool in_block = false;   ///< it goes on in CONTINUATION
    bool blind = false;      ///< field blocks can no longer be decoded
    bool heard = false;
    bool begun = false;      ///< it began with SETTINGS
    bool guessed = false;    ///< its beginning was not captured
    int frames = 0;          ///< of a guessed side, strictly formed ones
    uint32_t types = 0;      ///< bits of their types
    int tries = 0;           ///< portions that began with no frame
  };
  Side& side(Direction direction) { return sides_[index(direction)]; }

  void begin(Findings& findings);
  bool read_preface(Findings& findings);
  void guess(Direction direction, Findings& findings);
  bool find_boundary(Direction direction, Bytes octets);
  void read(Direction direction, Findings& findings);
  void data_frame(Direction direction, Findings& findings);
  void frame(Direction direction, Findings& findings);
  bool first_frame(Direction direction, Findings& findings);
  void say_settings(Direction direction, Findings& findings);
  bool chain(Direction direction, Findings& findings);
  void out_of_step(Direction direction, Findings& findings);
  void settings(Direction direction, Bytes payload, const Limits& limits);
  void headers(Direction direction, Findings& findings);
  void block(Direction direction, Bytes fragment, bool last, Findings& findings);
  void section_over(Direction direction, Findings& findings);
  void head(Direction direction, HttpFieldSection::Kind kind, bool ends, Findings& findings);
  void say_head(Direction direction, Findings& findings);
  void lose_headers(Direction direction, Findings& findings);
  void leave_if_idle(Findings& findings);
  void leave(std::string_view reason, Findings& findings);

  bool midstream_;
  Parameters upgrade_;  // of the HTTP/1.1 exchange that asked for h2c
  Side sides_[2];
  HttpStreams streams_{"2"};
  bool begun_ = false, prefaced_ = false, confirmed_ = false, over_ = false;
  bool said_head_ = false, said_exchange_ = false;
};

// ---- octets -------------------------------------------------------------------------------------

void Http2::begin(Findings& findings) {
  if (std::exchange(begun_, true) || upgrade_.empty()) return;
  // RFC 7540 section 3.2: the request that asked is stream 1, and carried the client's settings.
  streams_.expect(1, find(upgrade_, "method"), findings);
  settings(kClient, decode_base64url(find(upgrade_, "settings")), findings.limits());
}

void Http2::data(Direction direction, Bytes octets, Findings& findings) {
  begin(findings);
  if (over_ || octets.empty()) return;
  Side& mine = side(direction);
  mine.heard = true;
  if (mine.reader.lost() && !find_boundary(direction, octets)) {
    if (++mine.tries > (confirmed_ ? kBoundaryTries : kGuessTries)) {
      return leave("no frame boundary was found", findings);
    }
  }
  mine.reader.feed(octets);
  read(direction, findings);
  mine.reader.settle();
}

void Http2::read(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  const bool preface_due = direction == kClient && !prefaced_ && !mine.guessed;
  if (preface_due && !mine.reader.lost() && !read_preface(findings)) return;
  while (!over_) {
    switch (mine.reader.next(findings.limits())) {
      case Http2Reader::Event::need_more:
        return;
      case Http2Reader::Event::frame:
        frame(direction, findings);
        break;
      case Http2Reader::Event::data:
        data_frame(direction, findings);
        break;
      case Http2Reader::Event::broken:
        out_of_step(direction, findings);
    }
  }
}

// False if there is no more to be read now.
bool Http2::read_preface(Findings& findings) {
  Http2Reader& reader = side(kClient).reader;
  const Bytes octets = reader.peek(kPreface.size());
  const std::string_view text = as_text(octets);
  if (text != kPreface.substr(0, text.size())) {
    if (midstream_) {
      guess(kClient, findings);
    } else {
      leave("no preface", findings);
    }
    return midstream_;
  }
  if (text.size() < kPreface.size()) return false;
  prefaced_ = confirmed_ = true;
  findings.confirm(Strength::strong, "preface", {kClient, reader.offset(), octets},
                   "the client's connection preface of HTTP/2");
  reader.skip(kPreface.size());
  if (side(kServer).begun) say_settings(kServer, findings);
  return true;
}

void Http2::guess(Direction direction, Findings& findings) {
  side(direction).guessed = true;
  lose_headers(direction, findings);
}

// Behind a hole: whether `octets` begin with a frame. One alone has to end with them, or to belong to a
// stream that is open.
bool Http2::find_boundary(Direction direction, Bytes octets) {
  Http2Reader& reader = side(direction).reader;
  size_t at = 0;
  int frames = 0;
  bool known = false;
  while (octets.size() - at >= kHeaderOctets) {
    const Http2Frame frame = read_http2_frame(octets.subspan(at));
    if (!is_strictly_formed(frame, reader.most())) return false;
    known = known || streams_.knows(frame.stream);
    ++frames;
    at += std::min<size_t>(octets.size() - at, kHeaderOctets + size_t{frame.length});
  }
  const bool fits = frames > 1 || known || (frames == 1 && at == octets.size());
  if (fits) reader.resume();
  return fits;
}

// A frame that cannot be one. Where frames are only guessed to begin, the next portions get their chance.
void Http2::out_of_step(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  if (!mine.guessed || confirmed_ || ++mine.tries > kGuessTries) {
    return leave("no frames of HTTP/2", findings);
  }
  mine.reader.lose();
  mine.frames = 0;
  mine.types = 0;
}

// ---- the opening --------------------------------------------------------------------------------

// RFC 9113 section 3.4: the first frame of each side is SETTINGS. A client that was first told the server's
// may acknowledge them before (seen once). False if the frame is not to be read.
bool Http2::first_frame(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  const Http2Frame& frame = mine.reader.frame();
  const bool opens = !frame.has(kAck) || prefaced_ || !midstream_;
  if (frame.type == kSettings && opens && !mine.guessed) {
    mine.begun = true;
    say_settings(direction, findings);
    return true;
  }
  if (!midstream_) {
    leave("no frames of HTTP/2", findings);
    return false;
  }
  if (!mine.guessed) guess(direction, findings);
  return chain(direction, findings);
}

void Http2::say_settings(Direction direction, Findings& findings) {
  if (!prefaced_) return;  // a server alone: its answers will tell
  const Http2Reader& reader = side(direction).reader;
  const bool client = direction == kClient;
  findings.confirm(Strength::proof, client ? "client-settings" : "server-settings",
                   {direction, reader.frame_offset(), reader.header()},
                   client ? "the preface and a well-formed SETTINGS frame"
                          : "the preface, answered with a SETTINGS frame");
}

bool Http2::chain(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  const Http2Frame& frame = mine.reader.frame();
  if (!is_strictly_formed(frame, mine.reader.most())) {
    out_of_step(direction, findings);
    return false;
  }
  ++mine.frames;
  mine.types |= 1U << frame.type;
  const Side& other = side(opposite(direction));
  const uint32_t types = mine.types | other.types;
  const bool both = mine.frames >= kChainFrames && (other.begun || other.frames >= kChainFrames);
  if (confirmed_ || !both || (types & (types - 1)) == 0) return true;
  confirmed_ = true;
  findings.confirm(Strength::strong, "frame-chain",
                   {direction, mine.reader.frame_offset(), mine.reader.header()},
                   "the beginning was not captured, but well-formed frames of several types follow each "
                   "other in both directions");
  findings.note("http.version", std::string("2"));
  findings.note("http.headers_lost", true);
  return true;
}

// ---- frames -------------------------------------------------------------------------------------

void Http2::data_frame(Direction direction, Findings& findings) {
  const Http2Reader& reader = side(direction).reader;
  const Http2Frame& frame = reader.frame();
  streams_.data(frame.stream, direction, reader.payload(), findings);
  if (!reader.data_over()) return;
  streams_.data_over(frame.stream, direction, findings);
  if (frame.has(kEndStream)) streams_.end(frame.stream, direction, findings);
}

void Http2::frame(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  if (!mine.begun && !first_frame(direction, findings)) return;
  const Http2Frame& frame = mine.reader.frame();
  // Section 6.10: nothing comes between the parts of a block.
  const bool goes_on = frame.type == kContinuation && frame.stream == mine.opened.stream;
  if (mine.in_block ? !goes_on : frame.type == kContinuation && !mine.blind) {
    return leave("a field block is not in one piece", findings);
  }
  switch (frame.type) {
    case kSettings:
      if (mine.reader.whole()) settings(direction, mine.reader.payload(), findings.limits());
      break;
    case kHeaders:
    case kPushPromise:
      headers(direction, findings);
      break;
    case kContinuation:
      if (!mine.reader.whole()) lose_headers(direction, findings);
      block(direction, mine.reader.payload(), frame.has(kEndHeaders), findings);
      break;
    case kRstStream:
      streams_.reset(frame.stream);
      break;
    default:
      break;
  }
}

void Http2::settings(Direction direction, Bytes payload, const Limits& limits) {
  Side& other = side(opposite(direction));  // which has to follow them
  ByteReader reader(payload);
  while (!reader.at_end()) {
    const uint16_t identifier = reader.be16();
    const uint32_t value = reader.be32();
    if (!reader.ok()) break;
    if (identifier == kHeaderTableSize) {
      other.hpack.allow_table(std::min<size_t>(value, limits.hpack_table_octets));
    } else if (identifier == kMaxFrameSize) {
      other.reader.allow_frames(value);
    } else if (identifier == kEnableConnectProtocol && direction == kServer && value == 1) {
      streams_.expect_tunnels();
    }
  }
}

// ---- field blocks -------------------------------------------------------------------------------

void Http2::headers(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  mine.opened = mine.reader.frame();
  std::copy_n(mine.reader.header().begin(), kHeaderOctets, mine.opened_as.begin());
  mine.section.begin(mine.reader.frame_offset());
  if (!mine.reader.whole()) lose_headers(direction, findings);
  ByteReader reader(mine.reader.payload());
  const size_t padding = mine.opened.has(kPadded) ? reader.u8() : 0;
  if (mine.opened.type == kPushPromise) {
    mine.promised = reader.be32() & 0x7fffffff;
  } else if (mine.opened.has(kHasPriority)) {
    reader.skip(5);
  }
  const Bytes rest = reader.rest();
  if (mine.reader.whole() && (!reader.ok() || padding > rest.size())) {
    return leave("more padding than a frame holds", findings);
  }
  block(direction, first_of(rest, rest.size() - std::min(padding, rest.size())),
        mine.opened.has(kEndHeaders), findings);
}

void Http2::block(Direction direction, Bytes fragment, bool last, Findings& findings) {
  Side& mine = side(direction);
  mine.in_block = !last;
  if (!mine.blind &&
      !mine.hpack.decode(fragment, last, mine.section, findings.limits())) {
    lose_headers(direction, findings);
  }
  if (last) section_over(direction, findings);
}

void Http2::section_over(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  using Kind = HttpFieldSection::Kind;
  const Kind kind = mine.blind ? Kind::malformed : mine.section.end();
  if (mine.opened.type == kPushPromise) {
    if (kind == Kind::request) {
      streams_.expect(mine.promised, mine.section.head().method, findings);
    }
    return;
  }
  head(direction, kind, mine.opened.has(kEndStream), findings);
  leave_if_idle(findings);
}

void Http2::head(Direction direction, HttpFieldSection::Kind kind, bool ends,
                 Findings& findings) {
  const uint32_t stream = side(direction).opened.stream;
  const HttpHead& head = side(direction).section.head();
  if (kind == HttpFieldSection::Kind::request && direction == kClient) {
    say_head(direction, findings);
    streams_.request(stream, head, ends, findings);
  } else if (kind == HttpFieldSection::Kind::response && direction == kServer) {
    say_head(direction, findings);
    streams_.answer(stream, head, ends, findings);
  } else if (ends) {
    streams_.end(stream, direction, findings);
  }
  if (said_exchange_ || !streams_.exchange().both()) return;
  said_exchange_ = true;
  findings.confirm(Strength::proof, "exchange",
                   {direction, head.offset, side(direction).opened_as},
                   "field blocks of both sides decode to a request and an answer");
}

void Http2::say_head(Direction direction, Findings& findings) {
  if (std::exchange(said_head_, true)) return;
  confirmed_ = true;
  // Where it is, not what it says: octets of a block hold cookies as well.
  const Side& mine = side(direction);
  findings.confirm(Strength::proof, "field-block",
                   {direction, mine.section.head().offset, mine.opened_as},
                   direction == kClient ? "a field block that decodes to a well-formed request"
                                        : "a field block that decodes to a well-formed answer");
}

void Http2::lose_headers(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  if (std::exchange(mine.blind, true)) return;
  mine.hpack.lose();
  if (direction == kServer) streams_.lose_answers();
  if (confirmed_) findings.note("http.headers_lost", true);
}

// ---- holes and ends -----------------------------------------------------------------------------

void Http2::gap(Direction direction, uint64_t length, Findings& findings) {
  begin(findings);
  if (over_) return;
  Side& mine = side(direction);
  const uint32_t stream = mine.reader.frame().stream;
  const bool in_data = mine.reader.in_data();
  if (mine.reader.lost()) {
    mine.reader.skip_gap(length);
  } else if (mine.reader.skip_gap(length)) {
    if (in_data) streams_.gap(stream, direction, length, findings);
  } else {
    mine.in_block = false;
    mine.tries = 0;
    if (!mine.begun) mine.guessed = midstream_ = true;
    lose_headers(direction, findings);
    streams_.gap_everywhere(direction, findings);
  }
}

void Http2::end(Direction, Findings& findings) {
  begin(findings);
  if (over_) return;
  if (!side(kServer).heard) streams_.lose_answers();
  streams_.close(findings);
}

void Http2::leave_if_idle(Findings& findings) {
  const bool blind = sides_[0].blind && sides_[1].blind;
  if (confirmed_ && (blind || streams_.exhausted()) && !streams_.listening(findings)) leave({}, findings);
}

void Http2::leave(std::string_view reason, Findings& findings) {
  over_ = true;
  if (confirmed_) {
    findings.finish();
  } else {
    findings.refute(reason);
  }
}

}  // namespace

extern const ParserModule kHttp2;
const ParserModule kHttp2{"http2", Unit::bytes, [](const Start& start) -> std::unique_ptr<Parser> {
                            return std::make_unique<Http2>(start);
                          }};

}  // namespace parlance
