// JA4, the fingerprint of a TLS client (github.com/FoxIO-LLC/ja4, technical_details/JA4.md). Only
// JA4 itself is free to use (BSD-3-Clause); its siblings for servers, HTTP and others are not.
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "base/text.h"
#include "protocols/support/sha256.h"
#include "protocols/support/tls_hello.h"

namespace parlance {
namespace {

constexpr uint16_t kServerName = 0, kAlpn = 16;
constexpr size_t kOctets = 36;

constexpr std::string_view kNothing = "000000000000";  // instead of the hash of an empty list

/// Text on its way to its SHA-256, so that a list of any length needs no room of its own.
class HashedText {
 public:
  void add(char c) {
    if (used_ == buffer_.size()) flush();
    buffer_[used_++] = c;
  }
  /// Four hexadecimal digits a number, commas between them.
  void add(std::span<const uint16_t> numbers) {
    if (numbers.empty()) return;
    for (const uint16_t number : numbers) {
      if (buffer_.size() - used_ < 5) flush();
      *write_hex_of_16_bits(number, buffer_.data() + used_) = ',';
      used_ += 5;
    }
    --used_;  // no comma behind the last
  }
  /// The first twelve hexadecimal digits.
  std::string short_hash() {
    flush();
    const Sha256Digest digest = hash_.digest();
    return to_hex(Bytes(digest).first(6));
  }

 private:
  void flush() {
    hash_.add(as_bytes({buffer_.data(), used_}));
    used_ = 0;
  }

  Sha256 hash_;
  std::array<char, 512> buffer_;
  size_t used_ = 0;
};

/// Makes `to` the values without GREASE.
void take(std::vector<uint16_t>& to, const std::vector<uint16_t>& values) {
  to.clear();
  for (const uint16_t each : values) {
    if (!is_grease(each)) to.push_back(each);
  }
}

std::string_view version_code(const ClientHello& hello) {
  uint16_t version = hello.legacy_version;
  bool offered = false, dtls = false;
  for (const uint16_t each : hello.versions) {
    if (is_grease(each)) continue;
    if (!offered) dtls = each >> 8 == 0xfe;  // told by the first; DTLS counts downwards
    if (!offered || (dtls ? each < version : each > version)) version = each;
    offered = true;
  }
  switch (version) {
    case 0x0304:
      return "13";
    case 0x0303:
      return "12";
    case 0x0302:
      return "11";
    case 0x0301:
      return "10";
    case 0x0300:
      return "s3";
    case 0x0002:
      return "s2";
    case 0xfeff:
      return "d1";
    case 0xfefd:
      return "d2";
    case 0xfefc:
      return "d3";
    default:
      return "00";
  }
}

bool is_alphanumeric(uint8_t c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// First and last character of the first ALPN value; hexadecimal digits if they are none.
std::string alpn_code(const std::string& name) {
  if (name.empty()) return "00";
  const auto first = static_cast<uint8_t>(name.front());
  const auto last = static_cast<uint8_t>(name.back());
  if (is_alphanumeric(first) && is_alphanumeric(last)) return {name.front(), name.back()};
  const std::string digits = to_hex(as_bytes(name));
  return {digits.front(), digits.back()};
}

/// Two decimal digits, 99 for more.
void append_count(std::string& text, size_t count) {
  const size_t shown = std::min<size_t>(count, 99);
  text += static_cast<char>('0' + shown / 10);
  text += static_cast<char>('0' + shown % 10);
}

}  // namespace

std::string ja4(const ClientHello& hello, char carrier) {
  std::vector<uint16_t> list;
  list.reserve(
      std::max({hello.ciphers.size(), hello.extensions.size(), hello.signature_algorithms.size()}));
  std::string text;
  text.reserve(kOctets);

  take(list, hello.ciphers);
  const size_t ciphers = list.size();
  std::sort(list.begin(), list.end());
  HashedText of_ciphers;
  of_ciphers.add(list);

  take(list, hello.extensions);
  const size_t extensions = list.size();
  const bool has_name = std::find(list.begin(), list.end(), kServerName) != list.end();
  std::erase_if(list, [](uint16_t each) { return each == kServerName || each == kAlpn; });
  std::sort(list.begin(), list.end());
  const bool nothing_left = list.empty();
  HashedText of_extensions;
  of_extensions.add(list);
  take(list, hello.signature_algorithms);  // which stay in their own order
  if (!list.empty()) of_extensions.add('_');
  of_extensions.add(list);

  text += carrier;
  text += version_code(hello);
  text += has_name ? 'd' : 'i';
  append_count(text, ciphers);
  append_count(text, extensions);
  text += alpn_code(hello.first_alpn);
  text += '_';
  text += ciphers == 0 ? std::string(kNothing) : of_ciphers.short_hash();
  text += '_';
  text += nothing_left ? std::string(kNothing) : of_extensions.short_hash();
  return text;
}

}  // namespace parlance
