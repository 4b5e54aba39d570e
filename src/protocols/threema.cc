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
#include "protocols/support/verifier.h"

namespace parlance {
namespace {

constexpr uint64_t kClientHello = 48, kServerHello = 80, kLoginAck = 32;
constexpr uint64_t kKey = 32, kCookie = 16;  // of the client hello; the server's begins with its cookie
constexpr uint64_t kLogin = 144, kTag = 16;
constexpr uint64_t kExtensions = 1024;  // a bound of ours; 47 was seen
constexpr size_t kLength = 2;
constexpr uint16_t kShortestFrame = 20;   // authenticator and the container's head
constexpr uint16_t kLongestFrame = 8191;  // seen up to 539; the signature's pattern asks for this
constexpr uint16_t kAcknowledgment = 36;
constexpr int kUsualForStrong = 3;  // of 2 lengths in 65,536 each
constexpr int kFramesToEnd = 2;     // the last one ends with the stream and one is usual: by chance below 2^-26
constexpr int kFramesAtMost = 64;
// Of 128 random octets about 100 differ; fewer than this has a chance below 2^-30.
constexpr size_t kDistinctOctets = 70;
constexpr size_t kDistinctOctetsOfServer = 64;  // of the 112 in front of its frames, likewise

class Threema : public Verifier {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over() || octets.empty()) return;
    const bool client_speaks = direction == Direction::to_server;
    if (!client_speaks && client().came == 0) ordered_ = false;
    if (spoke_ && speaker_ != direction) turn(findings);
    spoke_ = true;
    speaker_ = direction;
    if (over() || (client_speaks && !ordered_)) return;
    if (opening_ && ordered_) open(direction, octets, findings);
    if (!over() && (!client_speaks || !opening_)) read_frames(direction, octets, findings);
  }

  void end(Direction direction, Findings& findings) override {
    if (!over() && spoke_ && direction == speaker_) turn(findings);
    const bool frame_ended = side(direction).left == 0 && side(direction).input.kept() == 0;
    if (over() || ordered_ || direction == Direction::to_server || !frame_ended) return;
    if (server().frames >= kFramesToEnd && server().usual > 0) {
      accept_server("the server's 112 octets that look random, then frames of two-octet lengths, one of them as "
                    "short as acknowledgments and the last one ends where the server does", findings);
    }
  }

  /// What is missing of the client's only takes away the turns.
  void gap(Direction direction, uint64_t, Findings& findings) override {
    if (direction == Direction::to_client)
      return leave("octets of the server are missing", findings);
    if (exact_turns_ > 0) return leave({}, findings);
    ordered_ = false;
  }

 private:
  struct Side {
    InputBuffer input;        // of frames
    uint64_t came = 0;        // octets, all of them
    uint16_t left = 0;        // octets of the frame being passed over
    uint16_t length = 0;      // of that frame
    int frames = 0;           // whole ones
    int usual = 0;            // those of a length that acknowledgments and other short ones have
    int judged = 0;           // frames at the last turn
    uint64_t last_frame = 0;  // where it began
  };
  Side& side(Direction direction) { return sides_[index(direction)]; }
  Side& client() { return side(Direction::to_server); }
  Side& server() { return side(Direction::to_client); }

  /// The turns whose sizes are known: octets are counted and looked at for randomness.
  void open(Direction direction, Bytes octets, Findings& findings) {
    Side& from = side(direction);
    const bool client_speaks = direction == Direction::to_server;
    const uint64_t before = from.came, after = before + octets.size();
    if (client_speaks) {
      from.came = after;
      if (before < kClientHello) look_at(octets, kClientHello - before);
      if (before < kKey && after >= kKey && octets[kKey - 1 - before] >= 0x80) {
        return leave("no X25519 key: its highest bit is set", findings);
      }
    }
    if (take_cookie(direction, before, octets)) return leave("the server's cookie is the client's", findings);
    const uint64_t hello = client_speaks ? kClientHello : kServerHello;
    const uint64_t bound =
        client_speaks && server().came > 0 ? kClientHello + kLogin + kExtensions : hello;
    if (after > bound) leave("a turn of the handshake is too long", findings);
  }

  /// Keeps the client's cookie. True once the server's was seen to be the same, which the protocol forbids.
  bool take_cookie(Direction direction, uint64_t before, Bytes octets) {
    const bool client_speaks = direction == Direction::to_server;
    const uint64_t first = client_speaks ? kKey : 0, end = first + kCookie;
    for (uint64_t at = std::max(before, first); at < std::min(end, before + octets.size()); ++at) {
      const uint8_t octet = octets[static_cast<size_t>(at - before)];
      uint8_t& kept = cookie_[static_cast<size_t>(at - first)];
      if (client_speaks) {
        kept = octet;
      } else {
        cookie_repeated_ += kept == octet ? 1 : 0;
      }
    }
    return cookie_repeated_ == kCookie;
  }

  void look_at(Bytes octets, uint64_t at_most) {
    for (const uint8_t octet : first_of(octets, static_cast<size_t>(at_most))) seen_.set(octet);
  }

  /// The speaker falls silent.
  void turn(Findings& findings) {
    if (!ordered_) return;
    if (!opening_) return judge(findings);
    if (speaker_ == Direction::to_client) {
      if (server().came != kServerHello) leave("the server hello has another size", findings);
      if (seen_.count() < kDistinctOctets) leave("the hellos do not look random", findings);
      return;
    }
    if (server().came == 0) {
      if (client().came != kClientHello) leave("the client hello has another size", findings);
      return;
    }
    const uint64_t login = client().came - kClientHello;
    if (login < kLogin || (login > kLogin && login <= kLogin + kTag)) {
      return leave("the login has another size", findings);
    }
    opening_ = false;
  }

  void read_frames(Direction direction, Bytes octets, Findings& findings) {
    Side& from = side(direction);
    const bool client_speaks = direction == Direction::to_server;
    const uint64_t unframed = client_speaks ? 0 : kServerHello + kLoginAck;
    const uint64_t before =
        std::min<uint64_t>(from.came < unframed ? unframed - from.came : 0, octets.size());
    if (!client_speaks) look_at(octets, before);
    from.came += before;
    const Bytes view = from.input.append(octets.subspan(before));
    size_t used = 0;
    while (!over() && used < view.size()) {
      const size_t step = read_frame(direction, view.subspan(used), findings);
      if (step == 0) break;
      used += step;
    }
    from.input.consume(over() ? view.size() : used);
  }

  /// Octets used of `view`, 0 if more are needed.
  size_t read_frame(Direction direction, Bytes view, Findings& findings) {
    Side& from = side(direction);
    if (from.left > 0) {
      const size_t step = std::min<size_t>(from.left, view.size());
      from.left -= static_cast<uint16_t>(step);
      from.came += step;
      if (from.left == 0) take_frame(from, findings);
      return step;
    }
    ByteReader reader(view);
    const uint16_t length = reader.le16();
    if (!reader.ok()) return 0;
    if (length < kShortestFrame || length > kLongestFrame) {
      leave("a frame's length is none", findings);
      return 0;
    }
    from.left = from.length = length;
    from.last_frame = from.came;
    from.came += kLength;
    return kLength;
  }

  /// Without the client's turns lengths are all there is: those that are always the same tell.
  void take_frame(Side& from, Findings& findings) {
    ++from.frames;
    from.usual += from.length == kShortestFrame || from.length == kAcknowledgment ? 1 : 0;
    if (ordered_) return;
    if (seen_.count() < kDistinctOctetsOfServer) {
      leave("what stands in front of the frames does not look random", findings);
      return;
    }
    if (from.usual >= kUsualForStrong) {
      accept_server("the server's 112 octets that look random, then frames of two-octet lengths, three of them as "
                    "short as acknowledgments", findings);
    } else if (from.frames > kFramesAtMost) {
      leave("no acknowledgments", findings);
    }
  }

  void accept_server(const char* text, Findings& findings) {
    confirm(Strength::strong, "server-frames", {Direction::to_client, server().last_frame, {}}, text, findings);
    leave({}, findings);
  }

  /// A turn ended after the handshake. If it ended a frame, its length was right by 2^-13.
  void judge(Findings& findings) {
    Side& from = side(speaker_);
    const int fresh = from.frames - from.judged;
    from.judged = from.frames;
    if (fresh == 0 || from.left > 0 || from.input.kept() > 0) return;
    ++exact_turns_;
    const int frames = client().frames + server().frames;
    const Place place{speaker_, from.last_frame, {}};
    if (exact_turns_ >= 2 && frames >= 2) {
      return prove("frames", place,
                   "turns of 48, 80 and 144 or more octets that look random, 32 octets, then "
                   "frames of two-octet lengths that end where each side falls silent",
                   findings);
    }
    confirm(Strength::strong, "handshake", place,
            "turns of 48, 80 and 144 or more octets that look random, 32 octets, and a "
            "frame that ends where its side falls silent",
            findings);
    if (frames >= kFramesAtMost) leave({}, findings);
  }

  std::array<Side, 2> sides_;
  std::array<uint8_t, kCookie> cookie_{};  ///< the client's
  size_t cookie_repeated_ = 0;             ///< octets of it at the same place of the server's
  std::bitset<256> seen_;  ///< octets that stand in the hellos
  Direction speaker_ = Direction::to_server;
  bool spoke_ = false;
  bool ordered_ = true;  ///< all turns of both sides were seen so far, the client's first
  bool opening_ = true;
  int exact_turns_ = 0;
};

}  // namespace

extern const ParserModule kThreema;
const ParserModule kThreema{"threema", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                              return std::make_unique<Threema>();
                            }};

}  // namespace parlance
