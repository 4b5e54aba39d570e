#include "model/call_signs.h"

#include <algorithm>

namespace parlance {
namespace {

constexpr std::string_view kAnnounced = "announced ";
constexpr size_t kFragmentAtLeast = 3, kFragmentAtMost = 256;  // RFC 8445 section 5.3: 4 to 256

/// RFC 8445's ice-chars; some implementations add a hyphen.
bool is_fragment(std::string_view text) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/-_=";
  return text.size() >= kFragmentAtLeast && text.size() <= kFragmentAtMost &&
         text.find_first_not_of(kLetters) == std::string_view::npos;
}

}  // namespace

EndpointSign::EndpointSign(std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) {
    std::copy(part.begin(), part.end(), characters_.data() + length_);
    length_ += part.size();
  }
}

EndpointSign EndpointSign::socket(const EndpointText& endpoint) {
  return EndpointSign({"socket ", endpoint});
}

EndpointSign EndpointSign::peer(std::string_view host, const EndpointText& peer) {
  return EndpointSign({"peer of ", host, " ", peer});
}

EndpointSign EndpointSign::announcement_start(const EndpointText& endpoint) {
  return EndpointSign({kAnnounced, endpoint, " "});
}

std::string socket_sign(const Endpoint& endpoint) {
  return std::string(EndpointSign::socket(EndpointText(endpoint)));
}

std::string peer_sign(const IpAddress& host, const Endpoint& peer) {
  return std::string(EndpointSign::peer(AddressText(host), EndpointText(peer)));
}

std::string announcement_sign(const Endpoint& endpoint, std::string_view protocol) {
  std::string sign(EndpointSign::announcement_start(EndpointText(endpoint)));
  return sign.append(protocol);
}

bool is_announcement(std::string_view sign) { return sign.starts_with(kAnnounced); }

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
