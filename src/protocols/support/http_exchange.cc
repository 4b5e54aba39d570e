#include "protocols/support/http_exchange.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "protocols/support/base64url.h"
#include "protocols/support/grpc_message.h"
#include "protocols/support/http_marks.h"

namespace parlance {
namespace {

constexpr size_t kFieldRounds = 32;  // heads whose fields are shown to the signatures
constexpr size_t kUrlOctets = 256;

/// Kinds of bodies that have a channel of their own, by their media type and what is added to it
/// ("application/grpc+proto"). Behind them any other, and what a request's path names.
struct Kind {
  std::string_view type;
  std::string_view parser;
};
constexpr size_t kDns = 0, kGrpc = 1, kOther = 2, kByPath = 3;
constexpr std::array<Kind, 3> kBodyKinds = {{
    {"application/dns-message", "dns"},  // RFC 8484
    {"application/grpc", "grpc"},        // PROTOCOL-HTTP2.md and PROTOCOL-WEB.md of gRPC
    {"", ""},
}};

std::vector<const ParserModule*> parsers_with_paths() {
  std::vector<const ParserModule*> parsers;
  for (const ParserModule* each : all_parsers()) {
    if (!each->http_paths.empty()) parsers.push_back(each);
  }
  return parsers;
}

/// Whose own path the request goes to; nullptr: nobody's.
const ParserModule* parser_by_path(const HttpHead& head) {
  static const std::vector<const ParserModule*> kParsers = parsers_with_paths();
  if (head.method != "POST") return nullptr;
  const std::string_view path = path_of(head.target);
  for (const ParserModule* each : kParsers) {
    if (std::find(each->http_paths.begin(), each->http_paths.end(), path) != each->http_paths.end()) return each;
  }
  return nullptr;
}

size_t kind_of(const HttpHead& head) {
  const std::string_view field = head.value("content-type");
  const std::string_view type = trim(field.substr(0, field.find(';')));
  for (size_t kind = 0; kind < kOther; ++kind) {
    const std::string_view named = kBodyKinds[kind].type;
    if (!equals_ignoring_case(type.substr(0, named.size()), named)) continue;
    if (type.size() == named.size() || type[named.size()] == '+') return kind;
    if (equals_ignoring_case(type.substr(named.size()), "-web") ||
        equals_ignoring_case(type.substr(named.size(), 5), "-web+")) {
      return kind;
    }
  }
  return kOther;
}

/// An HTTP/1 head has its target behind the method; in a field section nobody knows the octet.
uint64_t target_offset(const HttpHead& head) {
  return head.start_line.empty() ? head.offset : head.offset + head.method.size() + 1;
}

void show_field(std::string_view buffer, const HttpHead& head, std::string_view name,
                Direction direction, Findings& findings) {
  const HttpField* field = head.find(name);
  if (field == nullptr || field->value.empty()) return;
  findings.field(buffer, {direction, field->offset, as_bytes(field->value)});
}

}  // namespace

HttpContent content_of(const HttpHead& head) {
  return {kind_of(head), http_coding_of(head.value("content-encoding"))};
}

void HttpExchange::head(Direction direction, const HttpHead& head, Findings& findings) {
  const bool shown = ++heads_ <= kFieldRounds;
  came_[index(direction)] = true;
  if (head.kind == HttpHead::Kind::request) {
    findings.count("http.requests");
    if (by_path_ == nullptr) by_path_ = parser_by_path(head);
    remember_grpc_path(head);
    if (shown) show_request(direction, head, findings);
    dns_in_target(direction, head, findings);
  } else {
    findings.note("http.status", int64_t{head.status});
    if (shown) show_field("http.server", head, "server", direction, findings);
  }
  if (!shown) return;
  show_application_marks(direction, head, findings);
  show_field("http.upgrade", head, "upgrade", direction, findings);
  show_field("http.content_type", head, "content-type", direction, findings);
}

void HttpExchange::show_request(Direction direction, const HttpHead& head,
                                Findings& findings) const {
  const bool connect = is_plain_connect(head);
  const std::string_view path = connect ? std::string_view{} : path_of(head.target);
  const HttpField* host = head.find("host");
  // In a CONNECT the target is the host, whatever Host says.
  std::string_view authority;
  if (connect) {
    authority = head.target;
  } else if (host != nullptr) {
    authority = host->value;
  }
  const std::string_view name = host_of(authority);
  const uint64_t target_at = target_offset(head);
  findings.field("http.method", {direction, head.offset, as_bytes(head.method)});
  if (!path.empty()) findings.field("http.path", {direction, target_at, as_bytes(path)});
  if (!name.empty()) {
    const uint64_t at = connect || host == nullptr ? target_at : host->offset;
    findings.field("http.host", {direction, at, as_bytes(name)});
    findings.note("http.hostname", to_valid_utf8(as_bytes(name), kUrlOctets));
  }
  show_field("http.user_agent", head, "user-agent", direction, findings);
  findings.note("http.version", version_.empty() ? "1." + std::to_string(head.minor)
                                                 : std::string(version_));
  if (!path.empty()) findings.note("http.url", to_valid_utf8(as_bytes(path), kUrlOctets));
  const std::string_view agent = head.value("user-agent");
  if (!agent.empty()) findings.note("http.user_agent", to_valid_utf8(as_bytes(agent), kUrlOctets));
}

void HttpExchange::remember_grpc_path(const HttpHead& head) {
  if (grpc_path_.empty() && kind_of(head) == kGrpc) {
    grpc_path_ = path_of(head.target).substr(0, kUrlOctets);
  }
}

/// RFC 8484 section 4.1: a GET carries the query in its target, where a POST has it in its body.
void HttpExchange::dns_in_target(Direction direction, const HttpHead& head, Findings& findings) {
  if (head.method != "GET" || !head.has_token("accept", kBodyKinds[kDns].type)) return;
  const std::string_view encoded = parameter_of(head.target, "dns");
  if (encoded.empty()) return;
  const std::vector<uint8_t> query = decode_base64url(encoded);
  if (!query.empty()) deliver(kDns, direction, query, findings);
}

size_t HttpExchange::wanted(const HttpHead& head, const HttpFraming& framing,
                            const Findings& findings) const {
  if (framing.kind == HttpBody::Framing::none) return 0;
  const size_t kind = kind_of(head);
  if (kind == kOther && !may_carry_messages(head, framing)) return 0;
  const std::optional<ChannelId>& channel = channels_[channel_of(kind)];
  return !channel || findings.listening(*channel) ? findings.limits().message_octets : 0;
}

size_t HttpExchange::whole_messages(const HttpContent& content, Bytes kept, size_t from) {
  return content.kind == kGrpc ? pass_over_grpc_messages(kept, from) : 0;
}

// A body above Limits::message_octets is delivered as its head alone: what speaks in it shows at
// its beginning, and channels of messages know no parts of a message.
void HttpExchange::body(Direction direction, const HttpContent& content, Bytes kept,
                        Findings& findings) {
  if (kept.empty()) return;
  const std::vector<uint8_t> decoded =
      decode_content(kept, content.coding, findings.limits().message_octets);
  if (!decoded.empty()) deliver(channel_of(content.kind), direction, decoded, findings);
}

size_t HttpExchange::channel_of(size_t kind) const {
  return kind == kOther && by_path_ != nullptr ? kByPath : kind;
}

void HttpExchange::deliver(size_t kind, Direction direction, Bytes content, Findings& findings) {
  std::optional<ChannelId>& channel = channels_[kind];
  if (!channel) {
    const std::string_view parser = kind == kByPath ? by_path_->name : kBodyKinds[kind].parser;
    Parameters parameters;
    if (kind == kGrpc && !grpc_path_.empty()) parameters.push_back({"path", grpc_path_});
    channel = parser.empty() ? findings.open(Carrier::http, Unit::message)
                             : findings.open_as(parser, Carrier::http, Unit::message,
                                                std::move(parameters));
  }
  findings.deliver(*channel, direction, content);
}

bool HttpExchange::listening(const Findings& findings) const {
  return std::any_of(channels_.begin(), channels_.end(),
                     [&](const auto& each) { return each && findings.listening(*each); });
}

}  // namespace parlance
