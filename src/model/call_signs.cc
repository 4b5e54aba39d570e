#include "model/call_signs.h"

#include <algorithm>

namespace parlance {
namespace {

constexpr size_t kFragmentAtLeast = 3, kFragmentAtMost = 256;  // RFC 8445 section 5.3: 4 to 256

/// RFC 8445's ice-chars; some implementations add a hyphen.
bool is_fragment(std::string_view text) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/-_=";
  return text.size() >= kFragmentAtLeast && text.size() <= kFragmentAtMost &&
         text.find_first_not_of(kLetters) == std::string_view::npos;
}

}  // namespace

std::string socket_sign(const Endpoint& endpoint) {
  std::string sign;
  write_socket_sign(endpoint, sign);
  return sign;
}

void write_socket_sign(const Endpoint& endpoint, std::string& sign) {
  sign = "socket ";
  append_text(sign, endpoint);
}

std::string peer_sign(const IpAddress& host, const Endpoint& peer) {
  std::string sign;
  write_peer_sign(host, peer, sign);
  return sign;
}

void write_peer_sign(const IpAddress& host, const Endpoint& peer, std::string& sign) {
  sign = "peer of ";
  sign += std::string_view(AddressText(host));
  sign += ' ';
  append_text(sign, peer);
}

std::string announcement_sign(const Endpoint& endpoint, std::string_view protocol) {
  std::string sign;
  write_announcement_start(endpoint, sign);
  return sign.append(protocol);
}

void write_announcement_start(const Endpoint& endpoint, std::string& sign) {
  sign = "announced ";
  append_text(sign, endpoint);
  sign += ' ';
}

std::string_view kind_of_sign(std::string_view sign) {
  return sign.starts_with("fragments ") ? "one pair of ICE fragments" : sign;
}

std::string fragments_sign(std::string_view username) {
  const size_t colon = username.find(':');
  if (colon == std::string_view::npos) return {};
  std::string_view first = username.substr(0, colon), second = username.substr(colon + 1);
  if (!is_fragment(first) || !is_fragment(second)) return {};
  if (second < first) std::swap(first, second);
  return std::string("fragments ").append(first).append(":").append(second);
}

}  // namespace parlance
