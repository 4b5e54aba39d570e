// JSON appended to a buffer: commas, escapes, nothing else.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"
#include "report/text_buffer.h"

namespace parlance::report {

/// Writes one JSON text, a line. The caller opens and closes in order; commas come by themselves.
///
/// A comma is written behind every value and taken back by what ends a list, so that nothing asks before a value
/// whether it is the first.
class JsonWriter {
 public:
  /// Appends to `out`, which must outlive the writer and has what was written once the writer is gone.
  explicit JsonWriter(TextBuffer& out) : out_(out), at_(out.end()), limit_(out.limit()) {}
  ~JsonWriter() { out_.set_end(at_); }
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& open_object() { return open('{'); }
  JsonWriter& close_object() { return close('}'); }
  JsonWriter& open_array() { return open('['); }
  JsonWriter& close_array() { return close(']'); }
  /// A key of ours: a literal that needs no escape.
  template <size_t kSize>
  JsonWriter& key(const char (&name)[kSize]) {
    return written(put_key(room(kSize + 2), name));
  }
  /// A member of an object in one step: its key, and a value that needs no escape.
  template <size_t kSize>
  JsonWriter& member(const char (&name)[kSize], std::string_view word) {
    return written(put_word(put_key(room(kSize + 2 + word.size() + 3), name), word));
  }
  template <size_t kSize, class Number>
    requires std::is_integral_v<Number>
  JsonWriter& member(const char (&name)[kSize], Number value) {
    return written(put_number(put_key(room(kSize + 2 + kMostDigits), name), value));
  }
  /// A key of a parser, likewise a literal.
  JsonWriter& key_of(std::string_view name) {
    return written(put(put(put(room(name.size() + 3), "\""), name), "\":"));
  }

  /// Any octets: what is not UTF-8 becomes U+FFFD. At most kLongestText octets of it are kept.
  JsonWriter& text(std::string_view value);
  JsonWriter& hex(Bytes octets);
  /// Our own words: names, numbers and times that need no escape.
  JsonWriter& word(std::string_view value) { return written(put_word(room(value.size() + 3), value)); }
  /// The same of two words with a '/' between them.
  JsonWriter& path(std::string_view first, std::string_view second) {
    char* at = put(room(first.size() + second.size() + 4), "\"");
    at = put(put(put(at, first), "/"), second);
    return written(put(at, "\","));
  }
  template <class Number>
  JsonWriter& number(Number value) {
    return written(put_number(room(kMostDigits), value));
  }
  JsonWriter& boolean(bool value) {
    char* const at = room(sizeof "false,");
    return written(value ? put(at, "true,") : put(at, "false,"));
  }
  /// Ends the line.
  void newline() { written(put(without_comma(room(1)), "\n")); }

 private:
  static constexpr size_t kLongestText = 2048;
  static constexpr size_t kMostDigits = 24;  // of a number of 64 bits, its sign and a comma

  JsonWriter& open(char bracket) {
    char* const at = room(1);
    *at = bracket;
    return written(at + 1);
  }
  JsonWriter& close(char bracket) {
    char* const at = without_comma(room(2));
    at[0] = bracket;
    at[1] = ',';
    return written(at + 2);
  }
  /// Where the next character goes; there is room for `count` of them.
  char* room(size_t count) {
    if (static_cast<size_t>(limit_ - at_) < count) make_room(count);
    return at_;
  }
  void make_room(size_t count);
  JsonWriter& written(char* end) {
    at_ = end;
    return *this;
  }
  /// The end without the comma of the last value. Something always is before it: a value or a bracket.
  static char* without_comma(char* at) { return at - (at[-1] == ',' ? 1 : 0); }

  // What these put at `at`, where there is room for it, ends at the answer.
  template <size_t kSize>
  static char* put(char* at, const char (&literal)[kSize]) {
    std::memcpy(at, literal, kSize - 1);
    return at + kSize - 1;
  }
  static char* put(char* at, std::string_view text) {
    std::memcpy(at, text.data(), text.size());
    return at + text.size();
  }
  template <size_t kSize>
  static char* put_key(char* at, const char (&name)[kSize]) {
    return put(put(put(at, "\""), name), "\":");
  }
  static char* put_word(char* at, std::string_view word) { return put(put(put(at, "\""), word), "\","); }
  template <class Number>
  static char* put_number(char* at, Number value) {
    if (static_cast<uint64_t>(value) < 10) {  // as most are
      *at++ = static_cast<char>('0' + value);
    } else {
      at = std::to_chars(at, at + kMostDigits, value).ptr;
    }
    *at = ',';
    return at + 1;
  }
  static char* put_escaped(char* at, std::string_view value);

  TextBuffer& out_;
  char* at_;     ///< where the next character goes
  char* limit_;  ///< of the room that is there
};

}  // namespace parlance::report
