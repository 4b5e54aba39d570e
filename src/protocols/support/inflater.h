// Decompression of what the wire carries, with a bound on what comes out.
#pragma once

#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"

namespace parlance {

/// More than this comes out of no honest stream in the long run (DEFLATE can make 1032 octets of
/// one): a stream that made kInflatedFreely octets may make kInflatedPerOctet for each octet of
/// input.
constexpr size_t kInflatedFreely = 64 * kKibi;
constexpr size_t kInflatedPerOctet = 64;

/// One DEFLATE stream (RFC 1951) in one of its wrappings, inflated piece by piece. The history of
/// earlier pieces is kept, as permessage-deflate with context takeover and XMPP compression need.
class Inflater {
 public:
  enum class Format : uint8_t { raw, zlib, gzip };
  enum class Answer : uint8_t {
    ok,       ///< all of the piece was used, or the stream came to its end
    damaged,  ///< not a DEFLATE stream, or it refers to octets that were never seen
    too_big,  ///< a bound was reached; `out` holds what fits
  };

  explicit Inflater(Format format);
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;

  /// Appends to `out` until it holds `limit` octets, or the bound on all that was ever inflated is
  /// reached. After an answer other than ok, reset() before the next piece.
  Answer inflate(Bytes piece, std::vector<uint8_t>& out, size_t limit);
  /// Forgets the history: the next piece begins a new stream. What was inflated still counts.
  void reset();
  /// The compressed stream said that it ends.
  bool at_end() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parlance
