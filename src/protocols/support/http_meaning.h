// What HTTP header fields mean for the rest of the connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/parser.h"
#include "protocols/support/http_body.h"
#include "protocols/support/http_head.h"

namespace parlance {

/// How a body is delimited.
struct HttpFraming {
  HttpBody::Framing kind = HttpBody::Framing::none;
  uint64_t length = 0;  ///< for Framing::length
};

/// RFC 9112 section 6.3. `request_method` is that of the request an answer belongs to, empty if it
/// is not known.
HttpFraming framing_of(const HttpHead& head, std::string_view request_method);

/// The same in a stream of HTTP/2 or HTTP/3, which delimits bodies itself (RFC 9113 section 8.1);
/// `ends` if the stream ended with the head. Framing::until_close: until the stream's end.
HttpFraming stream_framing_of(const HttpHead& head, std::string_view request_method, bool ends);

/// Whether something worth looking into may be in a body: text, XML, JSON, or a small unknown one.
bool may_carry_messages(const HttpHead& head, const HttpFraming& framing);

/// The request may end HTTP on this connection: CONNECT, or it asks for another protocol.
bool may_switch(const HttpHead& request);
/// The request asks for, or the answer agrees on, WebSocket.
bool names_websocket(const HttpHead& head);
/// The answer agrees on HTTP/2 in the clear (RFC 7540 section 3.2).
bool names_h2c(const HttpHead& answer);
/// The request is a hixie-76 handshake: 8 octets follow its head.
bool is_hixie76(const HttpHead& request);

/// What the WebSocket parser has to know of the handshake; either side may be missing.
Parameters websocket_parameters(const HttpHead* request, const HttpHead* answer,
                                std::string_view key3);
/// The same of an extended CONNECT (RFC 8441 section 4, RFC 9220) that was answered with 2xx, or whose
/// answer was not captured; `over` is "http/2" or "http/3".
Parameters websocket_parameters_of_connect(const HttpHead& request, const HttpHead* answer,
                                           std::string_view over);

/// What the HTTP/2 parser has to know of the request that asked for h2c; nullptr if it was not captured.
Parameters h2c_parameters(const HttpHead* request);

}  // namespace parlance
