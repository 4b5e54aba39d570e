// From a premaster or master secret to the keys of records, SSL 3.0 to TLS 1.2. The keys of TLS 1.3
// follow from its traffic secrets (hkdf.h, tls_record_opener.h).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "protocols/support/tls_cipher_suites.h"
#include "protocols/support/tls_record_opener.h"

namespace parlance {

// `version` is what the hello messages agreed on, 0x0300 to 0x0303; randoms are the 32 octets of
// the hello messages.

using TlsMasterSecret = std::array<uint8_t, 48>;
struct TlsRandoms {
  Bytes client, server;
};

/// The PRF (RFC 5246 section 5, RFC 2246 section 5): `length` octets. SSL 3.0 has none.
std::vector<uint8_t> tls_prf(uint16_t version, HashKind hash_of_tls12, Bytes secret,
                             std::string_view label, std::initializer_list<Bytes> seed,
                             size_t length);

/// RFC 5246 section 8.1, RFC 6101 section 6.1.
TlsMasterSecret master_from_premaster(uint16_t version, const TlsCipherSuite& suite,
                                      Bytes premaster, const TlsRandoms& randoms);
/// RFC 7627 section 4: where both sides sent extended_master_secret. `session_hash` is
/// handshake_hash() of everything up to and with the ClientKeyExchange. Not for SSL 3.0.
TlsMasterSecret extended_master(uint16_t version, const TlsCipherSuite& suite, Bytes premaster,
                                Bytes session_hash);

struct TlsKeys {
  TlsDirectionKeys client, server;  ///< of what the client sends, and the server
};
/// RFC 5246 section 6.3, RFC 6101 section 6.2.2.
TlsKeys tls12_keys(uint16_t version, const TlsCipherSuite& suite, const TlsMasterSecret& master,
                   const TlsRandoms& randoms);

/// Of handshake messages with their headers, as RFC 5246 section 7.4.9, RFC 2246 section 7.4.9 and
/// RFC 7627 section 3 have it. SSL 3.0 has none.
std::vector<uint8_t> handshake_hash(uint16_t version, const TlsCipherSuite& suite, Bytes messages);

}  // namespace parlance
