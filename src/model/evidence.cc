#include "model/evidence.h"

#include <array>

namespace parlance {

std::string_view name_of(Strength strength) {
  static constexpr std::array<std::string_view, 4> kNames = {"none", "hint", "strong", "proof"};
  return kNames[static_cast<size_t>(strength)];
}

std::string_view name_of(Basis basis) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "payload", "sni", "certificate", "dns", "address", "port", "fingerprint", "behaviour"};
  return kNames[static_cast<size_t>(basis)];
}

}  // namespace parlance
