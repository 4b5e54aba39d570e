#include "report/json_writer.h"

#include <array>

#include "base/text.h"

namespace parlance::report {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

/// True for octets that RFC 8259 section 7 lets stand as they are, and DEL, which it lets stand too
/// but terminals do not.
constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> plain{};
  for (size_t octet = 0x20; octet < 0x7f; ++octet) plain[octet] = true;
  plain['"'] = plain['\\'] = false;
  return plain;
}
constexpr std::array<bool, 256> kPlain = make_plain();

bool is_plain(std::string_view text) {
  bool plain = true;
  for (const char c : text) plain &= kPlain[static_cast<uint8_t>(c)];
  return plain;
}

/// `text` without a UTF-8 sequence that its end cuts in two.
std::string_view cut_between_characters(std::string_view text, size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<uint8_t>(text[limit]) & 0xc0) == 0x80) --limit;
  return text.substr(0, limit);
}

}  // namespace

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  out_ += '"';
  value = cut_between_characters(value, kLongestText);
  if (is_plain(value)) {
    out_ += value;
  } else if (is_utf8(as_bytes(value))) {
    escape(value);
  } else {
    escape(to_valid_utf8(as_bytes(value), kLongestText));
  }
  out_ += '"';
  return *this;
}

JsonWriter& JsonWriter::hex(Bytes octets) {
  separate();
  out_ += '"';
  const size_t at = out_.size();
  out_.resize(at + 2 * octets.size());
  for (size_t i = 0; i < octets.size(); ++i) {
    out_[at + 2 * i] = kDigits[octets[i] >> 4];
    out_[at + 2 * i + 1] = kDigits[octets[i] & 15];
  }
  out_ += '"';
  return *this;
}

void JsonWriter::escape(std::string_view value) {
  size_t from = 0;
  for (size_t i = 0; i < value.size(); ++i) {
    const auto octet = static_cast<uint8_t>(value[i]);
    if (kPlain[octet] || octet >= 0x80) continue;
    out_.append(value, from, i - from);
    from = i + 1;
    if (octet == '"' || octet == '\\') {
      out_ += '\\';
      out_ += value[i];
    } else {
      out_ += "\\u00";
      out_ += kDigits[octet >> 4];
      out_ += kDigits[octet & 15];
    }
  }
  out_.append(value, from);
}

}  // namespace parlance::report
