#include "protocols/support/crypto.h"

#include <openssl/crypto.h>

namespace parlance {

/// Left out: the tables of the names of all ciphers and digests (ours are asked for by their own
/// functions), texts of errors, the configuration of the machine (what a label says does not depend
/// on it), and tidying up at the end.
void start_crypto() {
  constexpr uint64_t kNothingMore =
      OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS |
      OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT;
  OPENSSL_init_crypto(kNothingMore, nullptr);
}

}  // namespace parlance
