// Viber's connection to its server, as measured in captures of 2022 to 2024 (nothing is published):
// messages of a length (2, little-endian, of the whole message) and what follows it.
//
//   hello:   length  token (4)  fc ff  kind 80  length' (2)  ..  the token again (4, at 20)  ..
//   answer:  length  number (2)  kind 80  00 00 00 00  0a 00 ..      to a hello without a token
//            length  number (2)  kind 80  the token (4)  ..          to one with a token
//   others:  length  sequence (2, little-endian)  00 00  check (1)  ciphertext
//
// Each side counts its messages up by one. Nothing else in them can be read without the keys.
#include <algorithm>
#include <array>
#include <bitset>
#include <optional>

#include "base/byte_reader.h"
#include "protocols/support/stepping_parser.h"

namespace parlance {
namespace {

constexpr size_t kHead = 24;       // of a message: as much as is looked at
constexpr size_t kLengthOctets = 2, kTokenAt = 2, kNumberEnd = 6;
constexpr uint16_t kShortest = 8;  // one octet of ciphertext
constexpr int kMessagesAtMost = 200;
// A length and a counter are nothing unusual. With a hello two numbers in order are enough; without
// one, as in the middle of a connection, it takes many, and ciphertext behind them.
constexpr int kStepsForStrong = 4;
// Of 96 random octets 80 differ (standard deviation 3), of 160 119 (4); of texts in base64 at most 64.
constexpr size_t kLookedAtLeast = 96, kDistinctOctets = 66;
constexpr size_t kLookedAtMore = 160, kDistinctOfMore = 100;

/// The client's first message. `head` is its first 24 octets.
bool is_hello(Bytes head) {
  ByteReader reader(head);
  reader.skip(2);
  const uint32_t token = reader.le32();
  if (reader.be16() != 0xfcff) return false;
  const uint8_t kind = reader.u8();
  if (kind < 3 || kind > 5 || reader.u8() != 0x80) return false;
  reader.skip(2);
  const uint64_t middle = reader.be64();
  const uint32_t again = reader.le32();
  if (!reader.ok()) return false;
  return token != 0 ? again == token && (middle & 0xffffffffffff) == 0
                    : middle == 0 && again < 0x100;
}

/// The server's first message, to a hello with `token`.
bool is_answer(Bytes head, uint32_t token) {
  ByteReader reader(head);
  reader.skip(4);
  const uint8_t kind = reader.u8();
  if (kind < 3 || kind > 5 || reader.u8() != 0x80) return false;
  const uint32_t echoed = reader.le32();
  const uint16_t behind = reader.be16();
  return reader.ok() && echoed == token && (token != 0 || behind == 0x0a00);
}

class Viber : public SteppingParser {
 private:
  enum class Kind : uint8_t { hello, answer, numbered };
  struct Side {
    Kind kind = Kind::numbered;  // of the message being passed over
    uint64_t started = 0;        // where it began
    std::array<uint8_t, kHead> head{};
    int messages = 0;  // whole ones
    int steps = 0;     // whole ones whose number follows the one before
    std::optional<uint16_t> sequence;
    bool stepped = false;
  };

  size_t step(const Place& at, Findings& findings) override {
    Side& from = sides_[index(at.direction)];
    const Bytes view = at.octets;
    ByteReader reader(view);
    const uint16_t length = reader.le16();
    if (!reader.ok()) return 0;
    if (length < kShortest) return refuse("a length is too small", findings);
    const size_t head = std::min<size_t>(length, kHead);
    if (view.size() < head) {
      // The two octets that are zero in all but the first message of a side need not be waited for.
      if (from.messages > 0 && view.size() >= 6 && !is_numbered(view)) {
        return refuse("a message without a number", findings);
      }
      return 0;
    }
    if (!begin_message(at.direction, view.first(head), findings)) return 0;
    std::copy_n(view.begin(), head, from.head.begin());
    from.started = at.offset;
    pass_over(at.direction, length - head);
    if (length == head) passed(at.direction, findings);
    return head;
  }

  static bool is_numbered(Bytes head) {
    ByteReader reader(head);
    reader.skip(4);
    return reader.be16() == 0;
  }

  bool begin_message(Direction direction, Bytes head, Findings& findings) {
    Side& from = sides_[index(direction)];
    from.kind = Kind::numbered;
    if (from.messages == 0 && direction == Direction::to_server && is_hello(head)) {
      from.kind = Kind::hello;
      token_ = ByteReader(head.subspan(kTokenAt)).le32();
    } else if (from.messages == 0 && direction == Direction::to_client && is_answer(head, token_)) {
      from.kind = Kind::answer;
    } else {
      return begin_numbered(from, head, findings);
    }
    return true;
  }

  bool begin_numbered(Side& from, Bytes head, Findings& findings) {
    ByteReader reader(head);
    reader.skip(2);
    const uint16_t sequence = reader.le16();
    if (!is_numbered(head)) return refuse("a message without a number", findings) != 0;
    from.stepped = from.sequence.has_value();
    if (from.stepped && sequence != static_cast<uint16_t>(*from.sequence + 1)) {
      return refuse("numbers do not follow one another", findings) != 0;
    }
    from.sequence = sequence;
    const Bytes sealed = head.subspan(std::min<size_t>(head.size(), 8));
    for (const uint8_t octet : sealed) seen_.set(octet);
    looked_at_ += sealed.size();
    return true;
  }

  void passed(Direction direction, Findings& findings) override {
    Side& from = sides_[index(direction)];
    ++from.messages;
    from.steps += from.kind == Kind::numbered && from.stepped ? 1 : 0;
    hello_ = hello_ || from.kind == Kind::hello;
    answer_ = answer_ || from.kind == Kind::answer;
    const size_t shown = from.kind == Kind::hello ? kLengthOctets : kNumberEnd;  // no token
    const Place place{direction, from.started, Bytes(from.head).first(shown)};
    if (from.kind == Kind::hello) {
      confirm(Strength::strong, "hello", place,
              "a hello as long as it says, its token in both places", findings);
    }
    if (hello_ && answer_) {
      prove("answer", place, "a hello and its answer, each as long as it says", findings);
    }
    judge_numbers(place, findings);
    if (sides_[0].messages + sides_[1].messages >= kMessagesAtMost) {
      leave("numbers alone", findings);
    }
  }

  void judge_numbers(const Place& place, Findings& findings) {
    const int least = std::min(sides_[0].steps, sides_[1].steps);
    const int steps = sides_[0].steps + sides_[1].steps;
    if (over() || steps == 0) return;
    const bool random = looked_at_ >= kLookedAtLeast &&
                        seen_.count() >= (looked_at_ >= kLookedAtMore ? kDistinctOfMore : kDistinctOctets);
    if (hello_ && steps >= 2 && sides_[1].messages > 0) {
      prove("sequence", place,
            "a hello, then messages whose lengths fit end to end and whose "
            "numbers follow one another",
            findings);
    } else if (least >= 1 && steps >= kStepsForStrong && random) {
      confirm(Strength::strong, "numbers", place,
              "messages of both sides: lengths fit end to end, numbers follow one another, two zero octets, ciphertext",
              findings);
      if (!hello_) leave({}, findings);  // it comes first or not at all, and without it there is no proof
    }
  }

  std::array<Side, 2> sides_;
  std::bitset<256> seen_;  ///< octets of ciphertext
  size_t looked_at_ = 0;   ///< how many
  uint32_t token_ = 0;     ///< of the hello
  bool hello_ = false, answer_ = false;
};

}  // namespace

extern const ParserModule kViber;
const ParserModule kViber{"viber", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                            return std::make_unique<Viber>();
                          }};

}  // namespace parlance
