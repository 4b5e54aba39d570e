// How Telegram puts MTProto messages into a stream (core.telegram.org/mtproto/mtproto-transports).
//
//   abridged:      octets/4 in one octet, or 7f and three
//   intermediate:  octets in four
//   padded:        likewise; up to 15 octets of padding belong to them
//   full:          octets of the whole frame in four, number of the frame in four, message, CRC-32
//
// Numbers are little-endian. A client's top bit of a length asks for a quick acknowledgement; the
// server's is four octets where a frame would begin, of which the top bit is set.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "model/direction.h"

namespace parlance {

enum class MtprotoTransport : uint8_t { abridged, intermediate, padded, full };

/// "abridged"; a literal.
std::string_view name_of(MtprotoTransport transport);

struct MtprotoFrame {
  enum class Kind : uint8_t { need_more, none, quick_ack, frame };
  static constexpr size_t kLongestHeader = 8;
  static constexpr size_t kChecksum = 4;  ///< octets behind the message, of the full transport

  Kind kind = Kind::need_more;
  size_t header = 0;    ///< octets before the message; of a quick acknowledgement all of it
  uint32_t length = 0;  ///< of the message, in octets
  uint32_t number = 0;  ///< of the frame, in the full transport
};

/// The frame that begins with `octets`.
MtprotoFrame read_mtproto_frame(MtprotoTransport transport, Bytes octets, Direction direction);

}  // namespace parlance
