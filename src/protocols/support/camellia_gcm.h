// Camellia in Galois/Counter Mode (RFC 6367), which libcrypto has in parts only.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/memory.h"

namespace parlance {

/// Opens what was sealed with one key of 16 or 32 octets.
class CamelliaGcm {
 public:
  explicit CamelliaGcm(Bytes key);
  CamelliaGcm(CamelliaGcm&&) noexcept;
  CamelliaGcm& operator=(CamelliaGcm&&) noexcept;
  ~CamelliaGcm();
  bool usable() const { return state_ != nullptr; }
  /// `plain` has room for as many octets as `text` has; false if the tag does not fit.
  bool open(Bytes nonce, Bytes associated_data, Bytes text, Bytes tag, uint8_t* plain);

 private:
  struct State;
  static constexpr size_t kStateOctets = 1024;  // about

  std::unique_ptr<State> state_;
  MemoryCharge charge_{kStateOctets};
};

}  // namespace parlance
