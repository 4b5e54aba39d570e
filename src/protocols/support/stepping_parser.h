// Protocols of frames in a stream, whose heads are read and whose bodies are passed over.
#pragma once

#include "base/input_buffer.h"
#include "protocols/support/verifier.h"

namespace parlance {

/// Walks both directions step by step. Only what a step asks for is kept, so a body of any length
/// costs nothing; FrameChain is for frames that are to be read whole.
class SteppingParser : public Verifier {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) final;
  /// Octets of a direction are missing: it is not followed any more, and with both the parser leaves.
  void gap(Direction direction, uint64_t length, Findings& findings) override;

 protected:
  /// Reads what begins `at`, all octets that are there. Returns how many of them were used; 0 if
  /// more are needed. Once it has left, what it returns does not matter.
  virtual size_t step(const Place& at, Findings& findings) = 0;
  /// What pass_over() asked for has all come.
  virtual void passed(Direction, Findings&) {}
  /// The next `count` octets, behind those that this step uses, are not looked at.
  void pass_over(Direction direction, size_t count) { sides_[index(direction)].left = count; }
  /// For step(): leaves, and has used nothing.
  size_t refuse(std::string_view reason, Findings& findings) {
    leave(reason, findings);
    return 0;
  }

 private:
  struct Side {
    InputBuffer input;
    size_t left = 0;  // to be passed over
    bool lost = false;
    size_t ignored = 0;  // since then
  };
  size_t advance(Side& side, const Place& at, Findings& findings);

  Side sides_[2];
};

}  // namespace parlance
