// TLS connections made by hand, sealed, with the secrets that open them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "model/direction.h"
#include "protocols/support/tls_key_schedule.h"
#include "secrets/tls_secrets.h"
#include "support/sealing.h"

namespace parlance::test {

const std::string kClientRandom(32, 'R'), kServerRandom(32, 'S');

/// A whole record with the client's hello: TLS 1.3 and 1.2 offered, if need be early data as well.
std::string client_hello_record(bool early_data = false);

/// TLS_AES_128_GCM_SHA256. Seals records with numbers of its own for each secret.
class Tls13Connection {
 public:
  using Kind = TlsSecretKind;

  /// Records of the server in the clear.
  static std::string server_hello(bool psk = false);
  static std::string retry_request();

  /// The next record with this secret; `type` is what is inside.
  std::string seal(Kind secret, uint8_t type, const std::string& content);
  std::string handshake(Kind secret, uint8_t type, const std::string& body);
  /// Application data.
  std::string data(Kind secret, const std::string& content) { return seal(secret, 23, content); }
  std::string client_data(const std::string& content) {
    return data(Kind::client_application, content);
  }
  std::string server_data(const std::string& content) {
    return data(Kind::server_application, content);
  }
  /// A KeyUpdate, after which that secret is the next one.
  std::string key_update(Kind secret);
  /// EncryptedExtensions and Finished.
  std::string server_flight(bool accepts_early_data = false);
  std::string client_finished();

  void tell(TlsSecrets& secrets, Kind kind) const;
  void tell_all(TlsSecrets& secrets) const;

 private:
  struct Keys {
    Octets secret;
    uint64_t number = 0;
  };
  std::array<Keys, 9> keys_{};
  Keys& keys(Kind kind);
};

/// TLS 1.2 with ECDHE_RSA and AES_128_GCM. Each renegotiation has randoms and a master secret of
/// its own.
class Tls12Connection {
 public:
  explicit Tls12Connection(char seed = 'R');

  std::string client_hello_message() const;
  std::string server_hello_message() const;
  /// The server's hello and ServerHelloDone as content of a record.
  std::string server_flight() const;
  /// Of this handshake.
  std::string seal(Direction direction, uint8_t type, const std::string& content);
  std::string data(Direction direction, const std::string& content) {
    return seal(direction, 23, content);
  }

  void tell(TlsSecrets& secrets) const;

 private:
  std::string client_random_, server_random_;
  TlsMasterSecret master_{};
  TlsKeys keys_;
  std::array<uint64_t, 2> numbers_{};
};

}  // namespace parlance::test
