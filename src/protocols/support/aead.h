// Authenticated encryption as TLS and QUIC use it, and QUIC's header protection.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/memory.h"
#include "protocols/support/algorithms.h"
#include "protocols/support/camellia_gcm.h"

namespace parlance {

enum class AeadKind : uint8_t {
  aes_128_gcm,
  aes_256_gcm,
  aes_128_ccm,
  aes_256_ccm,
  aes_128_ccm_8,
  aes_256_ccm_8,
  chacha20_poly1305,
  aria_128_gcm,
  aria_256_gcm,
  camellia_128_gcm,
  camellia_256_gcm,
};

constexpr size_t kAeadNonceOctets = 12;  ///< of every kind
size_t aead_key_octets(AeadKind kind);
size_t aead_tag_octets(AeadKind kind);

/// Opens what was sealed with one key, which is worked in once.
class Aead {
 public:
  /// Unusable if the key has not `aead_key_octets(kind)` or libcrypto has no such cipher.
  Aead(AeadKind kind, Bytes key);
  bool usable() const { return usable_; }
  /// Opens from now on what was sealed with this key, as if made with it, but in less time.
  void change_key(Bytes key);

  /// Puts into `plain` what was sealed, instead of what it held (its memory is used again). False,
  /// with `plain` empty, if the tag, which ends `sealed`, does not fit; the next call is not
  /// affected. `nonce` has kAeadNonceOctets.
  bool open(Bytes nonce, Bytes associated_data, Bytes sealed, std::vector<uint8_t>& plain);

 private:
  bool decrypt(Bytes nonce, Bytes associated_data, Bytes text, Bytes tag, uint8_t* plain);

  static constexpr size_t kContextOctets = 1024;  // about: libcrypto's, keys worked in

  CipherContext context_;
  std::optional<CamelliaGcm> camellia_;  // instead
  MemoryCharge charge_{kContextOctets};
  AeadKind kind_;
  bool usable_ = false;
};

/// QUIC's header protection (RFC 9001 section 5.4) with one key.
class HeaderProtection {
 public:
  static constexpr size_t kSampleOctets = 16;
  using Mask = std::array<uint8_t, 5>;

  /// `kind` is that of the packet protection, the key is as long as its key. Unusable as Aead is.
  HeaderProtection(AeadKind kind, Bytes key);
  bool usable() const { return usable_; }
  void change_key(Bytes key);

  /// Nothing if the sample has not kSampleOctets.
  std::optional<Mask> mask(Bytes sample);

 private:
  static constexpr size_t kContextOctets = 512;  // about

  CipherContext context_;
  MemoryCharge charge_{kContextOctets};
  AeadKind kind_;
  bool usable_ = false;
};

}  // namespace parlance
