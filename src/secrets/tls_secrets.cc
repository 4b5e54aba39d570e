#include "secrets/tls_secrets.h"

#include <string.h>

#include <algorithm>
#include <mutex>

namespace parlance {

TlsSecret::TlsSecret(Bytes octets) : length_(static_cast<uint8_t>(std::min(octets.size(), kMost))) {
  std::copy_n(octets.begin(), length_, octets_.begin());
}

TlsSecret::~TlsSecret() { explicit_bzero(octets_.data(), octets_.size()); }

std::string TlsSecrets::key_of(TlsSecretKind kind, Bytes name) {
  std::string key(1, static_cast<char>(kind));
  return key.append(as_text(name));
}

void TlsSecrets::add(TlsSecretKind kind, Bytes name, Bytes octets) {
  const std::unique_lock lock(mutex_);
  if (kind == TlsSecretKind::premaster || kind == TlsSecretKind::encrypted_premaster) {
    has_premaster_ = true;
  }
  if (secrets_.try_emplace(key_of(kind, name), octets).second) ++revision_;
}

std::optional<TlsSecret> TlsSecrets::find(TlsSecretKind kind, Bytes name) const {
  if (revision() == 0) return std::nullopt;
  const std::shared_lock lock(mutex_);
  const auto found = secrets_.find(key_of(kind, name));
  if (found == secrets_.end()) return std::nullopt;
  return found->second;
}

const TlsSecrets& no_secrets() {
  static const TlsSecrets kNone;
  return kNone;
}

}  // namespace parlance
