// How the streams of one QUIC connection come through one channel of messages: HTTP/3 reads all of
// them together, and a channel knows nothing of streams.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace parlance {

/// One message: the next octets of one direction of one stream, or a hole in them.
struct QuicStreamPart {
  enum class Kind : uint8_t {
    octets,  ///< and more may follow
    last,    ///< octets, perhaps none, with which the direction of the stream ends
    gap,     ///< `missing` octets did not come; 0: nobody knows how many, and nothing follows
  };
  static constexpr size_t kHeader = 9;  ///< octets before `octets`, of a gap 8 more

  uint64_t stream = 0;
  Kind kind = Kind::octets;
  uint64_t missing = 0;
  Bytes octets;
};

/// Puts `part` into `message` instead of what that held (its memory is used again): the kind in one
/// octet, the stream in eight, big-endian, then what came.
void write_quic_stream_part(const QuicStreamPart& part, std::vector<uint8_t>& message);
/// The part, with a view of `message`; nothing if it is none.
std::optional<QuicStreamPart> read_quic_stream_part(Bytes message);

}  // namespace parlance
