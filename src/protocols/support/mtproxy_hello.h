// The hellos of MTProxy's "fake TLS": those of TLS 1.3, with a proof that the secret is known where TLS has
// its random octets.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "secrets/mtproxy_secrets.h"

namespace parlance {

/// The secret, one of `secrets`, that a client shows in the hello that is this whole TLS record (its header
/// included), or nullptr: random = HMAC-SHA-256(secret, the record with zeros for random), the last four
/// octets XOR the client's time in seconds, little-endian.
const MtproxySecrets::Secret* find_mtproxy_secret(Bytes record, const MtproxySecrets& secrets);

/// Whether the server shows the same secret: random = HMAC-SHA-256(secret, the client's random, the answer
/// with zeros for random). The answer is three records: hello, change of cipher, octets of any length.
bool answers_mtproxy(Bytes answer, Bytes client_random, const MtproxySecrets::Secret& secret);

/// The random octets of a hello in a whole record; empty if it is too short.
Bytes random_of_hello_record(Bytes record);

}  // namespace parlance
