#include "report/json_writer.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace parlance::report {
namespace {

constexpr size_t kLongestEscape = 6;  // "\u0000"

/// True for octets that RFC 8259 section 7 does not let stand as they are, and DEL, which it lets stand
/// but terminals do not.
constexpr bool is_special(char c) { return (c >= 0 && c < 0x20) || c == 0x7f || c == '"' || c == '\\'; }

using Sixteen = int8_t __attribute__((vector_size(16)));

/// Sixteen octets of which one is special, or not ASCII (negative here), leave something in the answer.
Sixteen specials_in(Sixteen octets) {
  return (octets < 0x20) | (octets == '"') | (octets == '\\') | (octets == 0x7f);
}

/// Copies `text` and says whether nothing in it is special and all of it is ASCII. Sixteen octets a step; the
/// last step takes some again that were taken before.
bool copy_if_plain(std::string_view text, char* to) {
  constexpr size_t kStep = sizeof(Sixteen);
  Sixteen specials{};
  const auto copy_step = [&](size_t at) {
    Sixteen octets;
    std::memcpy(&octets, text.data() + at, kStep);
    std::memcpy(to + at, &octets, kStep);
    specials |= specials_in(octets);
  };
  if (text.size() >= kStep) {
    for (size_t at = 0; at < text.size() - kStep; at += kStep) copy_step(at);
    copy_step(text.size() - kStep);
    std::array<uint64_t, 2> any;
    std::memcpy(&any, &specials, sizeof any);
    return (any[0] | any[1]) == 0;
  }
  bool plain = true;
  for (const char c : text) {
    plain &= c >= 0 && !is_special(c);
    *to++ = c;
  }
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

}  // namespace

void JsonWriter::make_room(size_t count) {
  out_.set_end(at_);
  at_ = out_.room(count);
  limit_ = out_.limit();
}

JsonWriter& JsonWriter::text(std::string_view value) {
  value = cut_between_characters(value, kLongestText);
  char* at = put(room(3 + kLongestEscape * value.size()), "\"");
  if (copy_if_plain(value, at)) {
    at += value.size();
  } else if (is_utf8(as_bytes(value))) {
    at = put_escaped(at, value);
  } else {
    const std::string valid = to_valid_utf8(as_bytes(value), kLongestText);
    at = put_escaped(put(room(3 + kLongestEscape * valid.size()), "\""), valid);
  }
  return written(put(at, "\","));
}

JsonWriter& JsonWriter::hex(Bytes octets) {
  char* at = put(room(3 + 2 * octets.size()), "\"");
  at = put_hex(octets, at);
  return written(put(at, "\","));
}

/// There is room for `value` if each of its octets is escaped.
char* JsonWriter::put_escaped(char* at, std::string_view value) {
  for (const char c : value) {
    if (!is_special(c)) {
      *at++ = c;
    } else if (c == '"' || c == '\\') {
      *at++ = '\\';
      *at++ = c;
    } else {
      at = put_hex(as_bytes({&c, 1}), put(at, "\\u00"));
    }
  }
  return at;
}

}  // namespace parlance::report
