// Private RSA keys of servers, which open the key exchange of TLS_RSA_* suites.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <openssl/evp.h>

#include "base/bytes.h"
#include "base/result.h"

namespace parlance {

struct RsaPremaster {
  std::array<uint8_t, 48> octets{};
  /// It begins with the version of the ClientHello, as it must (RFC 5246 section 7.4.7.1). Some old
  /// clients put the agreed version there.
  bool version_fits = false;
};

/// Const after it was filled: threads may share it.
class RsaKeys {
 public:
  /// All private RSA keys of a file: PEM (PKCS#1 or PKCS#8, among other things if need be), or one
  /// key in DER. Fails if the file cannot be read, has no such key, or one that is encrypted.
  /// Errors name the file and never its contents.
  Result<void> add_file(const std::string& path);
  bool empty() const { return keys_.empty(); }
  size_t size() const { return keys_.size(); }

  /// True if there is the key of this X.509 certificate, in DER.
  bool has_key_of(Bytes certificate) const;

  /// What the client encrypted to the server (PKCS#1 v1.5; without the two octets of length that
  /// TLS has before it in the ClientKeyExchange). With `certificate` (the server's, in DER) only
  /// its key is tried, without it all of this length, each of which costs about a millisecond.
  /// Nothing if no key gives 48 octets that begin with a version of SSL 3.0 to TLS 1.2. That it is
  /// the right one is known when the first record verifies.
  std::optional<RsaPremaster> decrypt_premaster(Bytes encrypted, uint16_t client_version,
                                                Bytes certificate = {}) const;

 private:
  struct Deleter {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  using Key = std::unique_ptr<EVP_PKEY, Deleter>;

  bool add_key(Bytes der);
  EVP_PKEY* key_of(Bytes certificate) const;

  std::vector<Key> keys_;
};

}  // namespace parlance
