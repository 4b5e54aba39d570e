#include "protocols/support/frame_chain.h"

#include <algorithm>

namespace parlance {

void FrameChain::data(Direction direction, Bytes octets, Findings& findings) {
  Side& side = sides_[index(direction)];
  if (over_ || side.lost) return;
  const Bytes all = side.input.append(octets);
  size_t used = 0;
  while (!over_ && used < all.size()) {
    const Bytes rest = all.subspan(used);
    const std::optional<size_t> size = size_of(direction, rest);
    if (size && (*size == 0 || *size > rest.size())) break;
    const bool fits =
        size && read({direction, side.input.offset() + used, rest.first(*size)}, findings);
    if (!fits) {
      side.input.consume(all.size());
      return lose(side, findings);
    }
    used += *size;
    ++side.frames;
    if (!over_ && frames() >= kFramesAtMost) finish(findings);
  }
  side.input.consume(over_ ? all.size() : used);
}

void FrameChain::gap(Direction direction, uint64_t length, Findings& findings) {
  Side& side = sides_[index(direction)];
  partial_ = true;
  if (over_ || side.lost) return;
  if (length == 0) return lose(side, findings);  // nobody knows where the stream goes on
  side.input.skip_gap(length);
  missed(direction);
}

void FrameChain::confirm(Strength strength, std::string_view what, const Place& place,
                         Sentence text, Findings& findings) {
  confirmed_ = std::max(confirmed_, strength);
  findings.confirm(strength, what, place, std::move(text));
}

void FrameChain::finish(Findings& findings) {
  over_ = true;
  if (confirmed_ == Strength::none) {
    findings.refute("frames that say nothing");
  } else {
    findings.finish();
  }
}

void FrameChain::lose(Side& side, Findings& findings) {
  side.lost = true;
  const bool goes_on = partial_ || confirmed_ == Strength::proof;
  if (over_ || (goes_on && !(sides_[0].lost && sides_[1].lost))) return;
  over_ = true;
  if (confirmed_ == Strength::none) {
    findings.refute("octets that are no frame");
  } else {
    findings.finish();
  }
}

}  // namespace parlance
