#include "model/protocol_class.h"

#include <array>

namespace parlance {

std::string_view name_of(ProtocolClass protocol_class) {
  static constexpr std::array<std::string_view, 6> kNames = {"xmpp", "websocket", "proprietary",
                                                             "open", "other", "unknown"};
  return kNames[static_cast<size_t>(protocol_class)];
}

}  // namespace parlance
