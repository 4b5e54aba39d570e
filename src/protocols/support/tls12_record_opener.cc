// Records of SSL 3.0 (RFC 6101 section 5.2.3) and TLS 1.0 to 1.2 (RFC 5246 section 6.2.3).
#include <algorithm>
#include <climits>

#include "base/memory.h"
#include "protocols/support/tls_nonce.h"
#include "protocols/support/tls_record_mac.h"
#include "protocols/support/tls_record_opener.h"

namespace parlance {
namespace {

constexpr uint16_t kSsl3 = 0x0300, kTls10 = 0x0301, kTls12 = 0x0303;
constexpr size_t kContextOctets = 1024;  // about: libcrypto's, the key worked in

// ---- AEAD (RFC 5246 section 6.2.3.3, RFC 7905)

class AeadRecordOpener : public TlsRecordOpener {
 public:
  AeadRecordOpener(const TlsCipherSuite& suite, const TlsDirectionKeys& keys)
      : aead_(suite.aead, keys.key),
        tag_octets_(aead_tag_octets(suite.aead)),
        explicit_octets_(suite.record_iv_octets) {
    std::copy(keys.iv.begin(), keys.iv.end(), iv_.begin());
  }
  bool usable() const { return aead_.usable(); }

 protected:
  std::optional<OpenedRecord> open_as(uint64_t number, Bytes header, Bytes body) override {
    if (body.size() < explicit_octets_ + tag_octets_) return std::nullopt;
    const Bytes sealed = body.subspan(explicit_octets_);
    const size_t length = sealed.size() - tag_octets_;
    const AeadNonce nonce = explicit_octets_ > 0 ? with_explicit(body) : nonce_of(iv_, number);
    std::array<uint8_t, 13> authenticated;
    const auto number_octets = octets_of(number);
    const auto end = std::copy(number_octets.begin(), number_octets.end(), authenticated.begin());
    std::copy_n(header.begin(), 3, end);
    authenticated[11] = static_cast<uint8_t>(length >> 8);
    authenticated[12] = static_cast<uint8_t>(length);
    if (!aead_.open(nonce, authenticated, sealed, plain_)) return std::nullopt;
    return OpenedRecord{header[0], plain_};
  }

 private:
  AeadNonce with_explicit(Bytes body) const {
    AeadNonce nonce = iv_;
    std::copy_n(body.begin(), explicit_octets_, nonce.end() - static_cast<int>(explicit_octets_));
    return nonce;
  }

  Aead aead_;
  size_t tag_octets_, explicit_octets_;
  AeadNonce iv_{};  // an explicit part is put over its end
  std::vector<uint8_t> plain_;
};

// ---- no cipher, or RC4 (RFC 5246 section 6.2.3.1)

class BareRecordOpener : public TlsRecordOpener {
 public:
  explicit BareRecordOpener(TlsRecordMac mac) : mac_(std::move(mac)) {}

 protected:
  std::optional<OpenedRecord> open_as(uint64_t number, Bytes header, Bytes body) override {
    if (body.size() < mac_.octets()) return std::nullopt;
    const Bytes content = body.first(body.size() - mac_.octets());
    if (!mac_.verifies(number, header, content, body.last(mac_.octets()))) return std::nullopt;
    return OpenedRecord{header[0], content};
  }

 private:
  TlsRecordMac mac_;
};

class StreamRecordOpener : public BareRecordOpener {
 public:
  StreamRecordOpener(const TlsCipherSuite& suite, Bytes key, TlsRecordMac mac)
      : BareRecordOpener(std::move(mac)),
        context_(EVP_CIPHER_CTX_new()),
        trial_(EVP_CIPHER_CTX_new()) {
    const EVP_CIPHER* const cipher = cipher_named(suite.cipher, suite.shelf);
    usable_ = context_ && trial_ && cipher != nullptr &&
              EVP_DecryptInit_ex2(context_.get(), cipher, key.data(), nullptr, nullptr) == 1;
  }
  bool usable() const { return usable_; }
  bool survives_gap() const override { return false; }

 protected:
  /// With a copy of the cipher, which takes the place of the cipher if the record was good.
  std::optional<OpenedRecord> open_as(uint64_t number, Bytes header, Bytes body) override {
    if (!decrypt(body)) return std::nullopt;
    const auto record = BareRecordOpener::open_as(number, header, plain_);
    if (record) std::swap(context_, trial_);
    return record;
  }
  void pass_over(Bytes body) override {
    if (decrypt(body)) std::swap(context_, trial_);
  }

 private:
  bool decrypt(Bytes body) {
    plain_.resize(body.size());
    int length = 0;
    return EVP_CIPHER_CTX_copy(trial_.get(), context_.get()) == 1 && body.size() <= INT_MAX &&
           EVP_DecryptUpdate(trial_.get(), plain_.data(), &length, body.data(),
                             static_cast<int>(body.size())) == 1;
  }

  CipherContext context_, trial_;
  MemoryCharge charge_{2 * kContextOctets};
  bool usable_;
  std::vector<uint8_t> plain_;
};

// ---- blocks (RFC 5246 section 6.2.3.2, RFC 7366)

class BlocksRecordOpener : public TlsRecordOpener {
 public:
  BlocksRecordOpener(const TlsCipherSuite& suite, uint16_t version, const TlsDirectionKeys& keys,
                     TlsRecordMac mac, bool encrypt_then_mac)
      : context_(EVP_CIPHER_CTX_new()),
        block_octets_(suite.record_iv_octets),
        chained_(version <= kTls10),
        ssl3_(version == kSsl3),
        encrypt_then_mac_(encrypt_then_mac),
        chain_(keys.iv),
        mac_(std::move(mac)) {
    const EVP_CIPHER* const cipher = cipher_named(suite.cipher, suite.shelf);
    usable_ = context_ && cipher != nullptr &&
              EVP_DecryptInit_ex2(context_.get(), cipher, keys.key.data(), nullptr, nullptr) == 1 &&
              EVP_CIPHER_CTX_set_padding(context_.get(), 0) == 1;
  }
  bool usable() const { return usable_; }

 protected:
  std::optional<OpenedRecord> open_as(uint64_t number, Bytes header, Bytes body) override {
    const auto content = encrypt_then_mac_ ? open_mac_outside(number, header, body)
                                           : open_mac_inside(number, header, body);
    if (!content) return std::nullopt;
    remember_end(body);
    return OpenedRecord{header[0], *content};
  }
  void pass_over(Bytes body) override { remember_end(body); }

 private:
  std::optional<Bytes> open_mac_inside(uint64_t number, Bytes header, Bytes body) {
    const auto text = decrypt(body);
    if (!text || text->size() < mac_.octets()) return std::nullopt;
    const Bytes content = text->first(text->size() - mac_.octets());
    if (!mac_.verifies(number, header, content, text->last(mac_.octets()))) return std::nullopt;
    return content;
  }

  std::optional<Bytes> open_mac_outside(uint64_t number, Bytes header, Bytes body) {
    if (body.size() < mac_.octets()) return std::nullopt;
    const Bytes blocks = body.first(body.size() - mac_.octets());
    if (!mac_.verifies(number, header, blocks, body.last(mac_.octets()))) return std::nullopt;
    return decrypt(blocks);
  }

  /// Without IV and padding.
  std::optional<Bytes> decrypt(Bytes blocks) {
    const size_t iv_octets = chained_ ? 0 : block_octets_;
    if (blocks.size() < iv_octets + block_octets_ || blocks.size() % block_octets_ != 0) {
      return std::nullopt;
    }
    const Bytes iv = chained_ ? Bytes(chain_) : blocks.first(iv_octets);
    const Bytes text = blocks.subspan(iv_octets);
    plain_.resize(text.size());
    int length = 0;
    if (EVP_DecryptInit_ex2(context_.get(), nullptr, nullptr, iv.data(), nullptr) != 1 ||
        EVP_DecryptUpdate(context_.get(), plain_.data(), &length, text.data(),
                          static_cast<int>(text.size())) != 1) {
      return std::nullopt;
    }
    return without_padding(plain_);
  }

  /// The last octet says how many come before it; in TLS each of them says the same, in SSL 3.0
  /// they may be anything but fill less than a block.
  std::optional<Bytes> without_padding(Bytes text) const {
    const uint8_t count = text.back();
    if (count >= text.size() || (ssl3_ && count >= block_octets_)) return std::nullopt;
    const Bytes padding = text.last(count);
    const bool good =
        ssl3_ || std::ranges::all_of(padding, [&](uint8_t octet) { return octet == count; });
    if (!good) return std::nullopt;
    return text.first(text.size() - count - 1U);
  }

  void remember_end(Bytes body) {
    if (encrypt_then_mac_) body = body.first(body.size() - std::min(body.size(), mac_.octets()));
    if (!chained_ || body.size() < block_octets_) return;
    const Bytes end = body.last(block_octets_);
    chain_.assign(end.begin(), end.end());
  }

  CipherContext context_;
  MemoryCharge charge_{kContextOctets};
  size_t block_octets_;
  bool chained_, ssl3_, encrypt_then_mac_, usable_;
  std::vector<uint8_t> chain_;  // the block before the next record
  TlsRecordMac mac_;
  std::vector<uint8_t> plain_;
};

template <class Opener>
std::unique_ptr<TlsRecordOpener> if_usable(std::unique_ptr<Opener> opener) {
  if (!opener->usable()) return nullptr;
  return opener;
}

bool fit(const TlsCipherSuite& suite, uint16_t version, const TlsDirectionKeys& keys) {
  const bool aead = suite.protection == TlsProtection::aead;
  const bool no_iv = suite.protection == TlsProtection::blocks && version > kTls10;
  return !suite.is_tls13() && version >= (aead ? kTls12 : kSsl3) && version <= kTls12 &&
         keys.key.size() == suite.key_octets && keys.mac_key.size() == suite.mac_octets &&
         (no_iv || keys.iv.size() == suite.fixed_iv_octets);
}

}  // namespace

std::unique_ptr<TlsRecordOpener> make_tls12_opener(const TlsCipherSuite& suite, uint16_t version,
                                                   const TlsDirectionKeys& keys,
                                                   const Tls12Options& options) {
  constexpr size_t kTruncated = 10;
  if (!fit(suite, version, keys)) return nullptr;
  if (suite.protection == TlsProtection::aead) {
    return if_usable(std::make_unique<AeadRecordOpener>(suite, keys));
  }
  TlsRecordMac mac(suite.mac, keys.mac_key, version == kSsl3,
                   options.truncated_hmac ? kTruncated : suite.mac_octets);
  if (!mac.usable()) return nullptr;
  switch (suite.protection) {
    case TlsProtection::stream:
      return if_usable(std::make_unique<StreamRecordOpener>(suite, keys.key, std::move(mac)));
    case TlsProtection::blocks:
      return if_usable(std::make_unique<BlocksRecordOpener>(suite, version, keys, std::move(mac),
                                                            options.encrypt_then_mac));
    default:
      return std::make_unique<BareRecordOpener>(std::move(mac));
  }
}

}  // namespace parlance
