#include "model/carrier.h"

#include <array>

namespace parlance {

std::string_view name_of(Carrier carrier) {
  static constexpr std::array<std::string_view, 5> kNames = {"tcp", "udp", "tls", "websocket",
                                                             "http"};
  return kNames[static_cast<size_t>(carrier)];
}

}  // namespace parlance
