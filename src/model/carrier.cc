#include "model/carrier.h"

#include <array>

namespace parlance {

std::string_view name_of(Carrier carrier) {
  static constexpr std::array<std::string_view, kCarriers> kNames = {
      "tcp", "udp", "tls", "websocket", "http", "quic"};
  return kNames[static_cast<size_t>(carrier)];
}

}  // namespace parlance
