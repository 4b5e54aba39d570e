// WebSocket (RFC 6455) behind an HTTP/1.1 Upgrade or in a stream of HTTP/2 or HTTP/3 (RFC 8441, RFC 9220),
// with permessage-deflate (RFC 7692) and its older relatives, the drafts from hixie-75 on, and connections
// whose handshake was not captured.
//
// With a handshake the answer's Sec-WebSocket-Accept is computed again: a match is a cryptographic
// proof that this server agreed to this request, whether or not a frame follows. An extended CONNECT has
// no key: it names the protocol, and any 2xx answer agrees to it, in a stream that HTTP/2 numbers. Behind
// either frames are read leniently. Without a handshake they are read strictly, and only both sides together
// count: a lone MQTT SUBSCRIBE is a well-formed frame of a server, and so are LDAP and SOCKS
// answers.
#include <optional>

#include "base/byte_reader.h"
#include "base/text.h"
#include "protocols/parser.h"
#include "protocols/support/hixie_reader.h"
#include "protocols/support/websocket_handshake.h"
#include "protocols/support/websocket_reader.h"

namespace parlance {
namespace {

constexpr int kClientFrames = 3;          // of a chain without handshake …
constexpr int kClientFramesWithText = 2;  // … or so many, if one is text that can be read
constexpr size_t kPrintable = 4;          // octets of such a text
constexpr int kBoundaryTries = 6;         // portions at whose start a frame is looked for
constexpr uint64_t kGuessedFrameOctets = uint64_t{64} * 1024 * 1024;
constexpr size_t kHixieAnswer = 16;

/// Of a text that is UTF-8.
bool is_readable(Bytes text) {
  size_t printable = 0;
  for (const uint8_t octet : text) {
    if (octet < 0x20 || octet == 0x7f) continue;
    if (++printable == kPrintable) return true;
  }
  return false;
}

// RFC 6455 section 7.4; 1004 to 1006 and 1015 are never sent.
bool is_close_code(uint16_t code) {
  return code >= 1000 && code < 5000 && !(code >= 1004 && code <= 1006) && code != 1015;
}

class WebSocket : public Parser {
 public:
  explicit WebSocket(const Start& start) : agreed_(start.agreed) {
    if (agreed_ && start.parameters != nullptr) handshake_ = *start.parameters;
  }

  void data(Direction direction, Bytes octets, Findings& findings) override;
  void gap(Direction direction, uint64_t length, Findings& findings) override;
  void end(Direction direction, Findings& findings) override;

 private:
  struct Side {
    WebSocketReader reader;
    HixieReader hixie;
    uint64_t offset = 0;  ///< of hixie octets
    int frames = 0;       ///< whole, and without a fault
    int readable = 0;     ///< texts that a person could read
    std::optional<bool> masked;
    bool closed = false;
    int tries = 0;
  };
  struct Pending {
    Direction direction;
    std::vector<uint8_t> message;
  };

  // Without a handshake the client is who masks, whoever was taken for it.
  Direction role(Direction direction) const {
    const std::optional<bool>& masked = sides_[index(direction)].masked;
    if (agreed_ || !masked) return direction;
    return *masked ? Direction::to_server : Direction::to_client;
  }
  std::string_view told(std::string_view name) const { return find(handshake_, name); }
  Side& side(Direction direction) { return sides_[index(direction)]; }

  void begin(Findings& findings);
  void judge_handshake(Findings& findings);
  void note_handshake(Findings& findings) const;
  void check_hixie_answer(Bytes& octets, Findings& findings);
  void read_hixie(Direction direction, Bytes octets, Findings& findings);
  void read_frames(Direction direction, Bytes octets, Findings& findings);
  bool find_boundary(Direction direction, Bytes octets);
  bool header(Direction direction, Findings& findings);
  bool accept_guess(Direction direction);
  void frame_over(Direction direction, Findings& findings);
  void close_frame(Side& mine, Findings& findings);
  void judge_frames(Direction direction, const Place& place, Findings& findings);
  void judge_chain(const Place& place, Findings& findings);
  void message_over(Direction direction, Findings& findings);
  bool wanted(Findings& findings) const;
  void deliver(Direction direction, Bytes message, bool whole, Findings& findings);
  void out_of_step(Direction direction, Findings& findings);
  void leave(std::string_view reason, Findings& findings);

  bool agreed_;
  Parameters handshake_;
  Side sides_[2];
  bool begun_ = false, over_ = false, hixie_ = false;
  bool confirmed_ = false, proven_ = false;
  bool invalid_ = false;                     // a text was not UTF-8
  std::optional<std::string> hixie_answer_;  // expected of the server, while it is awaited
  std::string hixie_seen_;
  std::optional<ChannelId> inner_;
  std::vector<Pending> pending_;  // messages read before the chain was believed
  size_t pending_octets_ = 0;
};

void WebSocket::data(Direction direction, Bytes octets, Findings& findings) {
  begin(findings);
  if (over_ || octets.empty()) return;
  if (hixie_) return read_hixie(direction, octets, findings);
  read_frames(direction, octets, findings);
}

// ---- the handshake
// ---------------------------------------------------------------------------------

void WebSocket::begin(Findings& findings) {
  if (begun_) return;
  begun_ = true;
  if (!agreed_) return;
  note_handshake(findings);
  judge_handshake(findings);
  const WebSocketExtensions agreed = parse_websocket_extensions(told("extensions"));
  side(Direction::to_server).reader.use(agreed.deflate, agreed.client_no_context_takeover);
  side(Direction::to_client).reader.use(agreed.deflate, agreed.server_no_context_takeover);
  if (!agreed.names.empty()) findings.note("websocket.extensions", agreed.names);
  // The drafts before hybi-07 mask whole frames and number the opcodes otherwise: what the
  // handshake proved is all that is said of them.
  const std::string_view version = told("version");
  if (version.size() == 1 && version[0] >= '1' && version[0] <= '6') leave({}, findings);
}

void WebSocket::judge_handshake(Findings& findings) {
  const auto confirm = [&](Strength strength, std::string_view what, std::string_view octets,
                           std::string text) {
    confirmed_ = true;
    proven_ = strength == Strength::proof;
    findings.confirm(strength, what, {Direction::to_client, 0, as_bytes(octets)}, std::move(text));
  };
  const std::string_view accept = told("accept");
  if (!told("over").empty() && !told("answer").empty()) {
    return confirm(Strength::proof, "extended-connect", {},
                   "an extended CONNECT asked for WebSocket in this stream of " +
                       std::string(told("over")) + " and was granted with a 2xx answer");
  }
  if (told("answer").empty()) {
    return confirm(Strength::strong, "request", told("key"),
                   "the client asked for WebSocket and went on; the answer was not captured");
  }
  if (!told("key").empty()) {
    if (accept == websocket_accept(told("key"))) {
      return confirm(
          Strength::proof, "accept-key", accept,
          "the 101 answer's Sec-WebSocket-Accept is computed from the client's key: both "
          "agreed on WebSocket, whether or not frames follow");
    }
    findings.note("websocket.accept_mismatch", true);
    return confirm(
        Strength::strong, "upgrade", accept,
        "the 101 answer agrees on WebSocket, but its Sec-WebSocket-Accept is not the one "
        "that the client's key asks for");
  }
  if (!accept.empty()) {
    return confirm(Strength::strong, "accept-header", accept,
                   "a 101 answer with Sec-WebSocket-Accept; the request was not captured");
  }
  hixie_ = !told("key1").empty() || !told("hixie76-location").empty() ||
           !told("hixie75-location").empty();
  confirm(Strength::strong, hixie_ ? "hixie-upgrade" : "upgrade", {},
          hixie_ ? "the 101 answer agrees on WebSocket as the drafts before hybi-01 describe it"
                 : "the 101 answer agrees on WebSocket without Sec-WebSocket-Accept");
  if (!told("key1").empty() || !told("hixie76-location").empty()) {
    hixie_answer_ = hixie_answer(told("key1"), told("key2"), as_bytes(told("key3"))).value_or("");
  }
}

void WebSocket::note_handshake(Findings& findings) const {
  const auto field = [&](std::string_view buffer, std::string_view name, Direction direction) {
    const std::string_view value = told(name);
    if (!value.empty()) findings.field(buffer, {direction, 0, as_bytes(value)});
  };
  field("websocket.protocol", "protocol", Direction::to_client);
  field("websocket.path", "path", Direction::to_server);
  field("websocket.host", "host", Direction::to_server);
  field("websocket.origin", "origin", Direction::to_server);
  const std::string_view over = told("over");
  findings.note("websocket.over", std::string(over.empty() ? "http/1.1" : over));
  findings.count("websocket.frames_toserver", 0);
  findings.count("websocket.frames_toclient", 0);
  const std::string_view protocol = told("protocol");
  if (!protocol.empty()) findings.note("websocket.subprotocol", redact_subprotocols(protocol));
}

// ---- frames
// ----------------------------------------------------------------------------------------

void WebSocket::read_frames(Direction direction, Bytes octets, Findings& findings) {
  Side& mine = side(direction);
  if (mine.reader.lost() && !find_boundary(direction, octets)) {
    if (++mine.tries > kBoundaryTries) return leave("no frame boundary was found", findings);
  }
  mine.reader.feed(octets);
  while (!over_) {
    const WebSocketReader::Event event = mine.reader.next(findings.limits());
    if (event == WebSocketReader::Event::need_more) break;
    switch (event) {
      case WebSocketReader::Event::header:
        if (!header(direction, findings)) out_of_step(direction, findings);
        break;
      case WebSocketReader::Event::frame:
        frame_over(direction, findings);
        break;
      case WebSocketReader::Event::message:
        message_over(direction, findings);
        break;
      default:
        out_of_step(direction, findings);
    }
  }
  mine.reader.settle();
}

// Behind a hole a portion is trusted to begin with a frame only if it consists of whole ones.
// Without a handshake nothing is trusted anyway: the chain is then counted from here.
bool WebSocket::find_boundary(Direction direction, Bytes octets) {
  Side& mine = side(direction);
  const bool masked = mine.masked.value_or(direction == Direction::to_server);
  if (confirmed_ && !tiles_with_frames(octets, masked)) return false;
  mine.reader.find_boundary();
  return true;
}

// Says whether the frame that begins is to be believed.
bool WebSocket::header(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  const WebSocketFrame& frame = mine.reader.frame();
  if (!mine.masked) mine.masked = frame.masked;
  if (!agreed_ && !accept_guess(direction)) return false;
  mine.reader.want(wanted(findings));
  return true;
}

bool WebSocket::accept_guess(Direction direction) {
  Side& mine = side(direction);
  const WebSocketFrame& frame = mine.reader.frame();
  if (!mine.reader.problem().empty() || frame.length > kGuessedFrameOctets || mine.closed)
    return false;
  if (frame.masked != *mine.masked) return false;
  // One side masks and the other does not.
  if (side(opposite(direction)).masked == mine.masked) return false;
  // A chain that begins with a close frame is chance more often than not.
  return frame.opcode != websocket_opcode::kClose || mine.frames > 0;
}

void WebSocket::frame_over(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  const WebSocketFrame& frame = mine.reader.frame();
  if (frame.opcode == websocket_opcode::kClose) close_frame(mine, findings);
  if (over_) return;
  const bool good = mine.reader.problem().empty() && frame.masked == *mine.masked;
  if (good) ++mine.frames;
  if (agreed_ || confirmed_) {
    findings.count(role(direction) == Direction::to_server ? "websocket.frames_toserver"
                                                           : "websocket.frames_toclient");
  }
  // Only the judgement that a whole message allows is left for message_over().
  if (!proven_ && (frame.is_control() || !frame.fin)) {
    judge_frames(direction, {direction, mine.reader.frame_offset(), {}}, findings);
  }
  if (!over_ && agreed_ && sides_[0].closed && sides_[1].closed) leave({}, findings);
}

void WebSocket::close_frame(Side& mine, Findings& findings) {
  mine.closed = true;
  ByteReader payload(mine.reader.control_payload());
  if (payload.at_end()) return;
  const uint16_t code = payload.be16();
  if (!payload.ok() || !is_close_code(code)) {
    if (!confirmed_) leave("not a close code", findings);
    return;
  }
  if (confirmed_) findings.note("websocket.close_code", int64_t{code});
}

void WebSocket::message_over(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  const Bytes message = mine.reader.message();
  const bool whole = mine.reader.message_is_whole();
  if (mine.reader.message_is_text() && !message.empty() && !invalid_) {
    if (!is_utf8(message, !whole)) {
      if (!confirmed_) return leave("a text message that is not UTF-8", findings);
      invalid_ = true;  // once said, no further text is looked at
      findings.note("websocket.invalid_utf8", true);
    } else if (!confirmed_ && is_readable(message)) {
      ++mine.readable;
    }
  }
  deliver(direction, message, whole, findings);
  if (!proven_ && !over_) {
    // Where it is, not what it says.
    judge_frames(direction, {direction, mine.reader.frame_offset(), {}}, findings);
  }
}

// Frames of both sides, as each has to send them, make up for a handshake that proves too little.
void WebSocket::judge_frames(Direction direction, const Place& place, Findings& findings) {
  if (!agreed_) return judge_chain(place, findings);
  const Side& client = side(Direction::to_server);
  const Side& server = side(Direction::to_client);
  if (client.frames == 0 || server.frames == 0 || !*client.masked || *server.masked) return;
  proven_ = true;
  const std::string_view agreement = told("answer").empty()
                                         ? "the client asked for WebSocket"
                                         : "a 101 answer that agrees on WebSocket";
  findings.confirm(Strength::proof, "frames", {direction, place.offset, place.octets},
                   std::string(agreement) +
                       ", and well-formed frames of both sides, the client's masked and the "
                       "server's not");
}

void WebSocket::judge_chain(const Place& place, Findings& findings) {
  if (confirmed_ || !sides_[0].masked || !sides_[1].masked) return;
  const Side& client = *sides_[0].masked ? sides_[0] : sides_[1];
  const Side& server = *sides_[0].masked ? sides_[1] : sides_[0];
  const bool enough = client.frames >= kClientFrames ||
                      (client.frames >= kClientFramesWithText && client.readable > 0);
  if (!enough || server.frames == 0) return;
  confirmed_ = true;
  findings.confirm(Strength::strong, "frame-chain", place,
                   "no handshake was captured, but " + std::to_string(client.frames) +
                       " masked frames of one side and " + std::to_string(server.frames) +
                       " unmasked ones of the other follow each other without a fault");
  for (const Side& each : sides_) {
    findings.count(*each.masked ? "websocket.frames_toserver" : "websocket.frames_toclient",
                   each.frames);
  }
  const std::vector<Pending> pending = std::move(pending_);
  pending_.clear();
  for (const Pending& each : pending) deliver(each.direction, each.message, true, findings);
}

// ---- messages
// --------------------------------------------------------------------------------------

bool WebSocket::wanted(Findings& findings) const {
  return !inner_ || findings.listening(*inner_);
}

// Of a message above Limits::message_octets only the head is delivered, and a gap behind it: a
// reader of messages sees how it begins, a reader of octets knows that some are missing.
void WebSocket::deliver(Direction direction, Bytes message, bool whole, Findings& findings) {
  if (!confirmed_) {
    const Limits& limits = findings.limits();
    if (!whole || message.empty() || pending_.size() >= limits.scan_messages ||
        pending_octets_ + message.size() > limits.head_octets) {
      return;
    }
    pending_octets_ += message.size();
    pending_.push_back({direction, {message.begin(), message.end()}});
    return;
  }
  if (!wanted(findings) || (whole && message.empty())) return;
  if (!inner_) inner_ = findings.open(Carrier::websocket, Unit::message);
  if (!message.empty()) findings.deliver(*inner_, role(direction), message);
  if (!whole) findings.deliver_gap(*inner_, role(direction), 0);
}

// ---- hixie-75 and hixie-76
// -------------------------------------------------------------------------

// The server's 16 octets behind its 101 answer: MD5 of what the client sent.
void WebSocket::check_hixie_answer(Bytes& octets, Findings& findings) {
  const Bytes part = first_of(octets, kHixieAnswer - hixie_seen_.size());
  hixie_seen_ += as_text(part);
  octets = octets.subspan(part.size());
  side(Direction::to_client).offset += part.size();
  if (hixie_seen_.size() < kHixieAnswer) return;
  if (hixie_seen_ == *hixie_answer_) {
    proven_ = true;
    findings.confirm(Strength::proof, "hixie-answer",
                     {Direction::to_client, 0, as_bytes(hixie_seen_)},
                     "the 16 octets behind the 101 answer are computed from the client's two keys");
  } else if (!hixie_answer_->empty()) {
    findings.note("websocket.accept_mismatch", true);
  }
  hixie_answer_.reset();
}

void WebSocket::read_hixie(Direction direction, Bytes octets, Findings& findings) {
  Side& mine = side(direction);
  if (direction == Direction::to_client && hixie_answer_) check_hixie_answer(octets, findings);
  const char* const key =
      direction == Direction::to_server ? "websocket.frames_toserver" : "websocket.frames_toclient";
  while (!octets.empty() && !over_) {
    const size_t before = octets.size();
    const HixieReader::Event event = mine.hixie.next(octets, findings.limits());
    mine.offset += before - octets.size();
    if (event == HixieReader::Event::broken) return leave({}, findings);
    if (event == HixieReader::Event::need_more) break;
    findings.count(key);
    if (event == HixieReader::Event::closed) continue;
    ++mine.frames;
    deliver(direction, mine.hixie.message(), mine.hixie.whole(), findings);
    if (proven_ || sides_[0].frames == 0 || sides_[1].frames == 0) continue;
    proven_ = true;
    findings.confirm(Strength::proof, "hixie-frames", {direction, mine.offset, {}},
                     "a 101 answer that agrees on WebSocket, and framed messages of both sides");
  }
}

// ---- holes and ends
// --------------------------------------------------------------------------------

void WebSocket::gap(Direction direction, uint64_t length, Findings& findings) {
  begin(findings);
  if (over_) return;
  if (hixie_) return leave({}, findings);
  Side& mine = side(direction);
  mine.reader.skip_gap(length);
  if (!mine.reader.lost()) return;
  mine.tries = 0;
  if (!confirmed_) mine.frames = mine.readable = 0;
  if (inner_ && findings.listening(*inner_)) findings.deliver_gap(*inner_, role(direction), 0);
}

void WebSocket::end(Direction, Findings& findings) {
  begin(findings);
}

// A frame that cannot be one. After a handshake it ends the reading; without one the guess where
// frames begin may have been wrong, and the next portions get their chance.
void WebSocket::out_of_step(Direction direction, Findings& findings) {
  Side& mine = side(direction);
  if (confirmed_ || ++mine.tries > kBoundaryTries) return leave("not a chain of frames", findings);
  mine.reader.lose();
  mine.masked.reset();
  mine.closed = false;
  mine.frames = mine.readable = 0;
  std::erase_if(pending_, [&](const Pending& each) { return each.direction == direction; });
}

void WebSocket::leave(std::string_view reason, Findings& findings) {
  over_ = true;
  if (confirmed_) {
    findings.finish();
  } else {
    findings.refute(reason);
  }
}

}  // namespace

extern const ParserModule kWebsocket;
const ParserModule kWebsocket{"websocket", Unit::bytes,
                              [](const Start& start) -> std::unique_ptr<Parser> {
                                return std::make_unique<WebSocket>(start);
                              }};

}  // namespace parlance
