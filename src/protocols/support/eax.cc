#include "protocols/support/eax.h"

#include <algorithm>
#include <memory>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "protocols/support/algorithms.h"

namespace parlance {
namespace {

constexpr size_t kBlockOctets = 16;
using Block = std::array<uint8_t, kBlockOctets>;

struct MacDeleter {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

/// OMAC with a tweak: CMAC of a block that ends in `tweak`, and then `message`.
class Omac {
 public:
  explicit Omac(Bytes key) : key_(key), mac_(EVP_MAC_fetch(nullptr, "CMAC", nullptr)) {}

  std::optional<Block> of(uint8_t tweak, Bytes message) const {
    if (!mac_) return std::nullopt;
    const std::unique_ptr<EVP_MAC_CTX, MacDeleter> context(EVP_MAC_CTX_new(mac_.get()));
    char cipher[] = "AES-128-CBC";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher, 0),
        OSSL_PARAM_construct_end()};
    Block first{};
    first.back() = tweak;
    Block result;
    size_t length = 0;
    const bool done = context &&
                      EVP_MAC_init(context.get(), key_.data(), key_.size(), parameters) == 1 &&
                      EVP_MAC_update(context.get(), first.data(), first.size()) == 1 &&
                      EVP_MAC_update(context.get(), message.data(), message.size()) == 1 &&
                      EVP_MAC_final(context.get(), result.data(), &length, result.size()) == 1;
    if (!done || length != result.size()) return std::nullopt;
    return result;
  }

 private:
  Bytes key_;
  std::unique_ptr<EVP_MAC, MacDeleter> mac_;
};

bool count_on(Bytes key, const Block& counter, Bytes sealed, std::vector<uint8_t>& plain) {
  const CipherContext context(EVP_CIPHER_CTX_new());
  const EVP_CIPHER* const cipher = cipher_named("AES-128-CTR");
  plain.resize(sealed.size());
  int made = 0;
  return context && cipher != nullptr &&
         EVP_DecryptInit_ex2(context.get(), cipher, key.data(), counter.data(), nullptr) == 1 &&
         (sealed.empty() || EVP_DecryptUpdate(context.get(), plain.data(), &made, sealed.data(),
                                              static_cast<int>(sealed.size())) == 1);
}

}  // namespace

std::optional<std::vector<uint8_t>> open_eax(Bytes key, Bytes nonce, Bytes associated_data,
                                             Bytes sealed, Bytes tag) {
  if (key.size() != kEaxKeyOctets || tag.empty() || tag.size() > kEaxTagOctets) return std::nullopt;
  const Omac omac(key);
  const auto of_nonce = omac.of(0, nonce), of_data = omac.of(1, associated_data),
             of_text = omac.of(2, sealed);
  if (!of_nonce || !of_data || !of_text) return std::nullopt;
  Block whole;
  for (size_t i = 0; i < kBlockOctets; ++i)
    whole[i] = (*of_nonce)[i] ^ (*of_data)[i] ^ (*of_text)[i];
  if (CRYPTO_memcmp(whole.data(), tag.data(), tag.size()) != 0) return std::nullopt;
  std::vector<uint8_t> plain;
  if (!count_on(key, *of_nonce, sealed, plain)) return std::nullopt;
  return plain;
}

}  // namespace parlance
