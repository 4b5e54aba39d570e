// Digests and HMAC (RFC 2104) of the kinds that TLS uses, by libcrypto. Where SHA-256 alone is
// wanted, and quickly, there is sha256.h.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>

#include <openssl/evp.h>

#include "base/bytes.h"
#include "base/memory.h"

namespace parlance {

enum class HashKind : uint8_t { md5, sha1, sha256, sha384 };

size_t digest_octets(HashKind kind);

/// A digest with its length.
class Digest {
 public:
  Bytes bytes() const { return Bytes(octets_).first(size_); }
  operator Bytes() const { return bytes(); }
  size_t size() const { return size_; }

 private:
  friend Digest digest_of(HashKind kind, std::initializer_list<Bytes> parts);
  friend class Hmac;
  std::array<uint8_t, 48> octets_{};
  size_t size_ = 0;
};

/// Of all parts, one after the other. Empty if libcrypto does not have the digest.
Digest digest_of(HashKind kind, std::initializer_list<Bytes> parts);

/// HMAC with a key that is worked in once.
class Hmac {
 public:
  Hmac(HashKind kind, Bytes key);
  bool usable() const { return context_ != nullptr; }
  /// Of all parts, one after the other. Empty if unusable.
  Digest of(std::initializer_list<Bytes> parts);

 private:
  struct Deleter {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  };
  static constexpr size_t kContextOctets = 1024;  // about: three states of the digest

  std::unique_ptr<EVP_MAC_CTX, Deleter> context_;
  MemoryCharge charge_{kContextOctets};
};

}  // namespace parlance
