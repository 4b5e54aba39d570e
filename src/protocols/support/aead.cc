#include "protocols/support/aead.h"

#include <algorithm>
#include <climits>

namespace parlance {
namespace {

enum class Mode : uint8_t { gcm, ccm, poly1305 };

struct Facts {
  const char* name;    ///< nullptr: not libcrypto's, but CamelliaGcm
  const char* header;  ///< the cipher of QUIC's header protection; nullptr if QUIC has none
  size_t key_octets, tag_octets;
  Mode mode;
};

/// RFC 5116, 6655, 8439, 6209, 6367; RFC 9001 section 5.4.
const Facts& facts_of(AeadKind kind) {
  static constexpr Facts kFacts[] = {
      {"AES-128-GCM", "AES-128-ECB", 16, 16, Mode::gcm},
      {"AES-256-GCM", "AES-256-ECB", 32, 16, Mode::gcm},
      {"AES-128-CCM", "AES-128-ECB", 16, 16, Mode::ccm},
      {"AES-256-CCM", "AES-256-ECB", 32, 16, Mode::ccm},
      {"AES-128-CCM", nullptr, 16, 8, Mode::ccm},
      {"AES-256-CCM", nullptr, 32, 8, Mode::ccm},
      {"ChaCha20-Poly1305", "ChaCha20", 32, 16, Mode::poly1305},
      {"ARIA-128-GCM", nullptr, 16, 16, Mode::gcm},
      {"ARIA-256-GCM", nullptr, 32, 16, Mode::gcm},
      {nullptr, nullptr, 16, 16, Mode::gcm},
      {nullptr, nullptr, 32, 16, Mode::gcm},
  };
  return kFacts[static_cast<size_t>(kind)];
}

constexpr size_t kLargestTag = 16;

/// A context that lacks nothing but the key; nullptr if libcrypto has no such cipher.
CipherContext context_of(const Facts& facts) {
  CipherContext context(EVP_CIPHER_CTX_new());
  const EVP_CIPHER* const cipher = cipher_named(facts.name);
  // CCM works lengths in together with the key: they are told first.
  const bool good =
      context && cipher != nullptr &&
      EVP_DecryptInit_ex2(context.get(), cipher, nullptr, nullptr, nullptr) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, kAeadNonceOctets, nullptr) == 1 &&
      (facts.mode != Mode::ccm ||
       EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG,
                           static_cast<int>(facts.tag_octets), nullptr) == 1);
  return good ? std::move(context) : nullptr;
}

/// The same of header protection, whose blocks are encrypted one by one.
CipherContext header_context_of(const Facts& facts) {
  CipherContext context(EVP_CIPHER_CTX_new());
  const EVP_CIPHER* const cipher = facts.header ? cipher_named(facts.header) : nullptr;
  const bool good = context && cipher != nullptr &&
                    EVP_EncryptInit_ex2(context.get(), cipher, nullptr, nullptr, nullptr) == 1 &&
                    EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1;
  return good ? std::move(context) : nullptr;
}

}  // namespace

size_t aead_key_octets(AeadKind kind) {
  return facts_of(kind).key_octets;
}

size_t aead_tag_octets(AeadKind kind) {
  return facts_of(kind).tag_octets;
}

Aead::Aead(AeadKind kind, Bytes key) : kind_(kind) {
  const Facts& facts = facts_of(kind);
  if (facts.name != nullptr) context_ = context_of(facts);
  change_key(key);
}

void Aead::change_key(Bytes key) {
  const Facts& facts = facts_of(kind_);
  usable_ = key.size() == facts.key_octets;
  if (!usable_) return;
  if (facts.name == nullptr) {
    usable_ = camellia_.emplace(key).usable();
  } else {
    usable_ = context_ &&
              EVP_DecryptInit_ex2(context_.get(), nullptr, key.data(), nullptr, nullptr) == 1;
  }
}

bool Aead::open(Bytes nonce, Bytes associated_data, Bytes sealed, std::vector<uint8_t>& plain) {
  const size_t tag_octets = aead_tag_octets(kind_);
  const bool fits = usable_ && nonce.size() == kAeadNonceOctets && sealed.size() >= tag_octets &&
                    sealed.size() <= INT_MAX && associated_data.size() <= INT_MAX;
  plain.resize(fits ? sealed.size() - tag_octets : 0);
  uint8_t nothing = 0;  // an empty text has a place, too
  uint8_t* const place = plain.empty() ? &nothing : plain.data();
  if (fits && decrypt(nonce, associated_data, sealed.first(plain.size()), sealed.last(tag_octets),
                      place)) {
    return true;
  }
  plain.clear();
  return false;
}

bool Aead::decrypt(Bytes nonce, Bytes associated_data, Bytes text, Bytes tag, uint8_t* plain) {
  if (camellia_) return camellia_->open(nonce, associated_data, text, tag, plain);
  EVP_CIPHER_CTX* const context = context_.get();
  const auto text_octets = static_cast<int>(text.size());
  std::array<uint8_t, kLargestTag> tag_copy;  // libcrypto wants to be able to write there
  std::copy(tag.begin(), tag.end(), tag_copy.begin());
  // CCM: the length is authenticated first, the tag is checked with the text.
  const bool counted = facts_of(kind_).mode == Mode::ccm;
  int length = 0;
  const bool ready =
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                          tag_copy.data()) == 1 &&
      EVP_DecryptInit_ex2(context, nullptr, nullptr, nonce.data(), nullptr) == 1 &&
      (!counted || EVP_DecryptUpdate(context, nullptr, &length, nullptr, text_octets) == 1) &&
      (associated_data.empty() ||
       EVP_DecryptUpdate(context, nullptr, &length, associated_data.data(),
                         static_cast<int>(associated_data.size())) == 1);
  if (!ready) return false;
  if (counted) return EVP_DecryptUpdate(context, plain, &length, text.data(), text_octets) == 1;
  return (text.empty() ||
          EVP_DecryptUpdate(context, plain, &length, text.data(), text_octets) == 1) &&
         EVP_DecryptFinal_ex(context, plain + text.size(), &length) == 1;
}

HeaderProtection::HeaderProtection(AeadKind kind, Bytes key)
    : context_(header_context_of(facts_of(kind))), kind_(kind) {
  change_key(key);
}

void HeaderProtection::change_key(Bytes key) {
  usable_ = context_ && key.size() == aead_key_octets(kind_) &&
            EVP_EncryptInit_ex2(context_.get(), nullptr, key.data(), nullptr, nullptr) == 1;
}

std::optional<HeaderProtection::Mask> HeaderProtection::mask(Bytes sample) {
  if (!usable_ || sample.size() != kSampleOctets) return std::nullopt;
  const std::array<uint8_t, 5> zeroes{};
  std::array<uint8_t, kSampleOctets> block;
  int length = 0;
  EVP_CIPHER_CTX* const context = context_.get();
  const bool is_stream = kind_ == AeadKind::chacha20_poly1305;  // the sample: counter and nonce
  const bool good =
      is_stream ? EVP_EncryptInit_ex2(context, nullptr, nullptr, sample.data(), nullptr) == 1 &&
                     EVP_EncryptUpdate(context, block.data(), &length, zeroes.data(), 5) == 1
               : EVP_EncryptUpdate(context, block.data(), &length, sample.data(),
                                   static_cast<int>(kSampleOctets)) == 1;
  if (!good) return std::nullopt;
  Mask mask;
  std::copy_n(block.begin(), mask.size(), mask.begin());
  return mask;
}

}  // namespace parlance
