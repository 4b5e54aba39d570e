// Secrets of TLS and QUIC connections, as key logs tell them (RFC 9850), and all others that a user gives.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "base/bytes.h"
#include "secrets/mtproxy_secrets.h"
#include "secrets/rsa_keys.h"

namespace parlance {

/// What a secret is of, and by what it is found.
enum class TlsSecretKind : uint8_t {
  // by the client's random, 32 octets:
  master,               ///< of TLS 1.2 and before: 48 octets
  premaster,            ///< likewise, of which the master secret is made
  client_early,         ///< traffic secrets of TLS 1.3 and QUIC: as long as the suite's hash
  client_handshake,
  server_handshake,
  client_application,
  server_application,
  // by something else:
  encrypted_premaster,  ///< a premaster secret, by the first 8 octets of its encrypted form
  session_master,       ///< a master secret, by the session's identifier
};

/// A secret's octets. It is wiped when it goes.
class TlsSecret {
 public:
  static constexpr size_t kMost = 64;

  TlsSecret() = default;
  /// Of at most kMost octets.
  explicit TlsSecret(Bytes octets);
  TlsSecret(const TlsSecret&) = default;
  TlsSecret& operator=(const TlsSecret&) = default;
  ~TlsSecret();

  Bytes octets() const { return Bytes(octets_).first(length_); }

 private:
  std::array<uint8_t, kMost> octets_{};
  uint8_t length_ = 0;
};

/// All secrets that a run knows. Added by who reads inputs, asked by all workers: any thread may call
/// any function at any time.
class TlsSecrets {
 public:
  /// The first secret of a kind and name stays: who writes a second line must not undo the first.
  void add(TlsSecretKind kind, Bytes name, Bytes octets);
  std::optional<TlsSecret> find(TlsSecretKind kind, Bytes name) const;

  /// Private keys of servers. They are to be added before workers ask.
  RsaKeys& rsa_keys() { return rsa_keys_; }
  const RsaKeys& rsa_keys() const { return rsa_keys_; }
  /// What opens Telegram's proxies. They open no TLS. To be added before workers ask.
  MtproxySecrets& mtproxies() { return mtproxies_; }
  const MtproxySecrets& mtproxies() const { return mtproxies_; }

  bool empty() const { return revision() == 0 && rsa_keys_.empty(); }
  /// There is any secret, or may be: a connection is worth being followed.
  bool may_open() const { return !empty() || may_grow(); }
  /// A premaster secret may be found, so the handshake's messages are needed.
  bool may_open_rsa() const { return !rsa_keys_.empty() || has_premaster_; }
  /// Grows with each secret.
  uint64_t revision() const { return revision_.load(std::memory_order_acquire); }

  /// Secrets may still come for what has been read already: a key log grows. Whoever has none for a
  /// connection may then wait a little.
  bool may_grow() const { return may_grow_.load(std::memory_order_relaxed); }
  void set_may_grow(bool may) { may_grow_.store(may, std::memory_order_relaxed); }

 private:
  static std::string key_of(TlsSecretKind kind, Bytes name);

  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, TlsSecret> secrets_;
  RsaKeys rsa_keys_;
  MtproxySecrets mtproxies_;
  std::atomic<uint64_t> revision_ = 0;
  std::atomic<bool> has_premaster_ = false;
  std::atomic<bool> may_grow_ = false;
};

/// For who has none.
const TlsSecrets& no_secrets();

}  // namespace parlance
