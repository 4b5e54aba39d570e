#include "base/keyed_hash.h"

#include <sys/random.h>

namespace parlance {

HashSecret KeyedHash::random_secret() {
  HashSecret secret;
  // Without randomness (a kernel too early in its start) tables still work, only predictably.
  return getentropy(secret.data(), sizeof secret) == 0 ? secret : kKnownSecret;
}

}  // namespace parlance
