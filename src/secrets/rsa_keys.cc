#include "secrets/rsa_keys.h"

#include <algorithm>
#include <climits>
#include <cstdio>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/limits.h"

namespace parlance {
namespace {

constexpr size_t kFileOctets = kMebi;
constexpr const char* kAdvice = "give a file with an RSA private key in PEM or DER";

template <class T, void (*kFree)(T*)>
struct Freeing {
  void operator()(T* each) const { kFree(each); }
};
void free_bio(BIO* bio) {
  BIO_free(bio);
}
void free_octets(unsigned char* octets) {
  OPENSSL_free(octets);
}
void free_text(char* text) {
  OPENSSL_free(text);
}
using Bio = std::unique_ptr<BIO, Freeing<BIO, free_bio>>;
using Certificate = std::unique_ptr<X509, Freeing<X509, X509_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freeing<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using OwnedOctets = std::unique_ptr<unsigned char, Freeing<unsigned char, free_octets>>;
using OwnedText = std::unique_ptr<char, Freeing<char, free_text>>;

Result<std::vector<uint8_t>> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  if (!file) return failure(path, "the file of keys cannot be opened", kAdvice);
  std::vector<uint8_t> octets(kFileOctets + 1);
  octets.resize(std::fread(octets.data(), 1, octets.size(), file.get()));
  if (std::ferror(file.get()) != 0)
    return failure(path, "the file of keys cannot be read", kAdvice);
  if (octets.size() > kFileOctets) return failure(path, "the file is too long for keys", kAdvice);
  return octets;
}

/// A part of a PEM file (RFC 7468), decoded.
struct PemBlock {
  std::string label;
  bool encrypted = false;
  OwnedOctets der;
  size_t octets = 0;
  Bytes bytes() const { return {der.get(), octets}; }
};

std::optional<PemBlock> next_block(BIO* bio) {
  char *label = nullptr, *header = nullptr;
  unsigned char* der = nullptr;
  long length = 0;
  if (PEM_read_bio(bio, &label, &header, &der, &length) != 1) return std::nullopt;
  const OwnedText owned_label(label), owned_header(header);
  PemBlock block{label, false, OwnedOctets(der), static_cast<size_t>(length)};
  // PKCS#8 says so in the label, PKCS#1 in a header (RFC 1421 section 4.6.1.1).
  block.encrypted = block.label.starts_with("ENCRYPTED") ||
                    std::string_view(header).find("ENCRYPTED") != std::string_view::npos;
  return block;
}

/// Before OpenSSL 3.2 what has not the form of PKCS#1 v1.5 is an error; later versions (and some
/// distributions' earlier ones) give random octets, mostly not 48, instead.
std::optional<RsaPremaster> decrypted(EVP_PKEY* key, Bytes encrypted, uint16_t client_version) {
  if (static_cast<size_t>(EVP_PKEY_get_size(key)) != encrypted.size()) return std::nullopt;
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  std::vector<uint8_t> plain(encrypted.size());
  size_t length = plain.size();
  const bool good = context && EVP_PKEY_decrypt_init(context.get()) == 1 &&
                    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
                    EVP_PKEY_decrypt(context.get(), plain.data(), &length, encrypted.data(),
                                     encrypted.size()) == 1;
  ERR_clear_error();
  RsaPremaster premaster;
  if (!good || length != premaster.octets.size()) return std::nullopt;
  std::copy_n(plain.begin(), length, premaster.octets.begin());
  const int version = plain[0] << 8 | plain[1];
  premaster.version_fits = version == client_version;
  if (!premaster.version_fits && (version < 0x0300 || version > 0x0303)) return std::nullopt;
  return premaster;
}

}  // namespace

Result<void> RsaKeys::add_file(const std::string& path) {
  const auto octets = read_file(path);
  if (!octets) return Failure(octets.error());
  const size_t before = keys_.size();
  const Bio bio(BIO_new_mem_buf(octets->data(), static_cast<int>(octets->size())));
  bool is_pem = false;
  while (const auto block = next_block(bio.get())) {
    is_pem = true;
    if (!block->label.ends_with("PRIVATE KEY")) continue;
    if (block->encrypted) {
      return failure(path, "a key is encrypted",
                     "decrypt it first: openssl rsa -in FILE -out FILE");
    }
    add_key(block->bytes());
  }
  if (!is_pem) add_key(*octets);
  ERR_clear_error();  // of the end of the file, and of what is no key
  if (keys_.size() == before) return failure(path, "there is no RSA private key in it", kAdvice);
  return {};
}

bool RsaKeys::add_key(Bytes der) {
  const uint8_t* at = der.data();
  Key key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return false;
  keys_.push_back(std::move(key));
  return true;
}

EVP_PKEY* RsaKeys::key_of(Bytes certificate) const {
  const uint8_t* at = certificate.data();
  const Certificate parsed(d2i_X509(nullptr, &at, static_cast<long>(certificate.size())));
  const EVP_PKEY* const its = parsed ? X509_get0_pubkey(parsed.get()) : nullptr;
  const auto found = std::ranges::find_if(
      keys_, [&](const Key& each) { return its != nullptr && EVP_PKEY_eq(each.get(), its) == 1; });
  ERR_clear_error();
  return found == keys_.end() ? nullptr : found->get();
}

bool RsaKeys::has_key_of(Bytes certificate) const {
  return key_of(certificate) != nullptr;
}

std::optional<RsaPremaster> RsaKeys::decrypt_premaster(Bytes encrypted, uint16_t client_version,
                                                       Bytes certificate) const {
  if (!certificate.empty()) {
    EVP_PKEY* const key = key_of(certificate);
    return key == nullptr ? std::nullopt : decrypted(key, encrypted, client_version);
  }
  std::optional<RsaPremaster> best;
  for (const Key& key : keys_) {
    const auto premaster = decrypted(key.get(), encrypted, client_version);
    if (premaster && (premaster->version_fits || !best)) best = premaster;
    if (best && best->version_fits) break;
  }
  return best;
}

}  // namespace parlance
