// What parsers share that only say what a channel speaks.
#pragma once

#include <string_view>

#include "protocols/parser.h"

namespace parlance {

/// Remembers the best that was confirmed, so that it is said once, and ends in one way: what was
/// confirmed stays, and without that the channel is refuted.
class Verifier : public Parser {
 protected:
  /// Says it if it is stronger than what was said before.
  void confirm(Strength strength, std::string_view what, const Place& place, Sentence text,
               Findings& findings);
  /// Says the proof, and with it all that is to say.
  void prove(std::string_view what, const Place& place, Sentence text, Findings& findings);
  /// All was said. `reason` is a literal that says why nothing was found, if nothing was.
  void leave(std::string_view reason, Findings& findings);

  /// `octets` came of a side that cannot be followed any more, behind `ignored` of the kind: the other side
  /// has that long to speak.
  void wait_for_other(size_t& ignored, size_t octets, Findings& findings);

  Strength best() const { return best_; }
  /// Left: whatever comes is not looked at.
  bool over() const { return over_; }

 private:
  Strength best_ = Strength::none;
  bool over_ = false;
};

}  // namespace parlance
