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
  /// Fills the front of `room` with what there is, without waiting to fill all of it. Waits a moment
  /// if there is nothing, longer each time; 0 if nothing came (a signal also ends the wait), or at the end.
  virtual Result<size_t> read(std::span<uint8_t> room) = 0;
  /// After a read of 0 octets: nothing will come any more.
  virtual bool at_end() const = 0;
  /// False if everything there will ever be can be read at once: a file that does not grow.
  virtual bool may_pause() const = 0;
};

/// Opens a file, or standard input for "-". gzip, zstd and lz4 (frame format), also several of them one
/// after another, are known by their magic numbers. With `follow`, the end of a regular file is not the
/// end: it may grow. Waits until the first octets have come; a signal ends the wait with an error.
Result<std::unique_ptr<ByteStream>> open_byte_stream(const std::string& path, bool follow);

}  // namespace parlance::capture
