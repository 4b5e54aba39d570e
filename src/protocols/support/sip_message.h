// The head of a SIP message: start line and header fields (RFC 3261 section 7).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace parlance {

/// Views into the text that was read; empty where a field is not there.
struct SipHead {
  enum class Kind : uint8_t { none, request, response };

  Kind kind = Kind::none;
  std::string_view method;  ///< of a request
  int status = 0;           ///< of a response
  size_t shown = 0;         ///< octets of the start line that name nobody: up to the URI's scheme
  std::string_view via, call_id, cseq, from, to, content_type, event, user_agent, server;
  std::optional<size_t> content_length;
  size_t malformed = 0;  ///< lines that are no header field

  /// Via, Call-ID and CSeq are there as RFC 3261 has them, and CSeq names a request's own method.
  bool has_own_fields() const;
  /// How many of the five fields that every message has are there, whatever they hold.
  int mandatory_fields() const;
};

/// Octets of the head at the front of `text` with its empty line; 0 if that has not come.
size_t sip_head_size(std::string_view text);

/// Reads a head, whole or cut off. The kind is none if the first line is no start line.
SipHead read_sip_head(std::string_view head, size_t fields_at_most);

/// True if `text` may be the beginning of a start line, judged by as much of it as there is.
bool may_start_sip(std::string_view text);

}  // namespace parlance
