// The octets of a file, decompressed if they are compressed.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace parlance::capture {

/// Octets in order. Nothing is read ahead of what is asked for but one block.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Fills the front of `room` with what there is, without waiting to fill all of it. 0 at the end (a
  /// growing file may have more later). Waits only if there is nothing at all and more may come.
  virtual Result<size_t> read(std::span<uint8_t> room) = 0;
};

/// Opens a file, or standard input for "-". gzip, zstd and lz4 (frame format), also several of them one
/// after another, are known by their magic numbers.
Result<std::unique_ptr<ByteStream>> open_byte_stream(const std::string& path);

}  // namespace parlance::capture
