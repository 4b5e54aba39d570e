// Puts TLS handshake messages together from the records that carry them.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/input_buffer.h"

namespace parlance {

/// Messages may be split over records at any octet, and several may share one (RFC 8446
/// section 5.1).
class HandshakeAssembler {
 public:
  struct Message {
    uint8_t type = 0;
    Bytes octets;         ///< with its four octets of type and length; until settle()
    uint64_t offset = 0;  ///< in the stream, of its first octet
    Bytes body() const { return octets.subspan(kHeader); }
  };

  /// The next record's content, which starts at `offset` of the stream. It is borrowed until
  /// settle().
  void append(Bytes fragment, uint64_t offset);
  /// The next whole message, or nothing.
  std::optional<Message> next();
  /// True if a message claims more than `limit` octets: the content is encrypted or damaged.
  bool claims_more_than(size_t limit) const;
  /// Keeps a copy of what next() has not given out. Call it once for each append().
  void settle();

 private:
  static constexpr size_t kHeader = 4;
  Bytes rest() const { return view_.subspan(used_); }
  uint32_t claimed() const;

  InputBuffer input_;
  Bytes view_;
  size_t used_ = 0;
  uint64_t offset_ = 0;  // of the first unused octet
};

}  // namespace parlance
