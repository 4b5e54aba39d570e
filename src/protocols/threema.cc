// Threema's chat server protocol (CSP) as published with Threema's clients (csp.struct.yml). The
// handshake has no framing, and its sides take turns:
//
//   client:  48  temporary X25519 key (32), cookie (16)
//   server:  80  cookie (16), box (64)
//   client: 144  login box; with extensions a second box, longer than its 16-octet authenticator
//   server:  32  login acknowledged, box
//   both:        length (2, little-endian), box of an authenticator (16) and a container (4 and
//   more)
//
// All of it looks random. What tells is that each turn has exactly its size, that what follows is
// frames, and that a side that falls silent has ended a frame.
#include <algorithm>
#include <array>
#include <bitset>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"

namespace parlance {
namespace {

constexpr uint64_t kClientHello = 48, kServerHello = 80, kLoginAck = 32;
constexpr uint64_t kKey = 32;  // of the client hello
constexpr uint64_t kLogin = 144, kTag = 16;
constexpr uint64_t kExtensions = 1024;  // a bound of ours; 47 was seen
constexpr size_t kLength = 2;
constexpr uint16_t kShortestFrame = 20;   // authenticator and the container's head
constexpr uint16_t kLongestFrame = 8191;  // seen up to 539; the signature's pattern asks for this
constexpr int kFramesAtMost = 64;
// Of 128 random octets about 100 differ; fewer than this has a chance below 2^-30.
constexpr size_t kDistinctOctets = 70;

class Threema : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_ || octets.empty()) return;
    if (side(direction).came == 0 && opening_ && direction == Direction::to_client &&
        side(Direction::to_server).came == 0) {
      return refuse("the server speaks first", findings);
    }
    if (spoke_ && speaker_ != direction) turn(findings);
    spoke_ = true;
    speaker_ = direction;
    if (over_) return;
    opening_ ? open(direction, octets, findings) : read_frames(direction, octets, findings);
  }

  void end(Direction direction, Findings& findings) override {
    if (!over_ && spoke_ && direction == speaker_) turn(findings);
  }

  void gap(Direction, uint64_t, Findings& findings) override {
    refuse("octets of the handshake are missing", findings);
  }

 private:
  struct Side {
    InputBuffer input;        // of frames
    uint64_t came = 0;        // octets, all of them
    uint64_t unframed = 0;    // octets in front of the first frame that are still to come
    uint16_t left = 0;        // octets of the frame being passed over
    int frames = 0;           // whole ones
    int judged = 0;           // frames at the last turn
    uint64_t last_frame = 0;  // where it began
  };
  Side& side(Direction direction) { return sides_[index(direction)]; }
  Side& client() { return side(Direction::to_server); }
  Side& server() { return side(Direction::to_client); }

  /// The three turns whose sizes are known: octets are only counted and looked at for randomness.
  void open(Direction direction, Bytes octets, Findings& findings) {
    Side& from = side(direction);
    const bool client_speaks = direction == Direction::to_server;
    const uint64_t hello = client_speaks ? kClientHello : kServerHello;
    const uint64_t before = from.came;
    from.came += octets.size();
    if (before < hello) look_at(octets.first(std::min<size_t>(octets.size(), hello - before)));
    if (client_speaks && before < kKey && from.came >= kKey && octets[kKey - 1 - before] >= 0x80) {
      return refuse("no X25519 key: its highest bit is set", findings);
    }
    const uint64_t bound =
        client_speaks && server().came > 0 ? kClientHello + kLogin + kExtensions : hello;
    if (from.came > bound) refuse("a turn of the handshake is too long", findings);
  }

  void look_at(Bytes hello) {
    for (const uint8_t octet : hello) seen_.set(octet);
  }

  /// The speaker falls silent.
  void turn(Findings& findings) {
    if (!opening_) return judge(findings);
    if (speaker_ == Direction::to_client) {
      if (server().came != kServerHello) refuse("the server hello has another size", findings);
      if (seen_.count() < kDistinctOctets) refuse("the hellos do not look random", findings);
      return;
    }
    if (server().came == 0) {
      if (client().came != kClientHello) refuse("the client hello has another size", findings);
      return;
    }
    const uint64_t login = client().came - kClientHello;
    if (login < kLogin || (login > kLogin && login <= kLogin + kTag)) {
      return refuse("the login has another size", findings);
    }
    opening_ = false;
    server().unframed = kLoginAck;
  }

  void read_frames(Direction direction, Bytes octets, Findings& findings) {
    Side& from = side(direction);
    const auto unframed = std::min<uint64_t>(from.unframed, octets.size());
    from.unframed -= unframed;
    from.came += unframed;
    Bytes view = from.input.append(octets.subspan(unframed));
    size_t used = 0;
    while (!over_ && used < view.size()) {
      const size_t step = read_frame(from, view.subspan(used), findings);
      if (step == 0) break;
      used += step;
      from.came += step;
    }
    from.input.consume(over_ ? view.size() : used);
  }

  /// Octets used of `view`, 0 if more are needed.
  size_t read_frame(Side& from, Bytes view, Findings& findings) {
    if (from.left > 0) {
      const size_t step = std::min<size_t>(from.left, view.size());
      from.left -= static_cast<uint16_t>(step);
      if (from.left == 0) ++from.frames;
      return step;
    }
    ByteReader reader(view);
    const uint16_t length = reader.le16();
    if (!reader.ok()) return 0;
    if (length < kShortestFrame || length > kLongestFrame) {
      refuse("a frame's length is none", findings);
      return 0;
    }
    from.left = length;
    from.last_frame = from.came;
    return kLength;
  }

  /// A turn ended after the handshake. If it ended a frame, its length was right by 2^-13.
  void judge(Findings& findings) {
    Side& from = side(speaker_);
    const int fresh = from.frames - from.judged;
    from.judged = from.frames;
    if (fresh == 0 || from.left > 0 || from.input.kept() > 0 || from.unframed > 0) return;
    ++exact_turns_;
    const int frames = client().frames + server().frames;
    const Place place{speaker_, from.last_frame, {}};
    if (exact_turns_ >= 2 && frames >= 2) {
      findings.confirm(Strength::proof, "frames", place,
                       "turns of 48, 80 and 144 or more octets that look random, 32 octets, then "
                       "frames of two-octet lengths that end where each side falls silent");
    } else {
      findings.confirm(Strength::strong, "handshake", place,
                       "turns of 48, 80 and 144 or more octets that look random, 32 octets, and a "
                       "frame that ends where its side falls silent");
    }
    if (exact_turns_ >= 2 && frames >= 2) finish(findings);
    if (frames >= kFramesAtMost) finish(findings);
  }

  void finish(Findings& findings) {
    over_ = true;
    findings.finish();
  }
  void refuse(std::string_view reason, Findings& findings) {
    if (exact_turns_ > 0) return finish(findings);
    over_ = true;
    findings.refute(reason);
  }

  std::array<Side, 2> sides_;
  std::bitset<256> seen_;  ///< octets that stand in the hellos
  Direction speaker_ = Direction::to_server;
  bool spoke_ = false;
  bool opening_ = true;
  bool over_ = false;
  int exact_turns_ = 0;
};

}  // namespace

extern const ParserModule kThreema;
const ParserModule kThreema{"threema", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                              return std::make_unique<Threema>();
                            }};

}  // namespace parlance
