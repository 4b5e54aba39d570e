// Decompression of a Zstandard stream (RFC 8878) that is flushed piece by piece.
#pragma once

#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/memory.h"

namespace parlance {

/// One stream. The history of earlier pieces is kept.
class ZstdStream {
 public:
  ZstdStream();

  /// Appends what `piece` holds to `out`, until that has `limit` octets. False if it is damaged,
  /// asks for more memory than is given, or more comes out (256 KiB of all pieces): that was the
  /// last piece.
  bool decompress(Bytes piece, std::vector<uint8_t>& out, size_t limit);

 private:
  struct Deleter {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Deleter> context_;  // libzstd's type is seen in one file only
  MemoryCharge charge_;
  size_t made_ = 0;  ///< octets, of all pieces
};

}  // namespace parlance
