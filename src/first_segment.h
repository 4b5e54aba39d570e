// The first segment of a flow of which no handshake was captured.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "model/direction.h"
#include "stream/tcp_stream.h"

namespace parlance {

/// Keeps such a segment and its octets until another packet of the flow comes. Of many such flows none does.
class FirstSegment {
 public:
  FirstSegment(const stream::Segment& segment, Direction direction, uint32_t acknowledgment)
      : origin_(segment.origin),
        octets_(new uint8_t[segment.payload.size()]),
        captured_(static_cast<uint32_t>(segment.payload.size())),
        length_(segment.payload_length),
        sequence_(segment.sequence),
        acknowledgment_(acknowledgment),
        flags_(segment.flags),
        suspicious_(segment.suspicious),
        direction_(direction) {
    std::copy(segment.payload.begin(), segment.payload.end(), octets_.get());
  }

  Direction direction() const { return direction_; }
  uint32_t acknowledgment() const { return acknowledgment_; }
  /// Its octets live as long as this.
  stream::Segment segment() const {
    return {sequence_, flags_, Bytes(octets_.get(), captured_), length_, suspicious_, origin_};
  }
  /// What it is charged to the pool, as if a stream held it.
  size_t cost() const { return captured_ + sizeof *this; }

 private:
  stream::Origin origin_;
  std::unique_ptr<uint8_t[]> octets_;
  uint32_t captured_, length_, sequence_, acknowledgment_;
  uint8_t flags_;
  bool suspicious_;
  Direction direction_;
};

}  // namespace parlance
