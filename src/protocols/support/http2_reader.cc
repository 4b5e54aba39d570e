#include "protocols/support/http2_reader.h"

#include <algorithm>
#include <array>

#include "base/byte_reader.h"

namespace parlance {
using namespace http2_frame;

Http2Frame read_http2_frame(Bytes octets) {
  ByteReader reader(octets);
  Http2Frame frame;
  frame.length = reader.be24();
  frame.type = reader.u8();
  frame.flags = reader.u8();
  const uint32_t stream = reader.be32();
  frame.reserved = stream >> 31 != 0;
  frame.stream = stream & 0x7fffffff;
  return frame;
}

bool is_well_formed(const Http2Frame& frame, uint32_t most) {
  if (frame.length > most) return false;
  const uint32_t padding = frame.has(kPadded) ? 1 : 0;
  switch (frame.type) {
    case kSettings:
      return frame.stream == 0 && frame.length % 6 == 0 &&
             (!frame.has(kAck) || frame.length == 0);
    case kPing:
      return frame.stream == 0 && frame.length == 8;
    case kGoaway:
      return frame.stream == 0 && frame.length >= 8;
    case kWindowUpdate:
      return frame.length == 4;
    case kPriority:
      return frame.stream != 0 && frame.length == 5;
    case kRstStream:
      return frame.stream != 0 && frame.length == 4;
    case kData:
      return frame.stream != 0 && frame.length >= padding;
    case kHeaders:
      return frame.stream != 0 && frame.length >= padding + (frame.has(kHasPriority) ? 5 : 0);
    case kPushPromise:
      return frame.stream != 0 && frame.length >= padding + 4;
    case kContinuation:
      return frame.stream != 0;
    default:
      return true;
  }
}

bool is_strictly_formed(const Http2Frame& frame, uint32_t most) {
  // By type: the flags that it knows.
  constexpr std::array<uint8_t, 10> kFlags = {
      kEndStream | kPadded, kEndStream | kEndHeaders | kPadded | kHasPriority, 0, 0, kAck,
      kEndHeaders | kPadded, kAck, 0, 0, kEndHeaders};
  return frame.type < kFlags.size() && (frame.flags & ~kFlags[frame.type]) == 0 &&
         !frame.reserved && is_well_formed(frame, most);
}

void Http2Reader::feed(Bytes octets) {
  view_ = input_.append(octets);
  used_ = 0;
}

void Http2Reader::settle() {
  input_.consume(used_);
  view_ = {};
  payload_ = {};
  used_ = 0;
}

Bytes Http2Reader::take(size_t count) {
  const Bytes taken = first_of(view_.subspan(used_), count);
  used_ += taken.size();
  return taken;
}

Http2Reader::Event Http2Reader::next(const Limits& limits) {
  while (true) {
    switch (state_) {
      case State::lost:
        used_ = view_.size();
        return Event::need_more;
      case State::header:
        if (view_.size() - used_ < kHeaderOctets) return Event::need_more;
        if (!begin_frame(limits)) return Event::broken;
        payload_ = {};
        whole_ = frame_.length == 0;
        if (state_ != State::payload) return Event::frame;
        break;
      case State::skip:
        left_ -= static_cast<uint32_t>(take(left_).size());
        if (left_ > 0) return Event::need_more;
        state_ = State::header;
        break;
      case State::payload:
        if (view_.size() - used_ < frame_.length) return Event::need_more;
        payload_ = take(frame_.length);
        whole_ = true;
        state_ = State::header;
        return Event::frame;
      case State::pad_length:
        if (used_ == view_.size()) return Event::need_more;
        if (!read_pad_length()) return Event::broken;
        break;
      case State::data:
        if (left_ > 0 && used_ == view_.size()) return Event::need_more;
        return data();
    }
  }
}

bool Http2Reader::begin_frame(const Limits& limits) {
  frame_offset_ = offset();
  const Bytes header = take(kHeaderOctets);
  std::copy(header.begin(), header.end(), header_.begin());
  frame_ = read_http2_frame(header);
  if (!is_well_formed(frame_, most_)) return false;
  left_ = frame_.length;
  padding_ = 0;
  over_ = false;
  if (frame_.type == kData) {
    state_ = frame_.has(kPadded) ? State::pad_length : State::data;
    return true;
  }
  const bool of_use = frame_.type == kHeaders || frame_.type == kContinuation ||
                      frame_.type == kPushPromise || frame_.type == kSettings;
  const bool kept = of_use && frame_.length <= limits.header_block_octets;
  state_ = kept ? State::payload : State::skip;
  return true;
}

bool Http2Reader::read_pad_length() {
  padding_ = ByteReader(take(1)).u8();
  --left_;
  if (padding_ > left_) return false;
  left_ -= padding_;
  state_ = State::data;
  return true;
}

// The last portion is told apart by data_over(); it may be empty. Padding is no portion.
Http2Reader::Event Http2Reader::data() {
  payload_ = take(left_);
  left_ -= static_cast<uint32_t>(payload_.size());
  over_ = left_ == 0;
  if (over_) {
    left_ = padding_;
    state_ = State::skip;
  }
  return Event::data;
}

bool Http2Reader::skip_gap(uint64_t length) {
  const bool passes = state_ == State::data || state_ == State::skip;
  const bool inside = passes && input_.kept() == 0 && length > 0 && length <= left_;
  input_.skip_gap(length);
  if (!inside) {
    lose();
    return false;
  }
  left_ -= static_cast<uint32_t>(length);
  return true;
}

}  // namespace parlance
