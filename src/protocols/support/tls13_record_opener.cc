// Records of TLS 1.3 (RFC 8446 section 5.2).
#include <algorithm>

#include "protocols/support/hkdf.h"
#include "protocols/support/tls_nonce.h"
#include "protocols/support/tls_record_opener.h"

namespace parlance {
namespace {

constexpr uint8_t kApplicationData = 23;  // what every protected record says it is

/// How drafts differ from the RFC.
struct Dialect {
  std::string_view label_prefix = kTls13Prefix;
  std::string_view update_label = "traffic upd";
  bool header_is_authenticated = true;
};

std::optional<Dialect> dialect_of(uint16_t version) {
  constexpr uint16_t kFinal = 0x0304, kDraft = 0x7f00;
  if (version == kFinal) return Dialect{};
  const int draft = version - kDraft;
  if (draft < 18 || draft > 28) return std::nullopt;
  Dialect dialect;
  dialect.header_is_authenticated = draft >= 25;
  if (draft < 20) {
    dialect.label_prefix = "TLS 1.3, ";
    dialect.update_label = "application traffic secret";
  }
  return dialect;
}

/// What follows from one secret.
struct Generation {
  Aead aead;
  AeadNonce iv{};
};

class Tls13RecordOpener : public TlsRecordOpener {
 public:
  Tls13RecordOpener(const TlsCipherSuite& suite, Bytes secret, const Dialect& dialect)
      : suite_(suite),
        dialect_(dialect),
        secret_(secret.begin(), secret.end()),
        keys_(generation()) {}
  bool usable() const { return keys_.aead.usable(); }

  bool update() override {
    secret_ = expand(dialect_.update_label, secret_.size());
    keys_ = generation();
    restart();
    return true;
  }

 protected:
  std::optional<OpenedRecord> open_as(uint64_t number, Bytes header, Bytes body) override {
    if (header[0] != kApplicationData) return std::nullopt;
    const Bytes authenticated = dialect_.header_is_authenticated ? header : Bytes();
    if (!keys_.aead.open(nonce_of(keys_.iv, number), authenticated, body, plain_)) {
      return std::nullopt;
    }
    const auto padding =
        std::find_if(plain_.rbegin(), plain_.rend(), [](uint8_t octet) { return octet != 0; });
    if (padding == plain_.rend()) return std::nullopt;  // no type: section 5.4 forbids it
    const auto content = static_cast<size_t>(plain_.rend() - padding) - 1;
    return OpenedRecord{*padding, Bytes(plain_).first(content)};
  }

 private:
  std::vector<uint8_t> expand(std::string_view label, size_t length) const {
    return hkdf_expand_label(suite_.prf, secret_, label, {}, length, dialect_.label_prefix);
  }
  /// RFC 8446 section 7.3.
  Generation generation() const {
    const auto iv = expand("iv", kAeadNonceOctets);
    Generation result{Aead(suite_.aead, expand("key", suite_.key_octets)), {}};
    std::copy(iv.begin(), iv.end(), result.iv.begin());
    return result;
  }

  TlsCipherSuite suite_;
  Dialect dialect_;
  std::vector<uint8_t> secret_;
  Generation keys_;
  std::vector<uint8_t> plain_;
};

}  // namespace

std::unique_ptr<TlsRecordOpener> make_tls13_opener(const TlsCipherSuite& suite,
                                                   Bytes traffic_secret, uint16_t version) {
  const auto dialect = dialect_of(version);
  if (!dialect || !suite.is_tls13() || traffic_secret.size() != digest_octets(suite.prf)) {
    return nullptr;
  }
  auto opener = std::make_unique<Tls13RecordOpener>(suite, traffic_secret, *dialect);
  if (!opener->usable()) return nullptr;
  return opener;
}

}  // namespace parlance
