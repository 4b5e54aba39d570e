// HPACK (RFC 7541), decoded by nghttp2's inflater, with bounds on what it keeps.
#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "base/limits.h"
#include "protocols/support/http_fields.h"

namespace parlance {

/// One direction's decoder: field blocks change its table, so none may be left out.
class HpackDecoder {
 public:
  HpackDecoder();
  ~HpackDecoder();
  HpackDecoder(HpackDecoder&&) noexcept;
  HpackDecoder& operator=(HpackDecoder&&) noexcept;

  /// The other side's SETTINGS_HEADER_TABLE_SIZE: the encoder may use so many octets from now on. A
  /// smaller size than before takes effect when the encoder says so, for it may not know of it yet.
  void allow_table(size_t octets);
  /// The next octets of a field block, wherever it was cut; its fields go into `section`. `last` ends
  /// the block. False if it is damaged, or longer than Limits::header_block_octets.
  bool decode(Bytes fragment, bool last, HttpFieldSection& section, const Limits& limits);
  /// Octets are missing, or were damaged: nothing can be decoded from here on.
  void lose();
  bool lost() const { return lost_; }

 private:
  struct Inflater;
  std::unique_ptr<Inflater> inflater_;  // null until the first block
  size_t table_;
  size_t block_octets_ = 0;  // of the block being decoded
  bool lost_ = false;
};

}  // namespace parlance
