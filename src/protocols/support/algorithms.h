// Algorithms of libcrypto by name, looked up once a thread: a look-up costs more than to open a
// small record.
#pragma once

#include <memory>

#include <openssl/evp.h>

namespace parlance {

/// Where libcrypto keeps an algorithm. RC4, DES, IDEA and SEED are in a module of their own, which
/// a machine may lack; it is loaded when the first of them is asked for. A name stands on one
/// shelf.
enum class Shelf { usual, legacy };

/// nullptr if libcrypto has no such cipher here. Of this thread, and kept until it ends.
const EVP_CIPHER* cipher_named(const char* name, Shelf shelf = Shelf::usual);
/// nullptr if libcrypto has no such digest here. Of this thread, and kept until it ends.
const EVP_MD* digest_named(const char* name);

struct CipherContextDeleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, CipherContextDeleter>;

}  // namespace parlance
