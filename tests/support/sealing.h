// The other side of decryption: seals by libcrypto, so that tests can open.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "protocols/support/aead.h"

namespace parlance::test {

using Octets = std::vector<uint8_t>;

Octets octets(Bytes bytes);
/// Of hexadecimal digits.
Octets octets(std::string_view digits);
/// All parts, one after the other.
Octets joined(std::initializer_list<Bytes> parts);
/// So many octets that look random and are always the same.
Octets pattern(size_t count, uint32_t seed = 1);

/// Ciphertext and tag.
Octets seal(AeadKind kind, Bytes key, Bytes nonce, Bytes associated_data, Bytes plain);
/// By a block or stream cipher of libcrypto, without padding of its own.
Octets encrypt(const char* cipher, Shelf shelf, Bytes key, Bytes iv, Bytes plain);

}  // namespace parlance::test
