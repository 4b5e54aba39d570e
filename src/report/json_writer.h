// JSON appended to a string: commas, escapes, nothing else.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace parlance::report {

/// Writes one JSON text. The caller opens and closes in order; commas come by themselves.
class JsonWriter {
 public:
  /// Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& open_object() { return open('{'); }
  JsonWriter& close_object() { return close('}'); }
  JsonWriter& open_array() { return open('['); }
  JsonWriter& close_array() { return close(']'); }
  /// `name` is a key of ours or of a parser: a literal that needs no escape.
  JsonWriter& key(std::string_view name) {
    separate();
    out_ += '"';
    out_ += name;
    out_ += "\":";
    fresh_ = true;
    return *this;
  }

  /// Any octets: what is not UTF-8 becomes U+FFFD. At most kLongestText octets of it are kept.
  JsonWriter& text(std::string_view value);
  JsonWriter& hex(Bytes octets);
  /// Our own words: names, numbers and times that need no escape.
  JsonWriter& word(std::string_view value) {
    separate();
    out_ += '"';
    out_ += value;
    out_ += '"';
    return *this;
  }
  template <class Integer>
  JsonWriter& number(Integer value) {
    separate();
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
    out_.append(digits, end);
    return *this;
  }
  JsonWriter& boolean(bool value) {
    separate();
    out_ += value ? "true" : "false";
    return *this;
  }

 private:
  static constexpr size_t kLongestText = 2048;

  JsonWriter& open(char bracket) {
    separate();
    out_ += bracket;
    fresh_ = true;
    return *this;
  }
  JsonWriter& close(char bracket) {
    out_ += bracket;
    fresh_ = false;
    return *this;
  }
  void separate() {
    if (!fresh_) out_ += ',';
    fresh_ = false;
  }
  void escape(std::string_view value);

  std::string& out_;
  bool fresh_ = true;  ///< nothing stands before the next value that a comma would divide it from
};

}  // namespace parlance::report
