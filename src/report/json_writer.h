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

/// Writes one JSON text. The caller opens and closes in order; commas come by themselves.
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
    start_value(kSize + 3);
    put('"');
    std::memcpy(at_, name, kSize - 1);
    at_ += kSize - 1;
    return end_key();
  }
  /// A member of an object in one step: its key, and a value that needs no escape.
  template <size_t kSize>
  JsonWriter& member(const char (&name)[kSize], std::string_view word) {
    begin_member(name, word.size() + 2);
    put('"');
    put(word);
    put('"');
    return *this;
  }
  template <size_t kSize, class Integer>
    requires std::is_integral_v<Integer>
  JsonWriter& member(const char (&name)[kSize], Integer value) {
    begin_member(name, kMostDigits);
    at_ = std::to_chars(at_, at_ + kMostDigits, value).ptr;
    return *this;
  }
  /// A key of a parser, likewise a literal.
  JsonWriter& key_of(std::string_view name) {
    start_value(name.size() + 4);
    put('"');
    put(name);
    return end_key();
  }

  /// Any octets: what is not UTF-8 becomes U+FFFD. At most kLongestText octets of it are kept.
  JsonWriter& text(std::string_view value);
  JsonWriter& hex(Bytes octets);
  /// Our own words: names, numbers and times that need no escape.
  JsonWriter& word(std::string_view value) {
    start_value(value.size() + 3);
    put('"');
    put(value);
    put('"');
    return *this;
  }
  /// The same of two words with a '/' between them.
  JsonWriter& path(std::string_view first, std::string_view second) {
    start_value(first.size() + second.size() + 4);
    put('"');
    put(first);
    put('/');
    put(second);
    put('"');
    return *this;
  }
  template <class Integer>
  JsonWriter& number(Integer value) {
    start_value(kMostDigits);
    at_ = std::to_chars(at_, at_ + kMostDigits, value).ptr;
    return *this;
  }
  JsonWriter& boolean(bool value) {
    start_value(6);
    put(value ? std::string_view("true") : std::string_view("false"));
    return *this;
  }
  /// Ends the line.
  void newline() {
    need(1);
    put('\n');
  }

 private:
  static constexpr size_t kLongestText = 2048;
  static constexpr size_t kMostDigits = 24;  // of a number of 64 bits, and its sign

  JsonWriter& open(char bracket) {
    start_value(2);
    put(bracket);
    fresh_ = true;
    return *this;
  }
  JsonWriter& close(char bracket) {
    need(1);
    put(bracket);
    fresh_ = false;
    return *this;
  }
  JsonWriter& end_key() {
    put('"');
    put(':');
    fresh_ = true;
    return *this;
  }
  void need(size_t count) {
    if (static_cast<size_t>(limit_ - at_) < count) make_room(count);
  }
  void make_room(size_t count);
  /// Makes room for `count` characters, of which the comma before the value is one.
  void start_value(size_t count) {
    need(count);
    *at_ = ',';
    at_ += fresh_ ? 0 : 1;
    fresh_ = false;
  }
  /// A comma and the key; room for `value` characters behind it.
  template <size_t kSize>
  void begin_member(const char (&name)[kSize], size_t value) {
    start_value(kSize + 3 + value);
    *at_++ = '"';
    std::memcpy(at_, name, kSize - 1);
    at_ += kSize - 1;
    *at_++ = '"';
    *at_++ = ':';
  }
  void put(char c) { *at_++ = c; }
  void put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void escape(std::string_view value);

  TextBuffer& out_;
  char* at_;           ///< where the next character goes
  char* limit_;        ///< of the room that is there
  bool fresh_ = true;  ///< nothing stands before the next value that a comma would divide it from
};

}  // namespace parlance::report
