// Keybase's clients inside TLS: framed MessagePack RPC (github.com/keybase/go-framed-msgpack-rpc).
// A frame is a MessagePack number of octets and that many octets, one array:
//
//   [0, sequence, "keybase.1.service.method", arguments]   a call
//   [1, sequence, error, result]                           its answer
//   [2, "gregor.1.service.method", arguments]              a notice
//
// The framing is anybody's; a call's name says that it is Keybase's.
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/byte_reader.h"
#include "protocols/support/stepping_parser.h"

namespace parlance {
namespace {

constexpr uint64_t kCall = 0, kAnswer = 1, kNotice = 2, kCancel = 3;
constexpr int kFramesAtMost = 40;
constexpr std::array<std::string_view, 4> kNames = {"keybase.1.", "gregor.1.", "chat.1.",
                                                    "stellar.1."};

/// A number that is not negative.
std::optional<uint64_t> read_number(ByteReader& reader) {
  const uint8_t first = reader.u8();
  uint64_t number = first;
  if (first == 0xcc) number = reader.u8();
  if (first == 0xcd) number = reader.be16();
  if (first == 0xce) number = reader.be32();
  if (first == 0xcf) number = reader.be64();
  const bool valid = reader.ok() && (first < 0x80 || (first >= 0xcc && first <= 0xcf));
  return valid ? std::optional(number) : std::nullopt;
}

/// A string, by any of its forms.
std::optional<std::string_view> read_string(ByteReader& reader) {
  const uint8_t first = reader.u8();
  size_t length = first & 0x1f;
  if (first == 0xd9) length = reader.u8();
  if (first == 0xda) length = reader.be16();
  const bool valid = first >> 5 == 5 || first == 0xd9 || first == 0xda;
  const Bytes text = reader.bytes(length);
  return valid && reader.ok() ? std::optional(as_text(text)) : std::nullopt;
}

/// Octets that a value's first octet says follow it, without those of its elements, of which it
/// adds the number to `elements`. Nothing for 0xc1, which is never used.
std::optional<uint64_t> rest_of_value(uint8_t first, ByteReader& reader, uint64_t& elements) {
  constexpr std::array<uint8_t, 8> kFixed = {4, 8, 1, 2, 4, 8, 1, 2};  // from 0xca on
  if (first < 0x80 || first >= 0xe0) return 0;
  if (first < 0x90) return elements += 2 * (first & 0x0fU), 0;
  if (first < 0xa0) return elements += first & 0x0fU, 0;
  if (first < 0xc0) return first & 0x1fU;
  switch (first) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      return 0;
    case 0xc4:
    case 0xd9:
      return reader.u8();
    case 0xc5:
    case 0xda:
      return reader.be16();
    case 0xc6:
    case 0xdb:
      return reader.be32();
    case 0xc7:
      return uint64_t{reader.u8()} + 1;
    case 0xc8:
      return uint64_t{reader.be16()} + 1;
    case 0xc9:
      return uint64_t{reader.be32()} + 1;
    case 0xd2:
      return 4;
    case 0xd3:
      return 8;
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return (1U << (first - 0xd4)) + 1;
    case 0xdc:
      return elements += reader.be16(), 0;
    case 0xdd:
      return elements += reader.be32(), 0;
    case 0xde:
      return elements += 2 * uint64_t{reader.be16()}, 0;
    case 0xdf:
      return elements += 2 * uint64_t{reader.be32()}, 0;
    case 0xc1:
      return std::nullopt;
    default:
      return kFixed[first - 0xca];
  }
}

/// Passes over `values` values; false if they are none or cut off. Each takes an octet at least, so
/// the loop ends with the octets.
bool skip_values(ByteReader& reader, uint64_t values) {
  while (values > 0 && reader.ok()) {
    --values;
    const auto rest = rest_of_value(reader.u8(), reader, values);
    if (!rest || *rest > reader.remaining()) return false;
    reader.skip(static_cast<size_t>(*rest));
  }
  return reader.ok();
}

bool is_keybase(std::string_view method) {
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view each) { return method.starts_with(each); });
}

class Keybase : public SteppingParser {
 private:
  size_t step(const Place& at, Findings& findings) override {
    constexpr size_t kLongestNumber = 9;
    ByteReader reader(at.octets);
    const auto length = read_number(reader);
    if (!length) return at.octets.size() >= kLongestNumber ? refuse("no length", findings) : 0;
    if (*length == 0 || *length > findings.limits().message_octets) {
      return refuse("a length that is none", findings);
    }
    if (reader.remaining() < *length) return 0;
    const size_t head = reader.position();
    const Bytes frame = reader.bytes(static_cast<size_t>(*length));
    if (!take_frame(frame, {at.direction, at.offset, at.octets.first(head + 1)}, findings)) {
      return refuse("a frame is no call", findings);
    }
    if (++frames_ >= kFramesAtMost) leave("no call by a name of Keybase's", findings);
    return reader.position();
  }

  bool take_frame(Bytes frame, const Place& place, Findings& findings) {
    ByteReader reader(frame);
    const uint8_t array = reader.u8();
    const auto kind = read_number(reader);
    if (array >> 4 != 9 || array == 0x90 || !kind || *kind > 5) return false;
    uint64_t left = (array & 0x0fU) - uint64_t{1};
    if (*kind == kCall || *kind == kAnswer) {
      const auto sequence = read_number(reader);
      if (!sequence || left < 3) return false;
      --left;
      if (*kind == kAnswer) {
        if (!skip_values(reader, left) || !reader.at_end()) return false;
        take_answer(*sequence, place, findings);
        return true;
      }
      keep(place.direction, *sequence);
    }
    if (*kind == kCall || *kind == kNotice) {
      const auto method = read_string(reader);
      if (!method || left == 0 || !is_keybase(*method)) return false;
      --left;
    }
    if (!skip_values(reader, left) || !reader.at_end()) return false;
    if (*kind == kCall || *kind == kNotice) {
      confirm(Strength::strong, "call", place,
              "a frame of MessagePack as long as it says, a call by a name of Keybase's", findings);
    }
    return true;
  }

  void keep(Direction direction, uint64_t sequence) {
    Calls& calls = calls_[index(direction)];
    calls.numbers[calls.next] = sequence + 1;  // 0: none
    calls.next = (calls.next + 1) % calls.numbers.size();
  }

  void take_answer(uint64_t sequence, const Place& place, Findings& findings) {
    const auto& numbers = calls_[index(opposite(place.direction))].numbers;
    if (std::find(numbers.begin(), numbers.end(), sequence + 1) == numbers.end()) return;
    prove("answer", place,
          "a call by a name of Keybase's and the answer with its number, each a frame of "
          "MessagePack as long as it says",
          findings);
  }

  struct Calls {
    std::array<uint64_t, 16> numbers{};
    size_t next = 0;
  };
  Calls calls_[2];
  int frames_ = 0;
};

}  // namespace

extern const ParserModule kKeybase;
const ParserModule kKeybase{"keybase", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                              return std::make_unique<Keybase>();
                            }};

}  // namespace parlance
