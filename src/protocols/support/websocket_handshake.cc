#include "protocols/support/websocket_handshake.h"

#include <array>

#include <openssl/evp.h>

#include "base/text.h"
#include "protocols/support/http_head.h"

namespace parlance {
namespace {

constexpr std::string_view kAcceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 1.3
constexpr size_t kSubprotocolOctets = 48;  // longest registered ones are shorter

std::string digest(std::string_view text, const EVP_MD* algorithm) {
  std::array<uint8_t, EVP_MAX_MD_SIZE> result;
  unsigned int length = 0;
  if (EVP_Digest(text.data(), text.size(), result.data(), &length, algorithm, nullptr) != 1) {
    return {};
  }
  return std::string(as_text(Bytes(result).first(length)));
}

// hixie-76 section 5.2: the digits of a key as a number, divided by the number of its spaces, in
// four octets, big-endian.
std::optional<std::string> key_number(std::string_view key) {
  uint64_t number = 0;
  uint64_t spaces = 0;
  for (const char c : key) {
    if (c == ' ') ++spaces;
    if (c < '0' || c > '9') continue;
    number = number * 10 + static_cast<uint64_t>(c - '0');
    if (number > UINT32_MAX) return std::nullopt;
  }
  if (spaces == 0 || number % spaces != 0) return std::nullopt;
  const uint64_t quotient = number / spaces;
  std::string octets;
  for (int shift = 24; shift >= 0; shift -= 8) {
    octets += static_cast<char>(quotient >> shift & 0xff);
  }
  return octets;
}

bool is_deflate_frame(std::string_view name) {
  return equals_ignoring_case(name, "x-webkit-deflate-frame") ||
         equals_ignoring_case(name, "deflate-frame") ||
         equals_ignoring_case(name, "perframe-deflate");
}

}  // namespace

std::string websocket_accept(std::string_view key) {
  const std::string hash = digest(std::string(key) + std::string(kAcceptGuid), EVP_sha1());
  std::array<uint8_t, 64> text;  // 20 octets make 28 characters and a zero
  const Bytes octets = as_bytes(hash);
  const int length = EVP_EncodeBlock(text.data(), octets.data(), static_cast<int>(octets.size()));
  return std::string(as_text(Bytes(text).first(static_cast<size_t>(length))));
}

std::optional<std::string> hixie_answer(std::string_view key1, std::string_view key2, Bytes key3) {
  const auto first = key_number(key1);
  const auto second = key_number(key2);
  if (!first || !second || key3.size() != 8) return std::nullopt;
  return digest(*first + *second + std::string(as_text(key3)), EVP_md5());
}

WebSocketExtensions parse_websocket_extensions(std::string_view list) {
  WebSocketExtensions result;
  for (const std::string_view item : split_list(list, 16)) {
    const size_t semicolon = item.find(';');
    const std::string_view name = trim(item.substr(0, semicolon));
    result.names.push_back(to_valid_utf8(as_bytes(name), 64));
    if (is_deflate_frame(name)) result.deflate = WebSocketDeflate::per_frame;
    if (!equals_ignoring_case(name, "permessage-deflate")) continue;
    result.deflate = WebSocketDeflate::per_message;
    const std::string parameters =
        to_lower(semicolon == std::string_view::npos ? std::string_view{} : item.substr(semicolon));
    const auto agreed = [&](const char* word) {
      return parameters.find(word) != std::string::npos;
    };
    result.client_no_context_takeover = agreed("client_no_context_takeover");
    result.server_no_context_takeover = agreed("server_no_context_takeover");
  }
  return result;
}

// Seen: "v1, authorization.bearer.<JWT>" (wstunnel), "base64url.bearer.phx.<token>" (Phoenix),
// "base64url.bearer.authorization.k8s.io.<token>". Whatever follows "bearer" or is long may be one.
std::string redact_subprotocols(std::string_view list) {
  std::string result;
  for (const std::string_view item : split_list(list, 16)) {
    if (!result.empty()) result += ", ";
    const std::string lower = to_lower(item);
    const size_t bearer = lower.find("bearer");
    if (bearer != std::string::npos) {
      result +=
          to_valid_utf8(as_bytes(item.substr(0, bearer + 6)), kSubprotocolOctets) + "(redacted)";
    } else if (item.size() > kSubprotocolOctets || item.substr(0, 3) == "eyJ") {
      result += "(redacted)";
    } else {
      result += to_valid_utf8(as_bytes(item), kSubprotocolOctets);
    }
  }
  return result;
}

}  // namespace parlance
