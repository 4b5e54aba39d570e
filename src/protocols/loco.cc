// LOCO, the protocol of KakaoTalk. A packet, in clear inside TLS (booking) or inside LOCO's own
// sealing:
//
//   id32  status16  method (11 octets of ASCII, filled up with NUL)  type8  length32  BSON
//
// A server answers under the packet's id. LOCO's own sealing begins with the client's key:
//
//   length32 (256)  way of sealing it32 (5 in 2015, 12 today)  cipher32 (2 AES-CFB, 3 AES-GCM)  key
//
// and goes on in frames of length32 and ciphertext, a packet in each; today 16 octets of it are a
// random IV. In 2015 the IV was the same for all packets of a connection: two packets whose first
// 16 octets are the same (id, status, method) are sealed with the same keystream up to octet 32, so
// that their length fields differ in the bits in which the frames' lengths say they do. This shows
// LOCO without its key.
//
// Numbers are little-endian. Layout as in storycraft/node-kakao (src/network) and nDPI's capture
// KakaoTalk_talk, whose frames fit to the last octet.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/byte_reader.h"
#include "protocols/support/randomness.h"
#include "protocols/support/recent.h"
#include "protocols/support/stepping_parser.h"

namespace parlance {
namespace {

constexpr size_t kKeyHeader = 12;
constexpr uint32_t kKeyOctets = 256;
constexpr uint32_t kWaysAtMost = 31, kCiphersAtMost = 3;
constexpr size_t kPacketHeader = 22, kMethod = 11;
constexpr uint32_t kShortestBson = 5;
constexpr uint32_t kLongest = 1U << 20;
constexpr uint32_t kShortestFrame = kPacketHeader + kShortestBson;
constexpr size_t kLength = 4;
constexpr size_t kBlock = 16;                     // of AES
constexpr size_t kFrameHead = kPacketHeader + 4;  // up to the BSON's own length
constexpr size_t kFramesKept = 8;
constexpr int kFramesAtMost = 64;
constexpr size_t kDistinctInKey = 128;  // of 256 random octets 162 differ, standard deviation 5
constexpr size_t kRequests = 8;  // remembered until their answers come

struct Packet {
  uint32_t id = 0;
  std::array<uint8_t, kMethod> method{};
  uint32_t length = 0;
};

bool is_method(const std::array<uint8_t, kMethod>& method) {
  const auto is_letter = [](uint8_t c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  const auto end = std::find_if_not(method.begin(), method.end(), is_letter);
  return end - method.begin() >= 3 &&
         std::all_of(end, method.end(), [](uint8_t c) { return c == 0; });
}

/// The header of a packet in clear; nothing if this is none. Needs kPacketHeader octets.
std::optional<Packet> read_header(Bytes octets) {
  ByteReader reader(octets);
  Packet packet;
  packet.id = reader.le32();
  reader.skip(2);
  const Bytes method = reader.bytes(kMethod);
  const uint8_t type = reader.u8();
  packet.length = reader.le32();
  if (!reader.ok() || (type != 0 && type != 8)) return std::nullopt;
  if (packet.length < kShortestBson || packet.length > kLongest) return std::nullopt;
  std::copy(method.begin(), method.end(), packet.method.begin());
  if (!is_method(packet.method)) return std::nullopt;
  return packet;
}

bool begins_with_key(Bytes octets) {
  ByteReader reader(octets);
  const uint32_t length = reader.le32(), way = reader.le32(), cipher = reader.le32();
  return reader.ok() && length == kKeyOctets && way > 0 && way <= kWaysAtMost && cipher > 0 &&
         cipher <= kCiphersAtMost;
}

/// A sealed frame, as far as it is compared with others.
struct Frame {
  uint32_t length = 0;
  std::array<uint8_t, kFrameHead> head{};
};

uint32_t word_at(const Frame& frame, size_t at) {
  return ByteReader(Bytes(frame.head).subspan(at)).le32();
}

/// Whether one keystream sealed both: the same first block, and then two length fields that differ
/// as the lengths of the frames do; 64 bits.
bool share_keystream(const Frame& a, const Frame& b) {
  if (a.length == b.length) return false;
  if (!std::equal(a.head.begin(), a.head.begin() + kBlock, b.head.begin())) return false;
  const auto body = static_cast<uint32_t>(kPacketHeader);
  const uint32_t differ = (a.length - body) ^ (b.length - body);
  return (word_at(a, kPacketHeader - 4) ^ word_at(b, kPacketHeader - 4)) == differ &&
         (word_at(a, kPacketHeader) ^ word_at(b, kPacketHeader)) == differ;
}

class Loco : public SteppingParser {
 public:
  explicit Loco(const Start& start) : midstream_(start.midstream) {}

 private:
  enum class Mode : uint8_t { unknown, clear, sealed };
  struct Side {
    Mode mode = Mode::unknown;
    uint64_t frame_offset = 0;  ///< where the frame began that is passed over
    std::array<uint8_t, kLength> frame_header{};
    int frames = 0;  ///< whole ones
  };

  size_t step(const Place& at, Findings& findings) override {
    Side& side = sides_[index(at.direction)];
    if (side.mode == Mode::unknown) {
      const size_t used = choose_mode(at.direction, at.octets, findings);
      if (used > 0 || side.mode == Mode::unknown) return used;
    }
    return side.mode == Mode::clear ? read_clear(at, findings) : read_frame(at, findings);
  }

  size_t choose_mode(Direction direction, Bytes view, Findings& findings) {
    Side& side = sides_[index(direction)];
    if (view.size() < kKeyHeader) return 0;
    if (direction == Direction::to_server && begins_with_key(view)) {
      if (view.size() < kKeyHeader + kKeyOctets) return 0;
      if (distinct_octets(view.subspan(kKeyHeader, kKeyOctets)) < kDistinctInKey) {
        return refuse("a key that is no ciphertext", findings);
      }
      side.mode = Mode::sealed;
      key_ = true;
      confirm(Strength::strong, "key", {direction, 0, view.first(kKeyHeader)},
              "the sealed key with which a connection of LOCO begins", findings);
      return kKeyHeader + kKeyOctets;
    }
    if (view.size() < kPacketHeader) return 0;
    if (read_header(view)) {
      side.mode = Mode::clear;
    } else if (key_ || midstream_) {
      side.mode = Mode::sealed;
    } else {
      return refuse("no packet of LOCO", findings);
    }
    return 0;
  }

  size_t read_clear(const Place& place, Findings& findings) {
    if (place.octets.size() < kPacketHeader) return 0;
    const std::optional<Packet> packet = read_header(place.octets);
    if (!packet) return refuse("no packet of LOCO", findings);
    if (place.octets.size() - kPacketHeader < packet->length) return 0;
    const Bytes body = place.octets.subspan(kPacketHeader, packet->length);
    if (ByteReader(body).le32() != packet->length || body.back() != 0)
      return refuse("no packet of LOCO", findings);
    take_packet(*packet, {place.direction, place.offset, place.octets.first(kPacketHeader)},
                findings);
    return kPacketHeader + packet->length;
  }

  void take_packet(const Packet& packet, const Place& place, Findings& findings) {
    if (answers(packet, place.direction)) {
      prove("answer", place, "a packet of LOCO and its answer, with the same identifier and method",
            findings);
    } else {
      confirm(Strength::strong, "packet", place,
              "a packet of LOCO: a method's name, and BSON of the length that it says", findings);
    }
    if (packets_ == 0) {
      const std::string_view method = as_text(packet.method);
      findings.note("kakaotalk.method", std::string(method.substr(0, method.find('\0'))));
    }
    asked_[index(place.direction)].remember(packet);
    if (++packets_ >= kFramesAtMost) leave({}, findings);
  }

  bool answers(const Packet& packet, Direction direction) const {
    const auto asks = [&](const Packet& each) { return each.id == packet.id && each.method == packet.method; };
    return asked_[index(opposite(direction))].find(asks) != nullptr;
  }

  size_t read_frame(const Place& place, Findings& findings) {
    if (place.octets.size() < kLength) return 0;
    Side& side = sides_[index(place.direction)];
    Frame frame;
    frame.length = ByteReader(place.octets).le32();
    if (frame.length < kShortestFrame || frame.length > kLongest)
      return refuse("no packet of LOCO", findings);
    if (place.octets.size() < kLength + kFrameHead) return 0;
    std::copy_n(place.octets.begin() + kLength, kFrameHead, frame.head.begin());
    compare(frame, {place.direction, place.offset, place.octets.first(kLength + kBlock)}, findings);
    pass_over(place.direction, frame.length);
    side.frame_offset = place.offset;
    std::copy_n(place.octets.begin(), kLength, side.frame_header.begin());
    return kLength;
  }

  void compare(const Frame& frame, const Place& place, Findings& findings) {
    const auto shares = [&](const Frame& each) { return share_keystream(each, frame); };
    const bool shared = frames_.find(shares) != nullptr;
    frames_.remember(frame);
    if (!shared) return;
    prove("keystream", place,
          "two packets of LOCO under one keystream: where they have their length, they differ as "
          "the lengths of their frames do",
          findings);
  }

  void passed(Direction direction, Findings& findings) override {
    Side& side = sides_[index(direction)];
    ++side.frames;
    judge_frames({direction, side.frame_offset, side.frame_header}, findings);
  }

  void judge_frames(const Place& place, Findings& findings) {
    const int up = sides_[0].frames, down = sides_[1].frames;
    if (key_ && up > 0 && down > 0) {
      return prove("frames", place,
                   "the key of a connection of LOCO, then whole frames of both sides", findings);
    }
    if (up + down >= kFramesAtMost) leave("frames that say nothing", findings);
  }

  std::array<Side, 2> sides_;
  std::array<Recent<Packet, kRequests>, 2> asked_;
  Recent<Frame, kFramesKept> frames_;  ///< begun, of both sides
  int packets_ = 0;  ///< in clear, of both sides
  bool key_ = false;
  bool midstream_;
};

}  // namespace

extern const ParserModule kLoco;
const ParserModule kLoco{"loco", Unit::bytes, [](const Start& start) -> std::unique_ptr<Parser> {
                           return std::make_unique<Loco>(start);
                         }};

}  // namespace parlance
