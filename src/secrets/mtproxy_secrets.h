// Secrets of MTProxies: what Telegram's clients know of a proxy besides its address.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace parlance {

/// Const after it was filled: threads may share it. Wiped when it goes.
class MtproxySecrets {
 public:
  static constexpr size_t kOctets = 16;
  /// Each is tried on every stream that may be a proxy's.
  static constexpr size_t kMost = 64;
  using Secret = std::array<uint8_t, kOctets>;

  MtproxySecrets() = default;
  ~MtproxySecrets();
  MtproxySecrets(const MtproxySecrets&) = delete;
  MtproxySecrets& operator=(const MtproxySecrets&) = delete;

  /// Takes one as links have it, decoded: 16 octets; or dd and 16 octets (padded frames); or ee, 16 octets and
  /// a host's name (it pretends to be TLS to that host). False if it is none of these, or one too many.
  bool add(Bytes link);

  bool empty() const { return secrets_.empty(); }
  std::span<const Secret> all() const { return secrets_; }

 private:
  std::vector<Secret> secrets_;
};

}  // namespace parlance
