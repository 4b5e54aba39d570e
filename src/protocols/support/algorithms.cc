#include "protocols/support/algorithms.h"

#include <string_view>
#include <vector>

#include <openssl/err.h>
#include <openssl/provider.h>

namespace parlance {
namespace {

/// What was looked up by name, found or not. Names are literals.
template <class Algorithm, void (*kFree)(Algorithm*)>
class Known {
 public:
  template <class Fetch>
  const Algorithm* find_or(std::string_view name, Fetch fetch) {
    for (const Entry& each : entries_) {
      if (each.name == name) return each.algorithm.get();
    }
    entries_.push_back({name, Owned(fetch())});
    ERR_clear_error();  // of what is not there
    return entries_.back().algorithm.get();
  }

 private:
  struct Deleter {
    void operator()(Algorithm* algorithm) const { kFree(algorithm); }
  };
  using Owned = std::unique_ptr<Algorithm, Deleter>;
  struct Entry {
    std::string_view name;
    Owned algorithm;
  };
  std::vector<Entry> entries_;
};

/// A library context of its own: to load a module into the usual one would end its loading the
/// default provider by itself. nullptr if the machine has no such module.
OSSL_LIB_CTX* legacy_library() {
  static OSSL_LIB_CTX* const kLibrary = [] {
    OSSL_LIB_CTX* const library = OSSL_LIB_CTX_new();
    if (library == nullptr || OSSL_PROVIDER_load(library, "legacy") != nullptr) return library;
    OSSL_LIB_CTX_free(library);
    return static_cast<OSSL_LIB_CTX*>(nullptr);
  }();
  return kLibrary;
}

EVP_CIPHER* fetch_cipher(const char* name, Shelf shelf) {
  if (shelf == Shelf::usual) return EVP_CIPHER_fetch(nullptr, name, nullptr);
  OSSL_LIB_CTX* const library = legacy_library();
  return library == nullptr ? nullptr : EVP_CIPHER_fetch(library, name, nullptr);
}

}  // namespace

const EVP_CIPHER* cipher_named(const char* name, Shelf shelf) {
  thread_local Known<EVP_CIPHER, EVP_CIPHER_free> known;
  return known.find_or(name, [&] { return fetch_cipher(name, shelf); });
}

const EVP_MD* digest_named(const char* name) {
  thread_local Known<EVP_MD, EVP_MD_free> known;
  return known.find_or(name, [&] { return EVP_MD_fetch(nullptr, name, nullptr); });
}

}  // namespace parlance
