// JA4, the fingerprint of a TLS client (github.com/FoxIO-LLC/ja4, technical_details/JA4.md). Only
// JA4 itself is free to use (BSD-3-Clause); its siblings for servers, HTTP and others are not.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <openssl/sha.h>

#include "base/text.h"
#include "protocols/support/tls_hello.h"

namespace parlance {
namespace {

constexpr uint16_t kServerName = 0, kAlpn = 16;

std::vector<uint16_t> without_grease(std::vector<uint16_t> values) {
  std::erase_if(values, is_grease);
  return values;
}

std::string join_hex(const std::vector<uint16_t>& values) {
  std::string text;
  for (const uint16_t value : values) {
    text += fmt::format("{}{:04x}", text.empty() ? "" : ",", value);
  }
  return text;
}

/// The first twelve hexadecimal digits of the text's SHA-256.
std::string short_hash(const std::string& text) {
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest{};
  const Bytes octets = as_bytes(text);
  SHA256(octets.data(), octets.size(), digest.data());
  return to_hex(Bytes(digest).first(6));
}

std::string version_code(const ClientHello& hello) {
  uint16_t version = hello.legacy_version;
  const auto offered = without_grease(hello.versions);
  if (!offered.empty()) {
    // DTLS counts downwards.
    const bool dtls = offered.front() >> 8 == 0xfe;
    version = dtls ? *std::min_element(offered.begin(), offered.end())
                   : *std::max_element(offered.begin(), offered.end());
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

}  // namespace

std::string ja4(const ClientHello& hello, char carrier) {
  auto ciphers = without_grease(hello.ciphers);
  auto extensions = without_grease(hello.extensions);
  const bool has_name =
      std::find(extensions.begin(), extensions.end(), kServerName) != extensions.end();
  std::string text =
      fmt::format("{}{}{}{:02}{:02}{}", carrier, version_code(hello), has_name ? 'd' : 'i',
                  std::min<size_t>(ciphers.size(), 99), std::min<size_t>(extensions.size(), 99),
                  alpn_code(hello.first_alpn));

  std::sort(ciphers.begin(), ciphers.end());
  text += '_';
  text += ciphers.empty() ? "000000000000" : short_hash(join_hex(ciphers));

  std::erase_if(extensions, [](uint16_t each) { return each == kServerName || each == kAlpn; });
  std::sort(extensions.begin(), extensions.end());
  std::string rest = join_hex(extensions);
  const auto algorithms = without_grease(hello.signature_algorithms);
  if (!algorithms.empty()) rest += '_' + join_hex(algorithms);
  text += '_';
  text += extensions.empty() ? "000000000000" : short_hash(rest);
  return text;
}

}  // namespace parlance
