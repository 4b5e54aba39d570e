// These functions are marked as deprecated since OpenSSL 3.0 in favour of EVP, whose contexts are
// allocated, copied by allocating again, and bound to an algorithm by its name: several times the
// cost of the short hashes that are made here. libcrypto chooses the processor's instructions in
// both.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "protocols/support/sha256.h"

#include <algorithm>

namespace parlance {
namespace {

constexpr size_t kBlock = SHA256_CBLOCK;

Sha256 begun_with(Bytes key, uint8_t pad) {
  std::array<uint8_t, kBlock> block;
  block.fill(pad);
  const size_t used = std::min(key.size(), kBlock);
  for (size_t i = 0; i < used; ++i) block[i] = static_cast<uint8_t>(block[i] ^ key[i]);
  Sha256 hash;
  hash.add(block);
  return hash;
}

}  // namespace

Sha256::Sha256() {
  SHA256_Init(&state_);
}

void Sha256::add(Bytes octets) {
  SHA256_Update(&state_, octets.data(), octets.size());
}

Sha256Digest Sha256::digest() {
  Sha256Digest result;
  SHA256_Final(result.data(), &state_);
  return result;
}

HmacSha256::HmacSha256(Bytes key) : inner_(begun_with(key, 0x36)), outer_(begun_with(key, 0x5c)) {}

Sha256Digest HmacSha256::of(Bytes text) const {
  Sha256 inner = inner_, outer = outer_;
  inner.add(text);
  outer.add(inner.digest());
  return outer.digest();
}

}  // namespace parlance
