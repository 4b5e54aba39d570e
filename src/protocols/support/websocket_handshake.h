// What the opening handshakes of WebSocket agree on, and how they are checked: RFC 6455 section 4,
// RFC 7692 section 7, and the drafts before them (hixie-75, hixie-76 = hybi-00).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace parlance {

/// The Sec-WebSocket-Accept that answers `key` (RFC 6455 section 4.2.2).
std::string websocket_accept(std::string_view key);

/// The 16 octets that answer the two keys and the 8 octets of a hixie-76 request; nothing if a key
/// is not made as that draft says (digits, and a number of spaces that divides them).
std::optional<std::string> hixie_answer(std::string_view key1, std::string_view key2, Bytes key3);

/// How messages are compressed.
enum class WebSocketDeflate : uint8_t {
  none,
  per_message,  ///< permessage-deflate: RSV1 on the first frame of a message
  per_frame,    ///< x-webkit-deflate-frame and its relatives: RSV1 on each frame
};

/// An extension list as agreed.
struct WebSocketExtensions {
  WebSocketDeflate deflate = WebSocketDeflate::none;
  bool client_no_context_takeover = false;
  bool server_no_context_takeover = false;
  std::vector<std::string> names;
};
WebSocketExtensions parse_websocket_extensions(std::string_view list);

/// A subprotocol list fit for a record: entries that carry a credential lose it.
std::string redact_subprotocols(std::string_view list);

}  // namespace parlance
