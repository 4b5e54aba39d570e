// Protocols of frames that say how long they are, walked frame by frame in both directions.
#pragma once

#include <optional>

#include "base/input_buffer.h"
#include "protocols/support/verifier.h"

namespace parlance {

/// Walks both directions of a channel, each a chain of frames.
///
/// Where a frame does not fit, the channel is refuted, unless something was proven before or is
/// missing: of a channel that was not captured whole, one direction may go on without the other.
/// Behind a hole the chain is taken up at the next octet. Gives up by itself after `kFramesAtMost`
/// frames.
class FrameChain : public Verifier {
 public:
  explicit FrameChain(const Start& start) : partial_(start.midstream) {}
  void data(Direction direction, Bytes octets, Findings& findings) final;
  void gap(Direction direction, uint64_t length, Findings& findings) final;

 protected:
  /// Octets of the frame that begins `octets`, its header with them; 0 if more are needed to tell,
  /// nothing if no frame begins so. Never more than Limits::message_octets.
  virtual std::optional<size_t> size_of(Direction direction, Bytes octets) const = 0;
  /// A whole frame that size_of() measured; false if it is not of this protocol.
  virtual bool read(const Place& frame, Findings& findings) = 0;
  /// Octets are missing in that direction.
  virtual void missed(Direction) {}

  /// Whole frames that fitted, without the one that is being read.
  int frames(Direction direction) const { return sides_[index(direction)].frames; }
  int frames() const { return sides_[0].frames + sides_[1].frames; }
  /// The channel's beginning was not captured, or octets are missing in it.
  bool partial() const { return partial_; }

 private:
  static constexpr int kFramesAtMost = 200;  // of both directions

  struct Side {
    InputBuffer input;
    int frames = 0;
    bool lost = false;
    size_t ignored = 0;  // since then
  };
  void lose(Side& side, Findings& findings);

  Side sides_[2];
  bool partial_;
};

}  // namespace parlance
