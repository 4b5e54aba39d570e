#include "model/flow_state.h"

#include <array>

namespace parlance {

std::string_view name_of(FlowState state) {
  static constexpr std::array<std::string_view, 4> kNames = {"new", "established", "closing",
                                                             "closed"};
  return kNames[static_cast<size_t>(state)];
}

std::string_view name_of(EndReason reason) {
  static constexpr std::array<std::string_view, 6> kNames = {"fin",      "rst",     "timeout",
                                                             "replaced", "evicted", "end"};
  return kNames[static_cast<size_t>(reason)];
}

std::string_view name_of(DirectionBasis basis) {
  static constexpr std::array<std::string_view, 5> kNames = {"syn", "syn-ack", "payload", "port",
                                                             "first-sender"};
  return kNames[static_cast<size_t>(basis)];
}

}  // namespace parlance
