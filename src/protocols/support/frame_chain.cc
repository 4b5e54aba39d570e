#include "protocols/support/frame_chain.h"

namespace parlance {

void FrameChain::data(Direction direction, Bytes octets, Findings& findings) {
  Side& side = sides_[index(direction)];
  if (over()) return;
  if (side.lost) return wait_for_other(side.ignored, octets.size(), findings);
  const Bytes all = side.input.append(octets);
  size_t used = 0;
  while (!over() && used < all.size()) {
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
    if (frames() >= kFramesAtMost) leave("frames that say nothing", findings);
  }
  side.input.consume(over() ? all.size() : used);
}

void FrameChain::gap(Direction direction, uint64_t length, Findings& findings) {
  Side& side = sides_[index(direction)];
  partial_ = true;
  if (over() || side.lost) return;
  if (length == 0) return lose(side, findings);  // nobody knows where the stream goes on
  side.input.skip_gap(length);
  missed(direction);
}

void FrameChain::lose(Side& side, Findings& findings) {
  side.lost = true;
  const bool goes_on = partial_ || best() == Strength::proof;
  if (!goes_on || (sides_[0].lost && sides_[1].lost)) leave("octets that are no frame", findings);
}

}  // namespace parlance
