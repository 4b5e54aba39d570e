#include "model/call_signs.h"

#include <algorithm>

namespace parlance {
namespace {

constexpr size_t kFragmentAtLeast = 3, kFragmentAtMost = 256;  // RFC 8445 section 5.3: 4 to 256

bool is_fragment(std::string_view text) {
  return text.size() >= kFragmentAtLeast && text.size() <= kFragmentAtMost &&
         text.find(':') == std::string_view::npos;
}

}  // namespace

std::string socket_sign(const Endpoint& endpoint) {
  return "socket " + to_text(endpoint);
}

std::string peer_sign(const IpAddress& host, const Endpoint& peer) {
  std::string sign = "peer of ";
  sign += std::string_view(AddressText(host));
  sign += ' ';
  return sign += to_text(peer);
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
