// AES-256 in counter mode without ceremony: nothing allocated, nothing looked up by name, any place of
// the stream at once.
#pragma once

#include <array>
#include <cstdint>

#include <openssl/aes.h>

#include "base/bytes.h"

namespace parlance {

/// The key stream of NIST SP 800-38A section 6.5: block n is the counter plus n (16 octets, big-endian),
/// encrypted. Encrypting and decrypting are the same.
class AesCtr {
 public:
  static constexpr size_t kKey = 32, kCounter = 16;

  /// `key` of 32 octets, `counter` of 16.
  AesCtr(Bytes key, Bytes counter);
  ~AesCtr();
  AesCtr(const AesCtr&) = delete;
  AesCtr& operator=(const AesCtr&) = delete;

  /// Writes to `clear` what `octets`, which stand at `offset` of the stream, are without the key stream.
  /// There must be room for as many.
  void apply(uint64_t offset, Bytes octets, std::span<uint8_t> clear) const;

 private:
  using Block = std::array<uint8_t, AES_BLOCK_SIZE>;
  Block key_stream(uint64_t block) const;

  AES_KEY key_;
  Block counter_;
};

}  // namespace parlance
