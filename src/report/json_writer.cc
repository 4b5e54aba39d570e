#include "report/json_writer.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace parlance::report {
namespace {

constexpr char kDigits[] = "0123456789abcdef";
constexpr size_t kLongestEscape = 6;  // "\u0000"

/// True for octets that RFC 8259 section 7 does not let stand as they are, and DEL, which it lets stand
/// but terminals do not.
constexpr bool is_special(char c) { return (c >= 0 && c < 0x20) || c == 0x7f || c == '"' || c == '\\'; }

/// Eight octets at a time: the highest bit of each octet of the answer is set if that octet is zero (of
/// those before the first such one the answer is exact, and no other question is asked).
constexpr uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
constexpr uint64_t zeros_in(uint64_t eight) { return (eight - kOnes) & ~eight & kHighs; }

/// True if nothing in `text` is special, and all of it is ASCII.
bool is_plain(std::string_view text) {
  uint64_t special = 0;
  while (text.size() >= sizeof(uint64_t)) {
    uint64_t eight;
    std::memcpy(&eight, text.data(), sizeof(eight));
    special |= eight & kHighs;                            // not ASCII
    special |= (eight - 0x20 * kOnes) & ~eight & kHighs;  // a control character
    special |= zeros_in(eight ^ '"' * kOnes) | zeros_in(eight ^ '\\' * kOnes) |
               zeros_in(eight ^ 0x7f * kOnes);
    text.remove_prefix(sizeof(eight));
  }
  bool plain = special == 0;
  for (const char c : text) plain &= c >= 0 && !is_special(c);
  return plain;
}

/// `text` without a UTF-8 sequence that its end cuts in two. What is no UTF-8 may be cut anywhere.
std::string_view cut_between_characters(std::string_view text, size_t limit) {
  constexpr size_t kMostContinued = 3;
  if (text.size() <= limit) return text;
  const size_t least = limit - kMostContinued;
  while (limit > least && (static_cast<uint8_t>(text[limit]) & 0xc0) == 0x80) --limit;
  return text.substr(0, limit);
}

constexpr std::array<std::array<char, 2>, 256> make_hex() {
  std::array<std::array<char, 2>, 256> pairs{};
  for (size_t octet = 0; octet < 256; ++octet) pairs[octet] = {kDigits[octet >> 4], kDigits[octet & 15]};
  return pairs;
}
constexpr auto kHex = make_hex();

}  // namespace

void JsonWriter::make_room(size_t count) {
  out_.set_end(at_);
  at_ = out_.room(count);
  limit_ = out_.limit();
}

JsonWriter& JsonWriter::text(std::string_view value) {
  value = cut_between_characters(value, kLongestText);
  start_value(3 + kLongestEscape * value.size());
  put('"');
  if (is_plain(value)) {
    put(value);
  } else if (is_utf8(as_bytes(value))) {
    escape(value);
  } else {
    const std::string valid = to_valid_utf8(as_bytes(value), kLongestText);
    need(1 + kLongestEscape * valid.size());
    escape(valid);
  }
  put('"');
  return *this;
}

JsonWriter& JsonWriter::hex(Bytes octets) {
  start_value(3 + 2 * octets.size());
  put('"');
  for (const uint8_t octet : octets) {
    std::memcpy(at_, kHex[octet].data(), 2);
    at_ += 2;
  }
  put('"');
  return *this;
}

/// There is room for `value` if each of its octets is escaped.
void JsonWriter::escape(std::string_view value) {
  for (const char c : value) {
    if (!is_special(c)) {
      put(c);
    } else if (c == '"' || c == '\\') {
      put('\\');
      put(c);
    } else {
      put("\\u00");
      put(kDigits[c >> 4]);
      put(kDigits[c & 15]);
    }
  }
}

}  // namespace parlance::report
