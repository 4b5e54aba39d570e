// What HTTP messages say, whatever version framed them: the fields that signatures look into, the
// values of the record, and where bodies go. HTTP/1.1, HTTP/2 and HTTP/3 have the same semantics (RFC
// 9110) and differ in framing: each makes an HttpHead of a message and hands it on here.
//
// All bodies in which something may speak (BOSH, long polling) go, message by message, into one inner
// channel: a connection may have thousands of them, a flow has few channels. Bodies whose Content-Type
// names a binary protocol go into one more channel each, known to speak it: DNS (RFC 8484) and gRPC, which is
// told the first path that was called. So do
// those of a connection whose requests go to a path that a parser has for itself (ParserModule::http_paths).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/parser.h"
#include "protocols/support/http_body.h"
#include "protocols/support/http_head.h"
#include "protocols/support/http_meaning.h"

namespace parlance {

/// What has to be known of a head until the body behind it is over.
struct HttpContent {
  size_t kind = 0;  ///< which channel takes it
  HttpCoding coding = HttpCoding::identity;
};
HttpContent content_of(const HttpHead& head);

/// The messages of one connection.
class HttpExchange {
 public:
  /// `version` is the http.version of the record, a literal: "2", "3"; empty for HTTP/1, whose heads
  /// say it themselves.
  explicit HttpExchange(std::string_view version) : version_(version) {}

  /// Shows a head to the signatures and notes it. `direction` is the one in which it came.
  void head(Direction direction, const HttpHead& head, Findings& findings);
  /// Heads so far, of both directions.
  size_t heads() const { return heads_; }
  /// Whether heads of both directions came.
  bool both() const { return came_[0] && came_[1]; }

  /// How many octets of the body behind `head` should be kept for body(); 0 if nobody wants it.
  size_t wanted(const HttpHead& head, const HttpFraming& framing, const Findings& findings) const;
  /// Streaming calls of gRPC never end: their bodies are handed to body() in runs of whole messages.
  /// Returns how far those go in `kept`, having looked up to `from` before; 0 for any other body.
  static size_t whole_messages(const HttpContent& content, Bytes kept, size_t from);
  /// A body, or its first octets as far as they were kept: decoded, then delivered.
  void body(Direction direction, const HttpContent& content, Bytes kept, Findings& findings);
  /// Somebody listens to bodies.
  bool listening(const Findings& findings) const;

 private:
  static constexpr size_t kKinds = 4;
  void show_request(Direction direction, const HttpHead& head, Findings& findings) const;
  void remember_grpc_path(const HttpHead& head);
  void dns_in_target(Direction direction, const HttpHead& head, Findings& findings);
  /// The channel of a body whose media type names none: a request may have named its protocol by its path.
  size_t channel_of(size_t kind) const;
  void deliver(size_t kind, Direction direction, Bytes content, Findings& findings);

  std::string_view version_;
  size_t heads_ = 0;
  std::array<bool, 2> came_{};
  const ParserModule* by_path_ = nullptr;  // that has the path of a request for itself
  std::string grpc_path_;                  // of the first request with gRPC in its body
  std::array<std::optional<ChannelId>, kKinds> channels_;  // by kind of body
};

}  // namespace parlance
