#include "base/text.h"

#include <algorithm>

namespace parlance {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

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

std::string to_hex(Bytes bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const uint8_t octet : bytes) {
    text += kDigits[octet >> 4];
    text += kDigits[octet & 15];
  }
  return text;
}

std::string to_printable(Bytes bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const uint8_t octet : bytes) {
    text += octet >= 0x20 && octet < 0x7f ? static_cast<char>(octet) : '.';
  }
  return text;
}

bool is_utf8(Bytes bytes, bool may_end_early) {
  while (!bytes.empty()) {
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
    const int length = sequence_length(bytes);
    const bool control = bytes[0] < 0x20 || bytes[0] == 0x7f;
    if (length > 0 && !control) {
      text += as_text(bytes.first(static_cast<size_t>(length)));
    } else {
      text += "\xef\xbf\xbd";
    }
    bytes = bytes.subspan(length > 0 ? static_cast<size_t>(length) : 1);
  }
  return text;
}

std::string to_lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
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
