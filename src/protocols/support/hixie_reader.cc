#include "protocols/support/hixie_reader.h"

#include <algorithm>

namespace parlance {

HixieReader::Event HixieReader::next(Bytes& octets, const Limits& limits) {
  while (!octets.empty()) {
    switch (state_) {
      case State::type:
        begin(octets.front());
        octets = octets.subspan(1);
        if (state_ == State::type) return Event::broken;
        break;
      case State::text:
        if (read_text(octets, limits)) return Event::message;
        break;
      case State::length: {
        const Event event = read_length(octets);
        if (event != Event::need_more) return event;
        break;
      }
      case State::binary:
        if (read_binary(octets, limits)) return Event::message;
        break;
    }
  }
  return Event::need_more;
}

void HixieReader::begin(uint8_t type) {
  if (type == 0x00) state_ = State::text;
  if (type >= 0x80) state_ = State::length;
  closing_ = type == 0xff;
  left_ = 0;
  whole_ = true;
  message_.clear();
}

// True once the FF at its end was read.
bool HixieReader::read_text(Bytes& octets, const Limits& limits) {
  const auto end = std::find(octets.begin(), octets.end(), uint8_t{0xff});
  const bool over = end != octets.end();
  const auto length = static_cast<size_t>(end - octets.begin());
  keep(octets.first(length), limits);
  octets = octets.subspan(over ? length + 1 : length);
  if (over) state_ = State::type;
  return over;
}

// One octet of a length, seven bits in each; the high bit says that more follow.
HixieReader::Event HixieReader::read_length(Bytes& octets) {
  if (left_ >> 40 != 0) return Event::broken;
  left_ = left_ << 7 | (octets.front() & 0x7f);
  const bool more = (octets.front() & 0x80) != 0;
  octets = octets.subspan(1);
  if (more) return Event::need_more;
  state_ = left_ == 0 ? State::type : State::binary;
  if (left_ > 0) return Event::need_more;
  return closing_ ? Event::closed : Event::message;
}

bool HixieReader::read_binary(Bytes& octets, const Limits& limits) {
  const auto length = static_cast<size_t>(std::min<uint64_t>(left_, octets.size()));
  keep(octets.first(length), limits);
  octets = octets.subspan(length);
  left_ -= length;
  if (left_ == 0) state_ = State::type;
  return left_ == 0;
}

void HixieReader::keep(Bytes part, const Limits& limits) {
  const Bytes kept = first_of(part, limits.message_octets - message_.size());
  message_.insert(message_.end(), kept.begin(), kept.end());
  whole_ = whole_ && kept.size() == part.size();
}

}  // namespace parlance
