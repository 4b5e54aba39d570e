#include "protocols/support/websocket_reader.h"

#include <algorithm>

#include "base/byte_reader.h"

namespace parlance {
namespace {

constexpr uint8_t kRsv1 = 4;
constexpr size_t kControlOctets = 125;
constexpr size_t kRoomKept = 4096;  // between messages
// RFC 7692 section 7.2.2: what the sender took off the end of a compressed message.
constexpr std::array<uint8_t, 4> kDeflateTail = {0x00, 0x00, 0xff, 0xff};

bool is_known(uint8_t opcode) {
  return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

}  // namespace

std::optional<WebSocketFrame> read_websocket_frame(Bytes octets) {
  ByteReader reader(octets);
  WebSocketFrame frame;
  const uint8_t first = reader.u8();
  const uint8_t second = reader.u8();
  frame.fin = (first & 0x80) != 0;
  frame.rsv = first >> 4 & 0x07;
  frame.opcode = first & 0x0f;
  frame.masked = (second & 0x80) != 0;
  frame.length = second & 0x7f;
  if (frame.length == 126) {
    frame.length = reader.be16();
    frame.minimal = frame.length > 125;
  } else if (frame.length == 127) {
    frame.length = reader.be64();
    frame.minimal = frame.length > 0xffff;
  }
  if (frame.masked) {
    const Bytes key = reader.bytes(frame.key.size());
    std::copy(key.begin(), key.end(), frame.key.begin());
  }
  if (!reader.ok()) return std::nullopt;
  frame.header = reader.position();
  return frame;
}

std::string_view problem_of(const WebSocketFrame& frame) {
  if (!is_known(frame.opcode)) return "reserved opcode";
  if ((frame.rsv & ~kRsv1) != 0) return "reserved bits";
  if (frame.length >> 63 != 0) return "length above 2^63";
  if (frame.is_control()) {
    if (!frame.fin) return "fragmented control frame";
    if (frame.rsv != 0) return "compressed control frame";
    if (frame.length > kControlOctets) return "long control frame";
    if (frame.opcode == websocket_opcode::kClose && frame.length == 1) return "half a close code";
  }
  if (!frame.minimal) return "length not in its shortest form";
  return {};
}

bool tiles_with_frames(Bytes octets, bool masked) {
  if (octets.empty()) return false;
  while (!octets.empty()) {
    const auto frame = read_websocket_frame(octets);
    if (!frame || !problem_of(*frame).empty() || frame->masked != masked) return false;
    if (frame->length > octets.size() - frame->header) return false;
    octets = octets.subspan(frame->header + static_cast<size_t>(frame->length));
  }
  return true;
}

void WebSocketReader::feed(Bytes octets) {
  view_ = input_.append(octets);
  used_ = 0;
}

WebSocketReader::Event WebSocketReader::next(const Limits& limits) {
  switch (state_) {
    case State::lost:
      used_ = view_.size();
      return Event::need_more;
    case State::header:
      return begin_frame();
    case State::payload:
      return read_payload(limits);
    case State::message:
      break;
  }
  state_ = State::header;
  return Event::message;
}

WebSocketReader::Event WebSocketReader::begin_frame() {
  // The last message was looked at; most connections are idle most of the time.
  if (!in_message_ && message_.capacity() > kRoomKept) message_ = {};
  const auto frame = read_websocket_frame(view_.subspan(used_));
  if (!frame) return Event::need_more;
  frame_ = *frame;
  frame_offset_ = input_.offset() + used_;
  used_ += frame_.header;
  left_ = frame_.length;
  phase_ = 0;
  problem_ = problem_of(frame_);
  const bool odd_control = frame_.is_control() && (!frame_.fin || frame_.rsv != 0);
  if (!is_known(frame_.opcode) || (frame_.rsv & ~kRsv1) != 0 || left_ >> 63 != 0 || odd_control) {
    return Event::broken;
  }
  if (problem_.empty()) problem_ = order_problem();
  state_ = State::payload;
  return Event::header;
}

std::string_view WebSocketReader::order_problem() const {
  if (frame_.is_control()) return {};
  const bool continues = frame_.opcode == websocket_opcode::kContinuation;
  if (continues != in_message_) return continues ? "nothing to continue" : "unfinished message";
  const bool per_frame = deflate_ == WebSocketDeflate::per_frame;
  return continues && frame_.rsv != 0 && !per_frame ? "compressed continuation" : "";
}

void WebSocketReader::want(bool wanted) {
  wanted_ = wanted;
  if (frame_.is_control()) {
    control_.clear();
    return;
  }
  if (frame_.opcode != websocket_opcode::kContinuation) {
    message_.clear();
    whole_ = true;
    text_ = frame_.opcode == websocket_opcode::kText;
    compressed_ = frame_.rsv == kRsv1;
  } else if (!in_message_) {
    message_.clear();
    whole_ = false;  // its beginning was not seen
    compressed_ = false;
  }
  if (deflate_ == WebSocketDeflate::per_frame) compressed_ = frame_.rsv == kRsv1;
  frame_start_ = message_.size();
  in_message_ = !frame_.fin;
}

WebSocketReader::Event WebSocketReader::read_payload(const Limits& limits) {
  const Bytes rest = view_.subspan(used_);
  const Bytes part = first_of(rest, static_cast<size_t>(std::min<uint64_t>(left_, rest.size())));
  keep(part, limits);
  used_ += part.size();
  left_ -= part.size();
  phase_ = (phase_ + part.size()) % 4;
  if (left_ > 0) return Event::need_more;
  state_ = State::header;
  if (!frame_.is_control()) end_data_frame(limits);
  return Event::frame;
}

void WebSocketReader::keep(Bytes payload, const Limits& limits) {
  std::vector<uint8_t>& into = frame_.is_control() ? control_ : message_;
  const size_t most = frame_.is_control() ? kControlOctets : limits.message_octets;
  if (!wanted_ && !frame_.is_control()) {
    whole_ = whole_ && payload.empty();
    return;
  }
  const Bytes part = first_of(payload, most - std::min(most, into.size()));
  if (part.size() < payload.size()) whole_ = whole_ && frame_.is_control();
  for (size_t i = 0; i < part.size(); ++i) {
    into.push_back(static_cast<uint8_t>(part[i] ^ frame_.key[(phase_ + i) % 4]));
  }
}

void WebSocketReader::end_data_frame(const Limits& limits) {
  const bool per_frame = deflate_ == WebSocketDeflate::per_frame;
  if (compressed_ && (per_frame || frame_.fin)) {
    if (!inflate(per_frame ? frame_start_ : 0, limits)) whole_ = false;
  }
  if (frame_.fin) state_ = State::message;
}

// Replaces message_[from..] by what it inflates to. A piece that was not kept whole, or that refers
// to octets that were never seen, costs the history; the next one that stands alone begins it anew.
bool WebSocketReader::inflate(size_t from, const Limits& limits) {
  if (!whole_) {
    if (inflater_) inflater_->reset();
    message_.resize(from);
    return false;
  }
  if (!inflater_) inflater_.emplace(Inflater::Format::raw);
  message_.insert(message_.end(), kDeflateTail.begin(), kDeflateTail.end());
  std::vector<uint8_t> inflated;
  const auto answer =
      inflater_->inflate(Bytes(message_).subspan(from), inflated, limits.inflate_octets);
  message_.resize(from);
  const bool good = answer == Inflater::Answer::ok;
  if (!good || no_context_takeover_ || inflater_->at_end()) inflater_->reset();
  if (answer == Inflater::Answer::damaged) return false;
  const size_t room = limits.message_octets - std::min(limits.message_octets, from);
  const bool fits = inflated.size() <= room;
  if (!fits) inflated.resize(room);
  if (from == 0) {
    message_.swap(inflated);
  } else {
    message_.insert(message_.end(), inflated.begin(), inflated.end());
  }
  return good && fits;
}

void WebSocketReader::settle() {
  input_.consume(used_);
  view_ = {};
  used_ = 0;
}

void WebSocketReader::skip_gap(uint64_t length) {
  const bool inside =
      state_ == State::payload && length > 0 && length <= left_ && !frame_.is_control();
  input_.skip_gap(length);
  if (!inside) return lose();
  left_ -= length;
  phase_ = static_cast<size_t>((phase_ + length) % 4);
  whole_ = false;
  wanted_ = false;
}

void WebSocketReader::lose() {
  state_ = State::lost;
  in_message_ = false;
  whole_ = false;
  message_.clear();
  if (inflater_) inflater_->reset();
}

}  // namespace parlance
