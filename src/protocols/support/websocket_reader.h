// One direction of a WebSocket, read frame by frame and message by message (RFC 6455 section 5,
// with the compression of RFC 7692).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/input_buffer.h"
#include "base/limits.h"
#include "protocols/support/inflater.h"
#include "protocols/support/websocket_handshake.h"

namespace parlance {

namespace websocket_opcode {
constexpr uint8_t kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10;
}

struct WebSocketFrame {
  bool fin = false;
  uint8_t rsv = 0;  ///< RSV1 is 4, RSV2 is 2, RSV3 is 1
  uint8_t opcode = 0;
  bool masked = false;
  bool minimal = true;  ///< the length is in its shortest form
  uint64_t length = 0;  ///< of the payload
  std::array<uint8_t, 4> key{};
  size_t header = 0;  ///< octets before the payload

  bool is_control() const { return opcode >= websocket_opcode::kClose; }
};

/// Reads the header at the front of `octets`: nothing if it goes on behind their end.
std::optional<WebSocketFrame> read_websocket_frame(Bytes octets);

/// A literal that says what is wrong with a frame whatever came before it, or an empty view.
std::string_view problem_of(const WebSocketFrame& frame);

/// Whether `octets` are whole well-formed frames, to the last octet, as that side sends them.
bool tiles_with_frames(Bytes octets, bool masked);

/// Feed it, then ask for what happened next until it needs more:
///
///     reader.feed(octets);
///     while ((event = reader.next(limits)) != WebSocketReader::Event::need_more) ...
///     reader.settle();
class WebSocketReader {
 public:
  enum class Event : uint8_t {
    need_more,
    header,   ///< frame() begins: say want() before next()
    frame,    ///< frame() is over; control_payload() for a control frame
    message,  ///< a message is over: message()
    broken,   ///< no frames, or out of step with them: ask no more
  };

  void use(WebSocketDeflate deflate, bool no_context_takeover) {
    deflate_ = deflate;
    no_context_takeover_ = no_context_takeover;
  }

  void feed(Bytes octets);
  Event next(const Limits& limits);
  void settle();

  const WebSocketFrame& frame() const { return frame_; }
  uint64_t frame_offset() const { return frame_offset_; }
  /// What is wrong with frame(), a literal; empty if nothing is.
  std::string_view problem() const { return problem_; }
  /// Whether the payload of frame() is to be kept (that of a control frame, at most 125 octets,
  /// always is). Skipping it costs nothing an octet.
  void want(bool wanted);
  Bytes control_payload() const { return control_; }

  Bytes message() const { return message_; }
  bool message_is_text() const { return text_; }
  /// The message is whole and decoded; if not, message() is its head or empty.
  bool message_is_whole() const { return whole_; }

  /// Octets are missing: goes on behind them if they were all of one payload, else lose()s.
  void skip_gap(uint64_t length);
  /// Out of step: the next frame is looked for at the beginning of what is fed.
  void lose();
  bool lost() const { return state_ == State::lost; }
  /// At the beginning of `octets` stands a frame, as far as they show.
  void find_boundary() { state_ = State::header; }

 private:
  enum class State : uint8_t { header, payload, message, lost };
  Event begin_frame();
  Event read_payload(const Limits& limits);
  void keep(Bytes payload, const Limits& limits);
  void end_data_frame(const Limits& limits);
  bool inflate(size_t from, const Limits& limits);
  std::string_view order_problem() const;

  State state_ = State::header;
  InputBuffer input_;
  Bytes view_;
  size_t used_ = 0;
  WebSocketFrame frame_;
  uint64_t frame_offset_ = 0;
  std::string_view problem_;
  uint64_t left_ = 0;  // of the payload
  size_t phase_ = 0;   // of the masking key
  bool wanted_ = false;
  bool in_message_ = false;  // more fragments are to come
  bool text_ = false;
  bool compressed_ = false;  // the message, or the frame if it is done per frame
  bool whole_ = true;
  size_t frame_start_ = 0;  // in message_
  std::vector<uint8_t> message_;
  std::vector<uint8_t> control_;
  WebSocketDeflate deflate_ = WebSocketDeflate::none;
  bool no_context_takeover_ = false;
  std::optional<Inflater> inflater_;
};

}  // namespace parlance
