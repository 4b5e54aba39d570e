// The handshake octets of CRYPTO frames, which come in any order (RFC 9000 section 19.6).
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "protocols/support/range_set.h"

namespace parlance {

/// One direction of one encryption level.
class QuicCryptoStream {
 public:
  /// Adds the CRYPTO frames of an Initial packet; what lies beyond `limit` octets is left out. False
  /// if the frames are not those of an Initial.
  bool add_frames(Bytes frames, size_t limit);
  /// Adds the octets of one frame; what lies beyond `limit`, or far beyond what came, is left out.
  void add(uint64_t offset, Bytes octets, size_t limit);
  /// The first handshake message with its header if it is whole, else nothing.
  Bytes first_message() const { return message_at(0); }
  /// The next handshake message with its header if it is whole, else nothing.
  Bytes next_message();

 private:
  Bytes message_at(size_t offset) const;

  std::vector<uint8_t> octets_;
  RangeSet ranges_;   // of octets_ that came; one of them once there are no holes
  size_t taken_ = 0;  // by next_message()
};

}  // namespace parlance
