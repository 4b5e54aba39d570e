#include "protocols/support/tls_key_schedule.h"

#include <algorithm>

#include "base/byte_reader.h"

namespace parlance {
namespace {

constexpr uint16_t kSsl3 = 0x0300, kTls10 = 0x0301, kTls12 = 0x0303;

using Octets = std::vector<uint8_t>;

void append(Octets& to, Bytes octets) {
  to.insert(to.end(), octets.begin(), octets.end());
}

/// P_hash (RFC 5246 section 5).
Octets expanded(HashKind hash, Bytes secret, Bytes seed, size_t length) {
  Hmac hmac(hash, secret);
  Octets result;
  Digest a = hmac.of({seed});
  while (result.size() < length && a.size() > 0) {
    append(result, hmac.of({a, seed}));
    a = hmac.of({a});
  }
  result.resize(length);
  return result;
}

/// RFC 6101 sections 6.1 and 6.2.2: as much as 26 letters give.
Octets ssl3_expanded(Bytes secret, Bytes first_random, Bytes second_random, size_t length) {
  Octets result, letters;
  for (uint8_t letter = 'A'; letter <= 'Z' && result.size() < length; ++letter) {
    letters.assign(letters.size() + 1, letter);
    const Digest inner = digest_of(HashKind::sha1, {letters, secret, first_random, second_random});
    append(result, digest_of(HashKind::md5, {secret, inner}));
  }
  result.resize(length);
  return result;
}

TlsMasterSecret master_of(const Octets& octets) {
  TlsMasterSecret master;
  std::copy_n(octets.begin(), master.size(), master.begin());
  return master;
}

Octets next(ByteReader& reader, size_t count) {
  const Bytes octets = reader.bytes(count);
  return {octets.begin(), octets.end()};
}

}  // namespace

std::vector<uint8_t> tls_prf(uint16_t version, HashKind hash_of_tls12, Bytes secret,
                             std::string_view label, std::initializer_list<Bytes> seed,
                             size_t length) {
  const Bytes label_octets = as_bytes(label);
  Octets all(label_octets.begin(), label_octets.end());
  for (const Bytes part : seed) append(all, part);
  if (version >= kTls12) return expanded(hash_of_tls12, secret, all, length);
  const size_t half = (secret.size() + 1) / 2;  // both have the middle octet of an odd secret
  Octets result = expanded(HashKind::md5, secret.first(half), all, length);
  const Octets other = expanded(HashKind::sha1, secret.last(half), all, length);
  for (size_t i = 0; i < length; ++i) result[i] = static_cast<uint8_t>(result[i] ^ other[i]);
  return result;
}

TlsMasterSecret master_from_premaster(uint16_t version, const TlsCipherSuite& suite,
                                      Bytes premaster, const TlsRandoms& randoms) {
  constexpr size_t kOctets = std::tuple_size_v<TlsMasterSecret>;
  if (version == kSsl3) {
    return master_of(ssl3_expanded(premaster, randoms.client, randoms.server, kOctets));
  }
  return master_of(tls_prf(version, suite.prf, premaster, "master secret",
                           {randoms.client, randoms.server}, kOctets));
}

TlsMasterSecret extended_master(uint16_t version, const TlsCipherSuite& suite, Bytes premaster,
                                Bytes session_hash) {
  return master_of(tls_prf(version, suite.prf, premaster, "extended master secret", {session_hash},
                           std::tuple_size_v<TlsMasterSecret>));
}

TlsKeys tls12_keys(uint16_t version, const TlsCipherSuite& suite, const TlsMasterSecret& master,
                   const TlsRandoms& randoms) {
  const bool iv_in_record = suite.protection == TlsProtection::blocks && version > kTls10;
  const size_t iv_octets = iv_in_record ? 0 : suite.fixed_iv_octets;
  const size_t length = 2 * (suite.mac_octets + suite.key_octets + iv_octets);
  const Octets block = version == kSsl3
                           ? ssl3_expanded(master, randoms.server, randoms.client, length)
                           : tls_prf(version, suite.prf, master, "key expansion",
                                     {randoms.server, randoms.client}, length);
  ByteReader reader(block);
  TlsKeys keys;
  keys.client.mac_key = next(reader, suite.mac_octets);
  keys.server.mac_key = next(reader, suite.mac_octets);
  keys.client.key = next(reader, suite.key_octets);
  keys.server.key = next(reader, suite.key_octets);
  keys.client.iv = next(reader, iv_octets);
  keys.server.iv = next(reader, iv_octets);
  return keys;
}

std::vector<uint8_t> handshake_hash(uint16_t version, const TlsCipherSuite& suite, Bytes messages) {
  Octets result;
  if (version == kSsl3) return result;
  if (version >= kTls12) {
    append(result, digest_of(suite.prf, {messages}));
    return result;
  }
  append(result, digest_of(HashKind::md5, {messages}));
  append(result, digest_of(HashKind::sha1, {messages}));
  return result;
}

}  // namespace parlance
