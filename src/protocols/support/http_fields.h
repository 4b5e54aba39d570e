// A field section of HTTP/2 or HTTP/3 made into the head of a message (RFC 9113 section 8.3, RFC 9114
// section 4.3): both have the same pseudo-header fields in place of a start line.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/limits.h"
#include "protocols/support/http_head.h"

namespace parlance {

/// Puts a head together field by field, in the order in which they were decoded. What goes beyond
/// Limits::header_block_octets or header_fields is not kept; a compressed field section can say very
/// much in few octets, and all of it has to be decoded.
class HttpFieldSection {
 public:
  enum class Kind : uint8_t {
    request,
    response,
    trailers,   ///< fields without any pseudo-header field
    malformed,  ///< no section that RFC 9113 section 8 allows
  };

  /// Begins a section whose first octet is at `offset` of the direction's stream.
  void begin(uint64_t offset);
  void add(std::string_view name, std::string_view value, const Limits& limits);
  /// All fields were added: what the section is.
  Kind end();
  /// It was more than the limits allow: some fields are missing in head().
  bool cut() const { return cut_; }
  /// The message's head, as in HTTP/1: :authority is a field "host" in front of all others, and of a
  /// plain CONNECT it is the target.
  const HttpHead& head() const { return head_; }

 private:
  bool fits(std::string_view name, std::string_view value, const Limits& limits);
  void add_pseudo(std::string_view name, std::string_view value);
  void set_once(std::string& place, std::string_view value);

  HttpHead head_;
  std::string authority_, scheme_;
  size_t octets_ = 0;
  bool pseudo_over_ = false;  // a regular field came
  bool malformed_ = false;
  bool cut_ = false;
};

}  // namespace parlance
