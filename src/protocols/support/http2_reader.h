// One direction of an HTTP/2 connection, read frame by frame (RFC 9113 sections 4 and 6).
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/input_buffer.h"
#include "base/limits.h"

namespace parlance {

namespace http2_frame {
// Types, section 11.2 of RFC 7540 (RFC 9113 has no table of them any more).
constexpr uint8_t kData = 0, kHeaders = 1, kPriority = 2, kRstStream = 3, kSettings = 4;
constexpr uint8_t kPushPromise = 5, kPing = 6, kGoaway = 7, kWindowUpdate = 8, kContinuation = 9;
// Flags.
constexpr uint8_t kEndStream = 0x01, kAck = 0x01, kEndHeaders = 0x04, kPadded = 0x08;
constexpr uint8_t kHasPriority = 0x20;
constexpr size_t kHeaderOctets = 9;
}  // namespace http2_frame

struct Http2Frame {
  uint32_t length = 0;
  uint8_t type = 0;
  uint8_t flags = 0;
  bool reserved = false;  ///< the bit before the stream's number is set
  uint32_t stream = 0;

  bool has(uint8_t flag) const { return (flags & flag) != 0; }
};

/// The frame header at the front of `octets`, which are kHeaderOctets or more.
Http2Frame read_http2_frame(Bytes octets);
/// Whether a frame is as section 6 says of its type; unknown types may be anything up to `most` octets.
bool is_well_formed(const Http2Frame& frame, uint32_t most);
/// The same, strictly: a known type, no flags but its own, no reserved bit. For where frames are only
/// guessed to be.
bool is_strictly_formed(const Http2Frame& frame, uint32_t most);

/// Feed it, then ask for what happened next until it needs more:
///
///     reader.feed(octets);
///     while ((event = reader.next(limits)) != Http2Reader::Event::need_more) ...
///     reader.settle();
class Http2Reader {
 public:
  enum class Event : uint8_t {
    need_more,
    frame,   ///< frame() came, and its octets are payload(); those of DATA follow in data
    data,    ///< more octets of a DATA frame are in payload(), without padding; see data_over()
    broken,  ///< not a frame: ask no more
  };

  void feed(Bytes octets);
  Event next(const Limits& limits);
  /// Keeps what was not used. Call it once after each feed().
  void settle();

  const Http2Frame& frame() const { return frame_; }
  /// Of the frame's header, in the direction's stream.
  uint64_t frame_offset() const { return frame_offset_; }
  /// The frame's header as it was sent.
  Bytes header() const { return header_; }
  Bytes payload() const { return payload_; }
  /// False if the payload was passed over, being too long or of no use.
  bool whole() const { return whole_; }
  /// The DATA frame ends here.
  bool data_over() const { return over_; }

  /// A frame may have so many octets: the other side's SETTINGS_MAX_FRAME_SIZE. Only ever more, for
  /// what was sent before it was known.
  void allow_frames(uint32_t octets) {
    if (octets > most_) most_ = octets;
  }
  uint32_t most() const { return most_; }

  /// Octets are missing: goes on behind them if they were all in a payload that is not kept. False
  /// if not; then nobody knows where the next frame begins.
  bool skip_gap(uint64_t length);
  /// Octets of a DATA frame come next, not its padding.
  bool in_data() const { return state_ == State::data && left_ > 0; }
  bool lost() const { return state_ == State::lost; }
  /// What is fed next begins with a frame.
  void resume() { state_ = State::header; }
  void lose() { state_ = State::lost; }

  /// The next octets of what was fed, at most `count`, and how to pass over them: for the preface.
  Bytes peek(size_t count) const { return first_of(view_.subspan(used_), count); }
  void skip(size_t count) { used_ += count; }
  /// Of the next octet, in the direction's stream.
  uint64_t offset() const { return input_.offset() + used_; }

 private:
  enum class State : uint8_t { header, pad_length, data, payload, skip, lost };
  bool begin_frame(const Limits& limits);
  Bytes take(size_t count);
  bool read_pad_length();
  Event data();

  State state_ = State::header;
  InputBuffer input_;
  Bytes view_;
  size_t used_ = 0;
  Http2Frame frame_;
  std::array<uint8_t, http2_frame::kHeaderOctets> header_{};
  uint64_t frame_offset_ = 0;
  Bytes payload_;
  bool whole_ = true;
  bool over_ = false;
  uint32_t left_ = 0;     // octets of data or skip, padding left out
  uint32_t padding_ = 0;  // behind them
  uint32_t most_ = 16384;
};

}  // namespace parlance
