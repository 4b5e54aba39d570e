// The frames inside QUIC packets (RFC 9000 section 19, RFC 9221), and those of drafts that endpoints
// send today (draft-ietf-quic-ack-frequency, draft-huitema-quic-ts).
#pragma once

#include <cstdint>
#include <optional>

#include "base/byte_reader.h"

namespace parlance {

/// Frame types; STREAM stands for its eight (0x08 to 0x0f) and so on.
enum class QuicFrameType : uint8_t {
  padding = 0x00,
  ping = 0x01,
  ack = 0x02,  // also 0x03, with ECN counts
  reset_stream = 0x04,
  stop_sending = 0x05,
  crypto = 0x06,
  new_token = 0x07,
  stream = 0x08,
  max_data = 0x10,
  max_stream_data = 0x11,
  max_streams = 0x12,          // also 0x13
  data_blocked = 0x14,
  stream_data_blocked = 0x15,
  streams_blocked = 0x16,      // also 0x17
  new_connection_id = 0x18,
  retire_connection_id = 0x19,
  path_challenge = 0x1a,
  path_response = 0x1b,
  connection_close = 0x1c,     // also 0x1d, of the application
  handshake_done = 0x1e,
  datagram = 0x30,             // also 0x31; RFC 9221
  of_extension,                // of a draft that is in use: passed over
};

/// One frame. Which members mean something depends on the type; views are of the packet.
struct QuicFrame {
  QuicFrameType type = QuicFrameType::padding;
  uint64_t stream = 0;   ///< RESET_STREAM, STREAM and other frames about one stream
  uint64_t offset = 0;   ///< CRYPTO, STREAM; RESET_STREAM: the final size
  bool fin = false;      ///< STREAM: the last octets
  Bytes octets;  ///< CRYPTO, STREAM, DATAGRAM, NEW_TOKEN: the data; NEW_CONNECTION_ID: the id
};

/// Walks the frames of one opened packet, paddings in one step.
class QuicFrameReader {
 public:
  /// `initial`: of an Initial packet, in which there are no STREAM frames; Google's T051 numbers CRYPTO 8.
  explicit QuicFrameReader(Bytes frames, bool initial = false) : reader_(frames), initial_(initial) {}

  /// The next frame; nothing at the end, or if the frame is damaged or of a type that is not known
  /// (then nothing behind it can be read).
  std::optional<QuicFrame> next();
  /// The walk ended before the packet did.
  bool damaged() const { return damaged_; }

 private:
  bool read(uint64_t type, QuicFrame& frame);

  ByteReader reader_;
  bool initial_;
  bool damaged_ = false;
};

/// QUIC's variable-length integer (RFC 9000 section 16).
uint64_t read_quic_number(ByteReader& reader);

}  // namespace parlance
