// Decompression of what the wire carries, with a bound on what comes out.
#pragma once

#include <memory>
#include <vector>

#include "base/bytes.h"

namespace parlance {

/// One DEFLATE stream (RFC 1951) in one of its wrappings, inflated piece by piece. The history of
/// earlier pieces is kept, as permessage-deflate with context takeover and XMPP compression need.
class Inflater {
 public:
  enum class Format : uint8_t { raw, zlib, gzip };
  enum class Answer : uint8_t {
    ok,       ///< all of the piece was used, or the stream came to its end
    damaged,  ///< not a DEFLATE stream, or it refers to octets that were never seen
    too_big,  ///< the bound was reached; `out` holds what fits
  };

  explicit Inflater(Format format);
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;

  /// Appends to `out` until it holds `limit` octets. After an answer other than ok, reset() before
  /// the next piece.
  Answer inflate(Bytes piece, std::vector<uint8_t>& out, size_t limit);
  /// Forgets the history: the next piece begins a new stream.
  void reset();
  /// The compressed stream said that it ends.
  bool at_end() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parlance
