// What parsers share that verify messages or datagrams, each of which stands for itself.
#pragma once

#include "protocols/support/verifier.h"

namespace parlance {

/// Says where each message stands in its direction, until the parser has left.
class MessageVerifier : public Verifier {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) final {
    if (over()) return;
    const Place message{direction, offset_[index(direction)], octets};
    offset_[index(direction)] += octets.size();
    read(message, findings);
  }
  /// A message that is missing does not matter.
  void gap(Direction direction, uint64_t length, Findings&) override {
    offset_[index(direction)] += length;
  }

 protected:
  /// One whole message; it may be empty.
  virtual void read(const Place& message, Findings& findings) = 0;

 private:
  uint64_t offset_[2] = {0, 0};
};

/// The first `count` octets of a message, as they are shown.
inline Place head_of(const Place& message, size_t count) {
  return {message.direction, message.offset, first_of(message.octets, count)};
}

}  // namespace parlance
