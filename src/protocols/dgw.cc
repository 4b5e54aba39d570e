// Meta's "distributed gateway" (DGW), the socket of Messenger's and Instagram's web clients: binary
// WebSocket messages of frames, little-endian (layout: mautrix-meta, pkg/messagix/dgw/frames.go).
//
//   0f establish stream: stream 16, length 24, JSON      0e end of data: stream 16
//   0d data: stream 16, length 24, ack id 15 + 1, …      11 the same with an octet for the
//   content's type 0c ack:  stream 16, length 24 = 2, ack id 16         03 drain: length 24 = 1,
//   reason 09 ping, 0a pong, 04 deauth: the octet alone
//
// Frames fill each message exactly. Proof is what the other side repeats: the number of a stream
// that it established as well, or an ack id that was asked for.
#include <optional>

#include "base/byte_reader.h"
#include "protocols/support/json_scan.h"
#include "protocols/support/message_verifier.h"
#include "protocols/support/recent.h"

namespace parlance {
namespace {

constexpr size_t kMessages = 32;    // of both sides, before a socket without proof is left
constexpr size_t kRemembered = 32;  // streams and ack ids of a side
constexpr size_t kHead = 6;         // octets shown of a frame: type, stream, length
constexpr uint16_t kWantsAck = 0x8000;

enum FrameType : uint8_t {
  drain = 0x03,
  deauth = 0x04,
  ping = 0x09,
  pong = 0x0a,
  ack = 0x0c,
  frame_data = 0x0d,
  end_of_data = 0x0e,
  establish = 0x0f,
  extended_data = 0x11,
};

uint32_t le24(ByteReader& reader) {
  const uint32_t low = reader.le16();
  return low | uint32_t{reader.u8()} << 16;
}

struct Frame {
  uint8_t type = 0;
  uint16_t stream = 0;
  uint16_t ack_id = 0;  ///< of an ack, and of data that wants one
  Bytes parameters;     ///< of an establish frame
};

/// The frame at the front; false if there is none whose parts fit.
bool read_frame(ByteReader& reader, Frame& frame) {
  frame = {};
  frame.type = reader.u8();
  switch (frame.type) {
    case ping:
    case pong:
    case deauth:
      return reader.ok();
    case drain:
      return le24(reader) == 1 && reader.u8() <= 4 && reader.ok();
    case end_of_data:
      frame.stream = reader.le16();
      return reader.ok();
    case ack:
    case establish:
    case frame_data:
    case extended_data:
      break;
    default:
      return false;
  }
  frame.stream = reader.le16();
  const uint32_t length = le24(reader);
  const Bytes body = reader.bytes(length);
  if (!reader.ok()) return false;
  if (frame.type == establish) {
    frame.parameters = body;
    return JsonScan::read(as_text(body)).has_value();
  }
  if (frame.type == ack && length != 2) return false;
  ByteReader content(body);
  frame.ack_id = content.le16();
  if (frame.type == extended_data) content.skip(1);
  return content.ok();
}

class Dgw : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    const Bytes octets = message.octets;
    // The whole message before anything is said of its frames.
    ByteReader reader(octets);
    Frame frame;
    while (!reader.at_end()) {
      if (!read_frame(reader, frame)) return leave("no frames that fill a message", findings);
    }
    reader = ByteReader(octets);
    while (!reader.at_end()) {
      const size_t at = reader.position();
      read_frame(reader, frame);
      look(frame, {message.direction, message.offset + at, first_of(octets.subspan(at), kHead)},
           findings);
      if (over()) return;
    }
    if (++messages_ >= kMessages) leave("no stream", findings);
  }

  struct Side {
    Recent<uint16_t, kRemembered> streams;  ///< established
    Recent<uint32_t, kRemembered> awaited;  ///< stream and ack id of data that wants an ack
  };

  void look(const Frame& frame, const Place& place, Findings& findings) {
    Side& mine = sides_[index(place.direction)];
    const Side& other = sides_[index(opposite(place.direction))];
    const uint32_t both = uint32_t{frame.stream} << 16 | (frame.ack_id & ~kWantsAck & 0xffff);
    if (frame.type == establish) {
      mine.streams.remember(frame.stream);
      if (other.streams.holds(frame.stream)) {
        return prove("stream", place,
                     "both sides established the same stream, with parameters in JSON", findings);
      }
      established_ = true;
      confirm(Strength::strong, "establish", place,
              "a stream is established with parameters in JSON, lengths exact", findings);
    } else if (frame.type == ack) {
      if (other.awaited.holds(both)) take_ack(both, place, findings);
    } else if ((frame.ack_id & kWantsAck) != 0) {
      mine.awaited.remember(both);
    }
  }

  /// Numbers count from 0, so that without the stream's beginning, which was before the capture, one
  /// acknowledgment tells less than two.
  void take_ack(uint32_t stream_and_id, const Place& place, Findings& findings) {
    const bool another = acknowledged_ && acknowledged_ != stream_and_id;
    acknowledged_ = stream_and_id;
    if (established_ || another) {
      return prove("ack", place, "data of a stream is acknowledged", findings);
    }
    confirm(Strength::strong, "acknowledged", place,
            "data that wants it is acknowledged with its stream and number, frames fill their messages", findings);
  }

  Side sides_[2];
  std::optional<uint32_t> acknowledged_;  ///< the last: its stream and ack id
  bool established_ = false;
  size_t messages_ = 0;
};

}  // namespace

extern const ParserModule kDgw;
const ParserModule kDgw{"dgw", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                          return std::make_unique<Dgw>();
                        }};

}  // namespace parlance
