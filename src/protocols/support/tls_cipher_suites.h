// What the cipher suites of TLS mean for records: the registry of IANA ("TLS Cipher Suites").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/support/aead.h"
#include "protocols/support/algorithms.h"
#include "protocols/support/digests.h"

namespace parlance {

enum class TlsProtection : uint8_t {
  bare,    ///< content and MAC, not encrypted
  stream,  ///< RC4
  blocks,  ///< a block cipher in CBC mode, and a MAC
  aead,
};

struct TlsCipherSuite {
  uint16_t number = 0;
  std::string_view key_exchange;     ///< "ECDHE_RSA", as in the name; empty in TLS 1.3
  std::string_view cipher_and_hash;  ///< "AES_128_CBC_SHA", as in the name
  TlsProtection protection = TlsProtection::bare;
  AeadKind aead = AeadKind::aes_128_gcm;  ///< if the protection is such
  const char* cipher = nullptr;           ///< of stream and blocks: libcrypto's name
  Shelf shelf = Shelf::usual;             ///< and where it is
  HashKind mac = HashKind::sha1;          ///< unless the protection is aead
  HashKind prf = HashKind::sha256;        ///< hash of TLS 1.2's PRF, of TLS 1.3's secrets
  size_t key_octets = 0;
  size_t mac_octets = 0;        ///< 0 if the protection is aead
  size_t fixed_iv_octets = 0;   ///< from the keys; of blocks only up to TLS 1.0
  size_t record_iv_octets = 0;  ///< in each record; of blocks only from TLS 1.1

  bool is_tls13() const { return key_exchange.empty(); }
  /// The client encrypts the premaster secret to the server's RSA key, and nothing else is needed.
  bool is_rsa_key_exchange() const { return key_exchange == "RSA"; }
  /// "TLS_RSA_WITH_AES_128_CBC_SHA".
  std::string name() const;
};

/// Nothing for what is not known: export suites (40 and 56 bits), those without encryption in TLS
/// 1.3 (RFC 9150), and ciphers that libcrypto has not in all that is needed: RC2, Fortezza, SM4,
/// GOST's, Salsa20, and ChaCha20 as it was before RFC 7905. Views last for ever.
std::optional<TlsCipherSuite> tls_cipher_suite(uint16_t number);

}  // namespace parlance
