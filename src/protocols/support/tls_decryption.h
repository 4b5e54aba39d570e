// The protected records of one TLS connection, opened with secrets that somebody has.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "model/direction.h"
#include "protocols/support/inflater.h"
#include "protocols/support/tls_cipher_suites.h"
#include "protocols/support/tls_hello.h"
#include "protocols/support/tls_key_schedule.h"
#include "protocols/support/tls_record_opener.h"
#include "secrets/tls_secrets.h"

namespace parlance {

/// Is told of the handshake as it is read, and knows then which keys hold in which direction. SSL 3.0
/// to TLS 1.3. A new handshake on the same connection (renegotiation) is told of like the first.
class TlsDecryption {
 public:
  /// `may_have_premaster`: a premaster secret may be found, and then the handshake's messages are needed.
  explicit TlsDecryption(bool may_have_premaster) : keeps_transcript_(may_have_premaster) {}

  /// The first hello, or one that renegotiates, and the message that it came in.
  void take_client_hello(const ClientHello& hello, Bytes message);
  /// One in the form of SSL 2: its challenge is the end of the client's random (RFC 5246 appendix E.2).
  void take_ssl2_hello(uint16_t version, Bytes challenge);
  void take_server_hello(const ServerHello& hello);
  /// Any other handshake message, with its four octets of header, both directions in order.
  void take_message(Bytes message);
  /// The server's, in DER.
  void take_certificate(Bytes certificate);
  void take_client_key_exchange(Bytes body);
  /// From now on this direction uses the keys of the last hellos (up to TLS 1.2).
  void change_cipher(Direction direction);
  /// The client's early data was refused: it will not be opened.
  void refuse_early_data();
  /// There are keys for what the client may have sent early.
  bool opens_early_data() const;

  /// Looks for secrets once both hellos were taken. False if there are none (yet). What was opened with
  /// keys that were found before stays as it is.
  bool find_keys(const TlsSecrets& secrets);
  /// No more keys can be found that anybody would need: those of TLS 1.3 are logged one after the other.
  bool has_all_keys() const;
  /// False if records of this connection can never be opened, whatever the secrets.
  bool knows_cipher() const { return suite_.has_value(); }
  /// Only after the ClientKeyExchange can be said whether there are keys.
  bool waits_for_key_exchange(const TlsSecrets& secrets) const;

  /// Records of this direction, but for those that change ciphers in TLS 1.3, are encrypted.
  bool protects(Direction direction) const;
  /// Keys of this direction are known.
  bool has_keys(Direction direction) const { return !side(direction).epochs.empty(); }
  /// Or hold from the change of ciphers on.
  bool will_have_keys(Direction direction) const {
    return has_keys(direction) || side(direction).pending != nullptr;
  }
  bool is_tls13() const { return is_tls13_; }

  /// The next record of a direction that has keys. Nothing if it does not verify with any keys that may
  /// hold there; then it is gone past.
  std::optional<OpenedRecord> open(Direction direction, Bytes header, Bytes body);
  /// The same for what may be no record at all: if it does not verify nothing has happened.
  std::optional<OpenedRecord> try_open(Direction direction, Bytes header, Bytes body);
  /// The record that was opened last is the first with the keys of TLS 1.3 for application data: none
  /// of that is missing before it.
  bool begins_application_data(Direction direction) const;
  /// Records can be opened after some that were not seen.
  bool survives_gap(Direction direction) const;
  /// False once too much was tried in vain.
  bool may_try(Direction direction) const { return side(direction).octets_to_try > 0; }
  /// Records may be missing before the next one.
  void take_gap(Direction direction) { side(direction).uncertain = true; }
  /// The header of a record was seen, its body is lost in part.
  void lose_record(Direction direction);
  /// The sender changes its keys behind this record (RFC 8446 section 4.6.3).
  void update_keys(Direction direction);

 private:
  using Opener = std::unique_ptr<TlsRecordOpener>;
  struct Epoch {
    TlsSecretKind kind = TlsSecretKind::master;  // of one direction: in the order of their use
    Opener opener;
  };
  struct Side {
    std::vector<Epoch> epochs;   // the present one first, then those that may follow
    Opener pending;              // holds from the change of ciphers on
    TlsSecretKind reached = TlsSecretKind::master;  // of the secrets in use
    bool changed = false;        // ciphers were changed
    bool updated = false;        // by KeyUpdate
    bool uncertain = false;      // of how many records are missing
    size_t octets_to_try = kOctetsTried;
    std::optional<Inflater> inflater;
    std::vector<uint8_t> inflated;
  };
  // What may be tried in vain behind holes. A try costs as much as opening a record.
  static constexpr size_t kOctetsTried = 2 * kMebi;

  Side& side(Direction direction) { return sides_[index(direction)]; }
  const Side& side(Direction direction) const { return sides_[index(direction)]; }

  bool find_traffic_secrets(const TlsSecrets& secrets);
  void add_epoch(Direction direction, TlsSecretKind kind, const TlsSecrets& secrets);
  bool find_master_secret(const TlsSecrets& secrets);
  std::optional<TlsMasterSecret> master_secret(const TlsSecrets& secrets);
  std::optional<TlsSecret> premaster_secret(const TlsSecrets& secrets);
  void decrypt_premaster(const RsaKeys& keys);
  void use_master_secret(const TlsMasterSecret& master);
  bool inflate(Side& from, OpenedRecord& record) const;
  std::optional<OpenedRecord> open_with(TlsRecordOpener& opener, Side& from, Bytes header,
                                        Bytes body) const;
  void lose_compression(Side& from) const;

  std::array<Side, 2> sides_;
  std::optional<TlsCipherSuite> suite_;
  std::array<uint8_t, 32> client_random_{}, server_random_{};
  std::vector<uint8_t> session_id_;
  std::vector<uint8_t> certificate_;
  std::vector<uint8_t> encrypted_premaster_;
  std::vector<uint8_t> transcript_;
  std::optional<TlsSecret> decrypted_premaster_;  // by RSA
  bool decrypted_ = false;                        // that was tried
  int decryptions_ = 0;                           // on this connection
  std::optional<TlsSecret> last_master_;  // of the handshake before, which this one may resume
  uint16_t client_version_ = 0;
  uint16_t version_ = 0;
  bool is_tls13_ = false;
  bool encrypt_then_mac_ = false, truncated_hmac_ = false, extended_master_ = false;
  bool compressed_ = false;  // with DEFLATE (RFC 3749)
  bool offers_early_data_ = false;
  bool keeps_transcript_;
};

}  // namespace parlance
