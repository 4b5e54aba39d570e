// imo's calls, its own protocol in datagrams on any port, as measured in captures of 2022 and later
// (nothing is published). A datagram is messages, one behind another to its end: a length (base
// 128, big-endian, one or two octets) of what follows it, a type, and what the type asks for. A
// length of 0 stands in front of what a relay sends.
//
//   09 02  milliseconds (8, little-endian)     ping: a clock of the sender's own
//   09 03  the same milliseconds               its answer
//   05 35  number (4)                          each side counts its datagrams of media
//   .. 0d, .. 0a, .. 1a ..                     ciphertext
#include <fmt/format.h>

#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"
#include "protocols/support/protobuf.h"
#include "protocols/support/recent.h"

namespace parlance {
namespace {

constexpr uint8_t kPing = 0x02, kPong = 0x03;
constexpr size_t kPingLength = 9;
constexpr int kWholeForProof = 8;   // datagrams that are messages to their end
constexpr int kEchoesForProof = 2;  // of times that differ
constexpr int kTicksForStrong = 2;
constexpr uint64_t kTickAtMost = 60'000;  // milliseconds between two pings
// Of a call met on its way, in which no clock is seen: datagrams with a known type, and how many
// different lengths they have at least. Of all other flows in 1600 captures none had eight of them
// that were half of its datagrams.
constexpr int kTypedForStrong = 16, kTypedForOneBroken = 8;
constexpr size_t kLengthsForStrong = 4;
constexpr std::array<uint8_t, 7> kTypes = {kPing, kPong, 0x0a, 0x0d, 0x0e, 0x1a, 0x35};
constexpr int kBrokenAtMost = 8;
constexpr int kDatagramsAtMost = 400;
constexpr size_t kMessagesAtMost = 64;  // in a datagram

/// A length of one or two octets.
size_t read_length(ByteReader& reader) {
  const uint8_t first = reader.u8();
  if (first < 0x80) return first;
  const uint8_t second = reader.u8();
  if (second >= 0x80) reader.skip(SIZE_MAX);  // a third octet was never seen
  return size_t{first & 0x7fU} << 7 | second;
}

/// What a datagram says of the clocks.
struct Clocks {
  bool whole = false;  ///< it is messages to its end
  bool typed = false;  ///< and one at least has a known type
  uint64_t ping = 0, pong = 0;
};

Clocks read_clocks(Bytes datagram) {
  Clocks clocks;
  ByteReader reader(datagram);
  for (size_t i = 0; i < kMessagesAtMost && reader.ok() && !reader.at_end(); ++i) {
    ByteReader message = reader.sub(read_length(reader));
    const bool known = std::find(kTypes.begin(), kTypes.end(), message.peek()) != kTypes.end();
    // Protocol buffers, too, stand behind such lengths, and some types are tags of theirs.
    const bool other = message.at_end() || is_protobuf(message.rest());
    clocks.typed = clocks.typed || (known && !other);
    if (message.remaining() != kPingLength) continue;
    const uint8_t type = message.u8();
    const uint64_t time = message.le64();
    if (time >> 40 != 0) continue;  // 34 years of a clock that starts with the call or the device
    if (type == kPing) clocks.ping = time;
    if (type == kPong) clocks.pong = time;
  }
  clocks.whole = reader.ok() && reader.at_end();
  return clocks;
}

class ImoCall : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    if (++datagrams_ > kDatagramsAtMost) return leave("no echoes", findings);
    if (message.octets.size() < 2) return;  // single octets come in between
    const Clocks clocks = read_clocks(message.octets);
    if (!clocks.whole) {
      if (++broken_ > kBrokenAtMost && broken_ > whole_) leave("no messages", findings);
      return;
    }
    ++whole_;
    if (clocks.typed) count_typed(message.octets.size());
    if (clocks.ping != 0) keep(clocks.ping, message.direction);
    if (clocks.pong != 0) count_tick(answered_[index(message.direction)], clocks.pong);
    if (clocks.pong != 0 && echoes(clocks.pong, message.direction)) ++echoes_;
    judge(head_of(message, 12), findings);
  }

  void count_typed(size_t length) {
    ++typed_;
    const auto end = lengths_.begin() + static_cast<ptrdiff_t>(lengths_kept_);
    const bool is_new = std::find(lengths_.begin(), end, length) == end;
    if (is_new && lengths_kept_ < lengths_.size()) lengths_[lengths_kept_++] = length;
  }

  bool is_chain() const {
    return typed_ >= kTypedForStrong && lengths_kept_ >= kLengthsForStrong &&
           broken_ <= typed_ / kTypedForOneBroken;
  }

  void keep(uint64_t time, Direction direction) {
    pings_[index(direction)].remember(time);
    count_tick(asked_[index(direction)], time);
  }

  /// A clock that goes on.
  void count_tick(uint64_t& newest, uint64_t time) {
    if (newest != 0 && time > newest && time - newest <= kTickAtMost) ++ticks_;
    newest = time;
  }

  /// True once for each ping of the other side.
  bool echoes(uint64_t time, Direction direction) {
    uint64_t* const ping = pings_[index(opposite(direction))].find([&](uint64_t each) { return each == time; });
    if (ping == nullptr) return false;
    *ping = 0;
    return true;
  }

  void judge(const Place& place, Findings& findings) {
    if (echoes_ >= kEchoesForProof && whole_ >= kWholeForProof) {
      prove("echo", place,
            fmt::format("{} datagrams that are messages to their end, and {} clocks "
                        "repeated by the other side",
                        whole_, echoes_),
            findings);
    } else if (echoes_ > 0) {
      confirm(Strength::strong, "first-echo", place,
              "datagrams that are messages to their end, and a clock repeated by the other side",
              findings);
    } else if (ticks_ >= kTicksForStrong && whole_ >= kWholeForProof && whole_ > broken_) {
      confirm(Strength::strong, "clock", place,
              "datagrams that are messages to their end, and a clock in some that goes on",
              findings);
    } else if (is_chain()) {
      confirm(Strength::strong, "chain", place,
              "many datagrams that are messages to their end, of known types and various lengths",
              findings);
    }
  }

  Recent<uint64_t, 16> pings_[2];                       ///< times; 0: was repeated
  uint64_t asked_[2] = {0, 0}, answered_[2] = {0, 0};  ///< by direction: the newest clocks
  int ticks_ = 0;
  std::array<size_t, kLengthsForStrong> lengths_{};  ///< different ones
  size_t lengths_kept_ = 0;
  int typed_ = 0;
  int whole_ = 0;
  int broken_ = 0;
  int datagrams_ = 0;
  int echoes_ = 0;
};

}  // namespace

extern const ParserModule kImoCall;
const ParserModule kImoCall{"imo_call", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                              return std::make_unique<ImoCall>();
                            }};

}  // namespace parlance
