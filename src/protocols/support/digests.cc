#include "protocols/support/digests.h"

#include <string>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "protocols/support/algorithms.h"

namespace parlance {
namespace {

constexpr struct {
  const char* name;
  size_t octets;
} kFacts[] = {{"MD5", 16}, {"SHA1", 20}, {"SHA2-256", 32}, {"SHA2-384", 48}};

template <class Context, void (*kFree)(Context*)>
struct Freeing {
  void operator()(Context* context) const { kFree(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, Freeing<EVP_MAC_CTX, EVP_MAC_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX, EVP_MD_CTX_free>>;

/// One that knows its digest: to copy it saves looking both up by name.
const EVP_MAC_CTX* hmac_without_key(HashKind kind) {
  thread_local MacContext kept[std::size(kFacts)];
  MacContext& context = kept[static_cast<size_t>(kind)];
  if (context) return context.get();
  std::unique_ptr<EVP_MAC, Freeing<EVP_MAC, EVP_MAC_free>> hmac(
      EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  if (!hmac) return nullptr;
  std::string name = kFacts[static_cast<size_t>(kind)].name;
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
      OSSL_PARAM_construct_end()};
  MacContext made(EVP_MAC_CTX_new(hmac.get()));
  if (made && EVP_MAC_CTX_set_params(made.get(), parameters) == 1) context = std::move(made);
  return context.get();
}

}  // namespace

size_t digest_octets(HashKind kind) {
  return kFacts[static_cast<size_t>(kind)].octets;
}

Digest digest_of(HashKind kind, std::initializer_list<Bytes> parts) {
  thread_local const DigestContext context(EVP_MD_CTX_new());
  const EVP_MD* const digest = digest_named(kFacts[static_cast<size_t>(kind)].name);
  Digest result;
  if (!context || digest == nullptr || EVP_DigestInit_ex2(context.get(), digest, nullptr) != 1) {
    return {};
  }
  for (const Bytes part : parts) {
    if (EVP_DigestUpdate(context.get(), part.data(), part.size()) != 1) return {};
  }
  if (EVP_DigestFinal_ex(context.get(), result.octets_.data(), nullptr) != 1) return {};
  result.size_ = digest_octets(kind);
  return result;
}

Hmac::Hmac(HashKind kind, Bytes key) {
  const EVP_MAC_CTX* const empty = hmac_without_key(kind);
  if (empty == nullptr) return;
  context_.reset(EVP_MAC_CTX_dup(empty));
  static constexpr uint8_t kNothing = 0;  // no key would mean: the one before
  const uint8_t* const place = key.empty() ? &kNothing : key.data();
  if (context_ && EVP_MAC_init(context_.get(), place, key.size(), nullptr) != 1) context_.reset();
}

Digest Hmac::of(std::initializer_list<Bytes> parts) {
  if (!context_) return {};
  for (const Bytes part : parts) {
    if (EVP_MAC_update(context_.get(), part.data(), part.size()) != 1) return {};
  }
  Digest result;
  if (EVP_MAC_final(context_.get(), result.octets_.data(), &result.size_, result.octets_.size()) !=
          1 ||
      EVP_MAC_init(context_.get(), nullptr, 0, nullptr) != 1) {  // back to the key alone
    return {};
  }
  return result;
}

}  // namespace parlance
