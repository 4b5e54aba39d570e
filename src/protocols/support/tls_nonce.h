// The numbers of records where they enter cryptography.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "protocols/support/aead.h"

namespace parlance {

/// In network byte order.
inline std::array<uint8_t, 8> octets_of(uint64_t number) {
  std::array<uint8_t, 8> octets;
  for (size_t i = octets.size(); i-- > 0; number >>= 8) octets[i] = static_cast<uint8_t>(number);
  return octets;
}

using AeadNonce = std::array<uint8_t, kAeadNonceOctets>;

/// The IV with the number added to its end without carry (RFC 8446 section 5.3, RFC 7905 section 2,
/// RFC 9001 section 5.3).
inline AeadNonce nonce_of(const AeadNonce& iv, uint64_t number) {
  AeadNonce nonce = iv;
  const auto octets = octets_of(number);
  for (size_t i = 0; i < octets.size(); ++i) {
    uint8_t& octet = nonce[nonce.size() - octets.size() + i];
    octet = static_cast<uint8_t>(octet ^ octets[i]);
  }
  return nonce;
}

}  // namespace parlance
