// Opens the protected records of one direction of TLS, SSL 3.0 to TLS 1.3.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "protocols/support/tls_cipher_suites.h"

namespace parlance {

constexpr size_t kTlsRecordHeaderOctets = 5;

/// What protects one direction up to TLS 1.2 (RFC 5246 section 6.3).
struct TlsDirectionKeys {
  std::vector<uint8_t> mac_key, key, iv;  ///< empty where the suite has none
};

struct OpenedRecord {
  uint8_t type = 0;  ///< of the content: in TLS 1.3 the one that was hidden
  Bytes content;     ///< may be empty; valid as long as the body, until the opener opens another
};

/// One direction with one set of keys. A record has to be opened in its place: its number, from 0
/// for the first one with these keys, is protected with it.
class TlsRecordOpener {
 public:
  virtual ~TlsRecordOpener() = default;

  /// The record with this header and body, as the next one. Nothing if it does not verify; then
  /// everything is as before, and it may be tried again after skip(), or be given to lose_record().
  std::optional<OpenedRecord> open(Bytes header, Bytes body);

  /// The same after a gap: as the next one or one of the `records_at_most` after it.
  std::optional<OpenedRecord> open_after_gap(Bytes header, Bytes body, uint64_t records_at_most);

  /// Records that were not seen at all.
  void skip(uint64_t records) { number_ += records; }
  /// Goes past a record that was seen and is not opened.
  void lose_record(Bytes body);
  /// The number of the next record.
  uint64_t number() const { return number_; }

  /// False if nothing can be opened after records that were not seen: RC4 goes on where it was. Up
  /// to TLS 1.0 blocks are chained over records: then the first one after a gap cannot be opened,
  /// whatever its number; lose_record() of it makes the next ones possible.
  virtual bool survives_gap() const { return true; }

  /// The keys after a KeyUpdate (RFC 8446 section 7.2); numbers begin again. False before TLS 1.3.
  virtual bool update() { return false; }

 protected:
  virtual std::optional<OpenedRecord> open_as(uint64_t number, Bytes header, Bytes body) = 0;
  virtual void pass_over(Bytes /*body*/) {}
  void restart() { number_ = 0; }

 private:
  uint64_t number_ = 0;
};

/// `version` is what the hello messages agreed on: 0x0304, or a draft's (0x7f00 and its number).
/// Drafts 18 to 28 are known: up to 24 the header is not authenticated, up to 19 labels have a
/// prefix of their own; earlier ones, whose secrets were of another kind, are not. nullptr if the
/// suite or the version is not of TLS 1.3, or the secret has the wrong length.
std::unique_ptr<TlsRecordOpener> make_tls13_opener(const TlsCipherSuite& suite,
                                                   Bytes traffic_secret, uint16_t version = 0x0304);

struct Tls12Options {
  bool encrypt_then_mac = false;  ///< RFC 7366; without meaning unless the suite has blocks
  bool truncated_hmac = false;    ///< RFC 6066 section 7
};
/// `version` is 0x0300 (SSL 3.0) to 0x0303 (TLS 1.2). nullptr if keys or version do not fit the
/// suite, or libcrypto has no such cipher here (the legacy ones may be missing).
std::unique_ptr<TlsRecordOpener> make_tls12_opener(const TlsCipherSuite& suite, uint16_t version,
                                                   const TlsDirectionKeys& keys,
                                                   const Tls12Options& options = {});

}  // namespace parlance
