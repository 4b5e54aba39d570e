#include "protocols/support/http_meaning.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace parlance {
namespace {

constexpr uint64_t kSmallBody = 4096;  // of unknown type, still worth a look
constexpr size_t kHixieKeyOctets = 8;

// A Content-Length; a list of equal values counts as one (RFC 9110 section 8.6).
std::optional<uint64_t> content_length(const HttpHead& head) {
  const auto items = split_list(head.value("content-length"), 4);
  if (items.empty() || items.front().size() > 18) return std::nullopt;
  uint64_t length = 0;
  for (const char c : items.front()) {
    if (c < '0' || c > '9') return std::nullopt;
    length = length * 10 + static_cast<uint64_t>(c - '0');
  }
  return length;
}

bool answer_has_no_body(const HttpHead& head, std::string_view request_method) {
  return head.status < 200 || head.status == 204 || head.status == 304 ||
         request_method == "HEAD" || (request_method == "CONNECT" && head.status < 300);
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view each) { return text.substr(0, each.size()) == each; });
}

void add(Parameters& parameters, std::string_view name, std::string value) {
  if (!value.empty()) parameters.push_back({name, std::move(value)});
}

}  // namespace

HttpFraming framing_of(const HttpHead& head, std::string_view request_method) {
  const bool is_answer = head.kind == HttpHead::Kind::response;
  if (is_answer && answer_has_no_body(head, request_method)) return {};
  if (head.has_token("transfer-encoding", "chunked")) return {HttpBody::Framing::chunked, 0};
  if (const auto length = content_length(head)) return {HttpBody::Framing::length, *length};
  if (is_answer) return {HttpBody::Framing::until_close, 0};
  if (is_hixie76(head)) return {HttpBody::Framing::length, kHixieKeyOctets};
  return {};
}

HttpFraming stream_framing_of(const HttpHead& head, std::string_view request_method, bool ends) {
  if (ends) return {};
  if (head.kind == HttpHead::Kind::response && answer_has_no_body(head, request_method)) return {};
  if (const auto length = content_length(head)) return {HttpBody::Framing::length, *length};
  return {HttpBody::Framing::until_close, 0};
}

bool may_carry_messages(const HttpHead& head, const HttpFraming& framing) {
  if (framing.kind == HttpBody::Framing::none) return false;
  // A request that names another protocol and has a body carries that protocol in it ("Upgrade: mmtls").
  const bool names_another = head.kind == HttpHead::Kind::request && head.find("upgrade") != nullptr &&
                             !head.has_token("upgrade", "h2c") && !head.has_token("upgrade", "websocket");
  if (names_another) return true;
  const std::string type = to_lower(head.value("content-type"));
  if (type.find("xml") != std::string::npos && type.find("html") == std::string::npos) return true;
  if (type.find("json") != std::string::npos) return true;
  if (starts_with_any(type, {"text/plain"})) return true;
  if (starts_with_any(type, {"image/", "video/", "audio/", "font/", "text/", "multipart/",
                             "application/javascript", "application/x-javascript",
                             "application/zip", "application/pdf"})) {
    return false;
  }
  return framing.kind == HttpBody::Framing::length && framing.length <= kSmallBody;
}

bool may_switch(const HttpHead& request) {
  return request.method == "CONNECT" || request.find("upgrade") != nullptr;
}

bool names_websocket(const HttpHead& head) {
  return to_lower(head.joined("upgrade")).find("websocket") != std::string::npos;
}

bool names_h2c(const HttpHead& answer) {
  return answer.has_token("upgrade", "h2c");
}

bool is_hixie76(const HttpHead& request) {
  return request.find("sec-websocket-key1") != nullptr &&
         request.find("sec-websocket-key2") != nullptr && names_websocket(request);
}

Parameters websocket_parameters(const HttpHead* request, const HttpHead* answer,
                                std::string_view key3) {
  Parameters result;
  if (request != nullptr) {
    add(result, "request", "seen");
    add(result, "key", std::string(request->value("sec-websocket-key")));
    add(result, "key1", std::string(request->value("sec-websocket-key1")));
    add(result, "key2", std::string(request->value("sec-websocket-key2")));
    add(result, "key3", std::string(key3));
    add(result, "version", std::string(request->value("sec-websocket-version")));
    add(result, "protocol-requested", request->joined("sec-websocket-protocol"));
    add(result, "host", std::string(request->value("host")));
    add(result, "path", std::string(path_of(request->target)));
    const HttpField* origin = request->find("origin");
    if (origin == nullptr) origin = request->find("sec-websocket-origin");  // hybi-07 to -12
    if (origin != nullptr) add(result, "origin", origin->value);
  }
  if (answer != nullptr) {
    add(result, "answer", "seen");
    add(result, "accept", std::string(answer->value("sec-websocket-accept")));
    add(result, "protocol", std::string(answer->value("sec-websocket-protocol")));
    add(result, "extensions", answer->joined("sec-websocket-extensions"));
    // Only hixie-76 answers carry Sec-WebSocket-Location, only hixie-75 ones WebSocket-Location.
    add(result, "hixie76-location", std::string(answer->value("sec-websocket-location")));
    add(result, "hixie75-location", std::string(answer->value("websocket-location")));
  }
  return result;
}

Parameters websocket_parameters_of_connect(const HttpHead& request, const HttpHead* answer,
                                           std::string_view over) {
  Parameters result = websocket_parameters(&request, answer, {});
  add(result, "over", std::string(over));
  return result;
}

Parameters h2c_parameters(const HttpHead* request) {
  Parameters result;
  add(result, "upgrade", "h2c");
  if (request == nullptr) return result;
  add(result, "method", request->method);
  add(result, "settings", std::string(request->value("http2-settings")));
  return result;
}

}  // namespace parlance
