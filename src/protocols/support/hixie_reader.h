// One direction of a WebSocket of the drafts before hybi-01: a text is 00 <UTF-8> FF, a binary
// message a type octet above 7F and a length in base 128, the close FF 00.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"

namespace parlance {

class HixieReader {
 public:
  enum class Event : uint8_t { need_more, message, closed, broken };

  /// Uses up octets from the front of `octets` up to the next event.
  Event next(Bytes& octets, const Limits& limits);
  /// After Event::message: its octets; only the head if `whole()` is false.
  Bytes message() const { return message_; }
  bool whole() const { return whole_; }

 private:
  enum class State : uint8_t { type, text, length, binary };
  void begin(uint8_t type);
  Event read_length(Bytes& octets);
  bool read_binary(Bytes& octets, const Limits& limits);
  bool read_text(Bytes& octets, const Limits& limits);
  void keep(Bytes part, const Limits& limits);

  State state_ = State::type;
  uint64_t left_ = 0;
  bool whole_ = true;
  bool closing_ = false;
  std::vector<uint8_t> message_;
};

}  // namespace parlance
