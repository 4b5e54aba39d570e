// SHA-256 without ceremony: state on the stack, nothing allocated, nothing looked up by name.
#pragma once

#include <array>
#include <cstdint>

#include <openssl/sha.h>

#include "base/bytes.h"

namespace parlance {

using Sha256Digest = std::array<uint8_t, SHA256_DIGEST_LENGTH>;

/// Takes octets in portions. A copy goes on from where the original stood.
class Sha256 {
 public:
  Sha256();
  void add(Bytes octets);
  /// Of all that was added; call it once.
  Sha256Digest digest();

 private:
  SHA256_CTX state_;
};

/// HMAC-SHA-256 (RFC 2104) with a key that is worked in once.
class HmacSha256 {
 public:
  /// `key` of at most 64 octets.
  explicit HmacSha256(Bytes key);
  Sha256Digest of(Bytes text) const;

 private:
  Sha256 inner_, outer_;
};

}  // namespace parlance
