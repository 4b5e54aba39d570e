#include "protocols/support/stepping_parser.h"

#include <algorithm>

namespace parlance {

void SteppingParser::data(Direction direction, Bytes octets, Findings& findings) {
  Side& side = sides_[index(direction)];
  if (over()) return;
  if (side.lost) return wait_for_other(side.ignored, octets.size(), findings);
  const Bytes all = side.input.append(octets);
  size_t used = 0;
  while (!over() && used < all.size()) {
    const Place at{direction, side.input.offset() + used, all.subspan(used)};
    const size_t taken = advance(side, at, findings);
    if (taken == 0) break;
    used += taken;
  }
  side.input.consume(over() ? all.size() : used);
  if (side.input.kept() > findings.limits().message_octets) leave("a frame without an end", findings);
}

size_t SteppingParser::advance(Side& side, const Place& at, Findings& findings) {
  if (side.left == 0) return step(at, findings);
  const size_t count = std::min(side.left, at.octets.size());
  side.left -= count;
  if (side.left == 0) passed(at.direction, findings);
  return count;
}

void SteppingParser::gap(Direction direction, uint64_t, Findings& findings) {
  Side& side = sides_[index(direction)];
  side.lost = true;
  side.input = {};
  if (sides_[0].lost && sides_[1].lost) leave("octets of both sides are missing", findings);
}

}  // namespace parlance
