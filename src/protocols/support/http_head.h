// The head of an HTTP/1.x message: start line and header fields (RFC 9112 sections 2 to 5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"

namespace parlance {

struct HttpField {
  std::string name;     ///< lower case
  std::string value;    ///< trimmed; folded lines joined by one space
  uint64_t offset = 0;  ///< of the line, in the direction's stream
};

struct HttpHead {
  enum class Kind : uint8_t { none, request, response };

  Kind kind = Kind::none;
  int minor = 1;           ///< HTTP/1.minor
  std::string method;      ///< of a request
  std::string target;      ///< of a request, as sent
  std::string protocol;    ///< of an extended CONNECT (RFC 8441, RFC 9220): "websocket"
  int status = 0;          ///< of a response
  std::string start_line;  ///< without its line end; empty in HTTP/2 and HTTP/3, which have none
  uint64_t offset = 0;     ///< of the start line
  std::vector<HttpField> fields;
  size_t malformed = 0;  ///< lines that are no header field

  /// The first field of that lower-case name, or nullptr.
  const HttpField* find(std::string_view name) const;
  /// Its value, or an empty view.
  std::string_view value(std::string_view name) const;
  /// The values of all fields of that name, joined by ", ".
  std::string joined(std::string_view name) const;
  /// Whether the comma-separated list in these fields holds `token`, whatever its case.
  bool has_token(std::string_view name, std::string_view token) const;
};

/// Puts a head together line by line. Bounded by Limits::header_block_octets and header_fields.
class HttpHeadReader {
 public:
  enum class Answer : uint8_t {
    more,      ///< the line was taken
    started,   ///< the line was a start line
    done,      ///< the empty line: head() is whole
    not_http,  ///< no HTTP/1.x message, or one beyond the limits
  };

  /// `line` without its line end; `offset` is its place in the stream.
  Answer take(std::string_view line, uint64_t offset, const Limits& limits);
  const HttpHead& head() const { return head_; }
  /// Whether a start line has been read.
  bool inside() const { return head_.kind != HttpHead::Kind::none; }
  void clear();

 private:
  bool take_start(std::string_view line);
  Answer take_field(std::string_view line, uint64_t offset, const Limits& limits);

  HttpHead head_;
  size_t octets_ = 0;
  size_t lines_ = 0;
  size_t empty_lines_ = 0;
};

/// Whether `octets` may be the beginning of a start line, judged by as many of them as there are.
bool may_start_http(Bytes octets);

/// The items of a comma-separated list, trimmed, empty ones left out; at most `most` of them.
std::vector<std::string_view> split_list(std::string_view list, size_t most = 64);

/// What may be shown of a start line: a request's target ends before its query and before a name or
/// password in front of a host, where tokens and passwords stand. A view into `head`.
std::string_view shown_of(const HttpHead& head);

/// The path of a request target: no scheme, authority, credentials, query or fragment.
std::string_view path_of(std::string_view target);

/// The value of the parameter `name` in a target's query, as sent; empty if it is not there.
std::string_view parameter_of(std::string_view target, std::string_view name);

/// Whether `text` can be a method. Methods are case-sensitive and all known ones are capitals; small
/// letters would let any sentence pass ("hello world HTTP/1.1").
bool is_http_method(std::string_view text);

/// A CONNECT that asks for a tunnel, its target a host and a port (RFC 9110 section 9.3.6), not an
/// extended one.
bool is_plain_connect(const HttpHead& head);

/// The host of a Host field or authority: no credentials and no port.
std::string_view host_of(std::string_view authority);

}  // namespace parlance
