// WhatsApp's chat stream of 2016 and later, on the phone's TCP connection and in the web client's
// WebSocket: an optional routing header, "WA" and a version, then frames of a three-octet length.
// The first frames are a Noise handshake (XX, IK or XXfallback over 25519, AES-GCM and SHA-256) as
// protocol buffers, the others are ciphertext. Nothing inside them can be read without the keys.
//
//   client: [45 44 00 01 len24 routing] 57 41 major minor   len24 12 .. ClientHello
//   server:                                                 len24 1a .. ServerHello
//   client: (XX and XXfallback)                             len24 22 .. ClientFinish
//   both:                                                   len24 ciphertext, 16-octet tag …
//
// Layout as in whatsmeow's socket and waWa6 packages, Baileys' noise-handler and consonance.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/protobuf.h"

namespace parlance {
namespace {

constexpr size_t kLengthOctets = 3;
constexpr uint32_t kShortestFrame = 17;    // one octet of ciphertext and its 16-octet tag
constexpr uint32_t kRoutingAtMost = 1024;  // a bound of ours: it is checked at each delivery
constexpr int kFramesForTiling = 4;        // whole transport frames before tiling is claimed
constexpr int kFramesAtMost = 16;          // watched when one side is missing
// Enough of a hello to compare tag and length with the frame: tag, varint up to 4, tag, length.
constexpr size_t kHelloHead = 7;

constexpr std::array<uint8_t, 4> kRouting = {'E', 'D', 0x00, 0x01};
constexpr uint32_t kClientHello = 2, kServerHello = 3, kClientFinish = 4;  // of HandshakeMessage

/// False once `octets` cannot become the routing header's start.
bool may_be_routing(Bytes octets) {
  for (size_t i = 0; i < octets.size() && i < kRouting.size(); ++i) {
    if (octets[i] != kRouting[i]) return false;
  }
  return true;
}

/// False once `octets` cannot become "WA", major, minor. Versions 2.0 to 6.3 were seen (2017-2026);
/// version 1 is the older protocol with another framing.
bool may_be_prologue(Bytes octets) {
  if (!octets.empty() && octets[0] != 'W') return false;
  if (octets.size() > 1 && octets[1] != 'A') return false;
  if (octets.size() > 2 && (octets[2] < 2 || octets[2] > 31)) return false;
  return octets.size() <= 3 || octets[3] <= 31;
}

/// Whether a frame of `length` octets that starts with `head` is the handshake message `number`:
/// its one field spans the frame, and that field starts with field 1 of `key_length` octets.
bool head_agrees(Bytes head, uint32_t length, uint32_t number, uint8_t key_length) {
  ByteReader reader(head);
  uint64_t inner = 0;
  if (reader.u8() != (number << 3 | 2) || !read_varint(reader, inner)) return false;
  if (length < reader.position() || inner != length - reader.position()) return false;
  return reader.u8() == 0x0a && reader.u8() == key_length && reader.ok();
}

/// What the three clear fields of a hello hold. Later schemas add fields (extended ephemeral keys
/// for post-quantum modes among them), which are walked and passed over.
struct Hello {
  bool has_static = false;
  bool has_payload = false;
  size_t payload = 0;
};

std::optional<Hello> read_hello(Bytes message, uint32_t number) {
  ProtobufReader outer(message);
  ProtobufField field;
  if (!outer.next(field) || field.number != number || field.wire_type != 2 ||
      outer.position() != message.size()) {
    return std::nullopt;
  }
  Hello hello;
  bool has_ephemeral = false;
  uint32_t seen = 0;
  ProtobufReader inner(field.octets);
  while (inner.next(field)) {
    if (field.number > 31 || (seen >> field.number & 1) != 0) return std::nullopt;
    seen |= uint32_t{1} << field.number;
    if (field.number > 3) continue;
    if (field.wire_type != 2) return std::nullopt;
    const size_t size = field.octets.size();
    if (field.number == 1 && size != 32) return std::nullopt;
    if (field.number == 2 && size != 48) return std::nullopt;  // 32 and the tag
    if (field.number == 3 && size < 16) return std::nullopt;   // at least the tag
    has_ephemeral |= field.number == 1;
    hello.has_static |= field.number == 2;
    hello.has_payload |= field.number == 3;
    if (field.number == 3) hello.payload = size;
  }
  if (inner.failed() || !has_ephemeral) return std::nullopt;
  return hello;
}

class WhatsappNoise : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    InputBuffer& input = side(direction).input;
    if (over_ || side(direction).lost) return;
    Bytes view = input.append(octets);
    size_t used = 0;
    while (!over_ && used < view.size()) {
      const size_t step = next(direction, view.subspan(used), input.offset() + used, findings);
      if (step == 0) break;
      used += step;
    }
    input.consume(over_ ? view.size() : used);
  }

  /// After a hole the frames of that direction cannot be found again, but the other side's can.
  void gap(Direction direction, uint64_t, Findings& findings) override {
    side(direction).lost = true;
    if (side(opposite(direction)).lost || client_hello_ || server_hello_) finish(findings);
  }

 private:
  struct Side {
    InputBuffer input;
    bool lost = false;
    bool greeted = false;       // its hello was read: transport frames follow
    int frames = 0;             // frames after the hello whose header was read
    uint32_t left = 0;          // octets of the frame being passed over
    uint64_t frame_offset = 0;  // where that frame started
    std::array<uint8_t, kLengthOctets> header{};
  };
  Side& side(Direction direction) { return sides_[index(direction)]; }

  /// Octets used from the start of `view`, 0 if more are needed.
  size_t next(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    if (side(direction).greeted) return pass_frame(direction, view, offset, findings);
    if (direction == Direction::to_server) return read_client_start(view, findings);
    return read_server_start(view, findings);
  }

  size_t read_client_start(Bytes view, Findings& findings) {
    ByteReader reader(view);
    Bytes routing;
    const bool routed = view[0] == kRouting[0];
    if (routed) {
      if (!may_be_routing(view)) return refuse("the routing header is not ED 00 01", findings);
      reader.skip(kRouting.size());
      const uint32_t length = reader.be24();
      if (length > kRoutingAtMost) {
        return refuse("the routing header is longer than any seen", findings);
      }
      routing = reader.bytes(length);
      if (!reader.ok()) return 0;
    }
    if (!may_be_prologue(reader.rest())) return refuse("no WA and version", findings);
    const Bytes version = reader.bytes(4);
    if (!reader.ok()) return 0;
    if (!is_protobuf(routing)) return refuse("the routing header is no protobuf", findings);

    const size_t hello_at = reader.position();
    const uint32_t length = reader.be24();
    if (!reader.ok()) return 0;
    if (!check_hello_head(view.first(hello_at), reader.rest(), length, findings)) return 0;
    const Bytes message = reader.bytes(length);
    if (!reader.ok()) return 0;
    const auto hello = read_hello(message, kClientHello);
    if (!hello || hello->has_static != hello->has_payload) {
      return refuse("the client hello's fields are not a Noise hello's", findings);
    }
    say_version(version, routed, findings);
    accept_client_hello(*hello, {Direction::to_server, hello_at, view.subspan(hello_at)}, findings);
    return reader.position();
  }

  /// Refutes a hello that its first octets give away; true if the whole may be read. Says the
  /// prologue, which is worth a label even if the hello is cut off: 16 bits of "WA", and 32 or more
  /// of tags and lengths that agree with each other.
  bool check_hello_head(Bytes prologue, Bytes rest, uint32_t length, Findings& findings) {
    if (length < 36 || length > findings.limits().handshake_octets) {
      refuse("the first frame's length is not a hello's", findings);
      return false;
    }
    if (rest.size() < kHelloHead) return false;
    if (prologue_said_) return true;
    if (!head_agrees(rest, length, kClientHello, 32)) {
      refuse("the first frame is no client hello", findings);
      return false;
    }
    prologue_said_ = true;
    findings.confirm(Strength::strong, "prologue", {Direction::to_server, 0, prologue},
                     "WhatsApp's Noise prologue and the start of a client hello of fitting length");
    return true;
  }

  void say_version(Bytes version, bool routed, Findings& findings) {
    findings.note("whatsapp.generation", std::string("noise"));
    findings.note("whatsapp.version", fmt::format("{}.{}", version[2], version[3]));
    findings.note("whatsapp.routing_header", routed);
  }

  /// Proof even if the server was not captured: more than 80 bits are fixed (WA, three nested
  /// lengths, tags, key sizes) and the message ends exactly with its frame. Of 80,125 directions of
  /// the measuring corpus all 102 that begin so are WhatsApp's, and no other one passes.
  void accept_client_hello(const Hello& hello, const Place& place, Findings& findings) {
    side(Direction::to_server).greeted = true;
    client_hello_ = hello;
    findings.confirm(Strength::proof, "client-hello", place,
                     hello.has_static ? "a whole Noise IK client hello: ephemeral key, encrypted "
                                        "static key, payload, exact lengths"
                                      : "a whole Noise XX client hello: one 32-octet key, exact "
                                        "lengths");
    note_handshake(findings);
  }

  size_t read_server_start(Bytes view, Findings& findings) {
    ByteReader reader(view);
    const uint32_t length = reader.be24();
    if (!reader.ok()) return 0;
    if (length < 54 || length > findings.limits().handshake_octets) {
      return refuse("the server's first frame is no hello", findings);
    }
    if (reader.remaining() < kHelloHead) return 0;
    if (!head_agrees(reader.rest(), length, kServerHello, 32)) {
      return refuse("the server's first frame is no hello", findings);
    }
    const Bytes message = reader.bytes(length);
    if (!reader.ok()) return 0;
    const auto hello = read_hello(message, kServerHello);
    // IK answers with an empty payload (its tag alone), XX and its fallback with key and
    // certificate.
    if (!hello || !hello->has_payload || (!hello->has_static && hello->payload != 16)) {
      return refuse("the server hello's fields are not a Noise hello's", findings);
    }
    side(Direction::to_client).greeted = true;
    server_hello_ = hello;
    findings.confirm(client_hello_ ? Strength::proof : Strength::strong, "server-hello",
                     {Direction::to_client, 0, view.first(reader.position())},
                     hello->has_static ? "a whole Noise XX server hello, exact lengths"
                                       : "a whole Noise IK server hello, exact lengths");
    findings.note("whatsapp.generation", std::string("noise"));
    note_handshake(findings);
    return reader.position();
  }

  void note_handshake(Findings& findings) {
    std::string name = server_hello_ && !server_hello_->has_static ? "IK" : "XX";
    if (client_hello_) name = client_hello_->has_static ? "IK" : "XX";
    if (client_hello_ && server_hello_ && client_hello_->has_static && server_hello_->has_static) {
      name = "XXfallback";
    }
    findings.note("whatsapp.handshake", std::move(name));
  }

  size_t pass_frame(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    Side& from = side(direction);
    if (from.left > 0) {
      const size_t step = std::min<size_t>(from.left, view.size());
      from.left -= static_cast<uint32_t>(step);
      if (from.left == 0) count_frame(direction, findings);
      return step;
    }
    ByteReader reader(view);
    const uint32_t length = reader.be24();
    if (!reader.ok()) return 0;
    // The handshake was proven; what no longer tiles is only not counted.
    if (length < kShortestFrame) return finish(findings);
    if (awaits_finish(direction)) {
      if (reader.remaining() < kHelloHead) return 0;
      if (!head_agrees(reader.rest(), length, kClientFinish, 48)) return finish(findings);
    }
    ++from.frames;
    from.left = length;
    from.frame_offset = offset;
    std::copy_n(view.begin(), kLengthOctets, from.header.begin());
    return kLengthOctets;
  }

  /// After an XX hello the client's second frame is its ClientFinish; after IK it may be either.
  bool awaits_finish(Direction direction) {
    return direction == Direction::to_server && client_hello_ && !client_hello_->has_static &&
           side(direction).frames == 0;
  }

  void count_frame(Direction direction, Findings& findings) {
    const Side& from = side(direction);
    ++whole_frames_;
    if (whole_frames_ == kFramesForTiling) {
      findings.confirm(Strength::proof, "tiling", {direction, from.frame_offset, from.header},
                       fmt::format("{} frames with three-octet lengths fit end to end after the "
                                   "handshake",
                                   whole_frames_));
    }
    const bool both = client_hello_ && server_hello_;
    if (whole_frames_ >= (both ? kFramesForTiling : kFramesAtMost)) finish(findings);
  }

  size_t finish(Findings& findings) {
    over_ = true;
    findings.finish();
    return 0;
  }
  size_t refuse(std::string_view reason, Findings& findings) {
    if (client_hello_) return finish(findings);  // proven already; the other side is odd
    over_ = true;
    findings.refute(reason);
    return 0;
  }

  std::array<Side, 2> sides_;
  std::optional<Hello> client_hello_;
  std::optional<Hello> server_hello_;
  int whole_frames_ = 0;
  bool prologue_said_ = false;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kWhatsappNoise;
const ParserModule kWhatsappNoise{
    "whatsapp_noise", Unit::bytes,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<WhatsappNoise>(); }};

}  // namespace parlance
