#include "base/text.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace parlance {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Texts of the wire are nearly all ASCII: looked at eight octets a step, in a machine word.
constexpr uint64_t kEach = 0x0101010101010101;  // the same in each octet of a word
constexpr uint64_t kHigh = 0x80 * kEach;

/// How many octets there are at the front of `bytes`, in whole words of which `pass` is true.
template <class Pass>
size_t words_length(Bytes bytes, Pass pass) {
  size_t length = 0;
  for (; bytes.size() - length >= sizeof(uint64_t); length += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data() + length, sizeof word);
    if (!pass(word)) break;
  }
  return length;
}

/// Eight characters at once. Adding to an octet's low seven bits carries into its high bit where
/// they are 'A' or more, and where they are more than 'Z'. Two places below the high bit stands the
/// one that small letters have and capitals have not.
uint64_t lower(uint64_t word) {
  const uint64_t low = word & ~kHigh;
  const uint64_t from_a = low + (0x80 - 'A') * kEach;
  const uint64_t beyond_z = low + (0x80 - 'Z' - 1) * kEach;
  return word | (from_a & ~beyond_z & ~word & kHigh) >> 2;
}

using Sixteen = uint8_t __attribute__((vector_size(16)));

/// Of a number below 16, or of sixteen of them.
constexpr char hex_digit(int number) { return "0123456789abcdef"[number]; }
Sixteen hex_digits(Sixteen numbers) {
  return numbers + '0' + (static_cast<Sixteen>(numbers > 9) & ('a' - '9' - 1));
}

bool is_printable(uint8_t octet) {
  return octet >= 0x20 && octet < 0x7f;
}

/// Length of the well-formed sequence at the start of `bytes`: 1 to 4; 0 if it is ill-formed;
/// -1 if it is a correct beginning that is cut off.
int sequence_length(Bytes bytes) {
  const uint8_t lead = bytes[0];
  if (lead < 0x80) return 1;
  const int length = lead >= 0xc2 && lead <= 0xdf   ? 2
                     : lead >= 0xe0 && lead <= 0xef ? 3
                     : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                    : 0;
  for (int i = 1; i < length; ++i) {
    if (static_cast<size_t>(i) >= bytes.size()) return -1;
    const uint8_t next = bytes[static_cast<size_t>(i)];
    uint8_t low = 0x80, high = 0xbf;
    if (i == 1) {  // RFC 3629 section 4: no overlong forms, no surrogates, nothing above U+10FFFF
      if (lead == 0xe0) low = 0xa0;
      if (lead == 0xed) high = 0x9f;
      if (lead == 0xf0) low = 0x90;
      if (lead == 0xf4) high = 0x8f;
    }
    if (next < low || next > high) return 0;
  }
  return length;
}

}  // namespace

// Excerpts are in most records: sixteen octets a step.
char* put_hex(Bytes bytes, char* at) {
  size_t done = 0;
  for (; bytes.size() - done >= sizeof(Sixteen); done += sizeof(Sixteen), at += 2 * sizeof(Sixteen)) {
    Sixteen octets;
    std::memcpy(&octets, bytes.data() + done, sizeof octets);
    const Sixteen high = hex_digits(octets >> 4), low = hex_digits(octets & 15);
    const Sixteen first =
        __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const Sixteen second =
        __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    std::memcpy(at, &first, sizeof first);
    std::memcpy(at + sizeof first, &second, sizeof second);
  }
  for (; done < bytes.size(); ++done) {
    *at++ = hex_digit(bytes[done] >> 4);
    *at++ = hex_digit(bytes[done] & 15);
  }
  return at;
}

std::string to_hex(Bytes bytes) {
  std::string text(bytes.size() * 2, '\0');
  put_hex(bytes, text.data());
  return text;
}

std::string to_printable(Bytes bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const uint8_t octet : bytes) {
    text += is_printable(octet) ? static_cast<char>(octet) : '.';
  }
  return text;
}

bool is_utf8(Bytes bytes, bool may_end_early) {
  while (!bytes.empty()) {
    if (bytes[0] < 0x80) {
      bytes = bytes.subspan(words_length(bytes, [](uint64_t word) { return (word & kHigh) == 0; }));
      if (bytes.empty()) break;
    }
    const int length = sequence_length(bytes);
    if (length < 0) return may_end_early;
    if (length == 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(length));
  }
  return true;
}

std::string to_valid_utf8(Bytes bytes, size_t limit) {
  bytes = first_of(bytes, limit);
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const size_t printable = printable_length(bytes);
    text += as_text(bytes.first(printable));
    bytes = bytes.subspan(printable);
    if (bytes.empty()) break;
    const int length = sequence_length(bytes);
    const bool control = length == 1;  // what is ASCII and not printable
    if (length > 0 && !control) {
      text += as_text(bytes.first(static_cast<size_t>(length)));
    } else {
      text += "\xef\xbf\xbd";
    }
    bytes = bytes.subspan(length > 0 ? static_cast<size_t>(length) : 1);
  }
  return text;
}

// The high bit of an octet is set by itself, by subtraction if it is below 0x20, or by addition if
// it is 0x7f. Borrows and carries come only out of octets that fail themselves.
size_t printable_length(Bytes bytes) {
  size_t length = words_length(bytes, [](uint64_t word) {
    return ((word | (word - 0x20 * kEach) | (word + kEach)) & kHigh) == 0;
  });
  while (length < bytes.size() && is_printable(bytes[length])) ++length;
  return length;
}

std::string to_lower(std::string_view text) {
  std::string result;
  append_lower(result, text);
  return result;
}

void append_lower(std::string& to, std::string_view text) {
  const size_t before = to.size();
  to += text;
  const std::span<char> fresh = std::span(to).subspan(before);
  size_t done = 0;
  for (; fresh.size() - done >= sizeof(uint64_t); done += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, fresh.data() + done, sizeof word);
    word = lower(word);
    std::memcpy(fresh.data() + done, &word, sizeof word);
  }
  for (; done < fresh.size(); ++done) fresh[done] = lower(fresh[done]);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace parlance
