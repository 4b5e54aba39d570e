#include "support/tls_connections.h"

#include "protocols/support/hkdf.h"
#include "protocols/support/tls_nonce.h"
#include "support/recording_findings.h"
#include "support/tls_samples.h"

namespace parlance::test {
namespace {

constexpr uint8_t kHandshake = 22;

std::string be(uint64_t value, int octets) {
  std::string text;
  for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8)
    text += static_cast<char>(value >> shift & 0xff);
  return text;
}

std::string hello_message(const std::string& random, bool early_data) {
  const std::string extensions =
      hex("002b 0005 04 0304 0303") + (early_data ? hex("002a 0000") : "");
  return handshake_message(1, hex("0303") + random + hex("00 0004 1301 c02f 01 00") +
                                  be(extensions.size(), 2) + extensions);
}

AeadNonce nonce(const Octets& iv, uint64_t number) {
  AeadNonce start{};
  std::copy(iv.begin(), iv.end(), start.begin());
  return nonce_of(start, number);
}

std::string text(const Octets& octets) {
  return std::string(as_text(octets));
}

}  // namespace

std::string client_hello_record(bool early_data) {
  return tls_record(kHandshake, hello_message(kClientRandom, early_data));
}

// ---- TLS 1.3

std::string Tls13Connection::server_hello(bool psk) {
  const std::string extensions = hex("002b 0002 0304") + (psk ? hex("0029 0002 0000") : "");
  return tls_record(kHandshake,
                    handshake_message(2, hex("0303") + kServerRandom + hex("00 1301 00") +
                                             be(extensions.size(), 2) + extensions));
}

std::string Tls13Connection::retry_request() {
  return tls_record(kHandshake, handshake_message(2, hex("0303 cf21ad74e59a6111be1d8c021e65b891"
                                                         "c2a211167abb8c5e079e09e2c8a8339c"
                                                         "00 1301 00 0006 002b 0002 0304")));
}

Tls13Connection::Keys& Tls13Connection::keys(Kind kind) {
  Keys& of = keys_.at(static_cast<size_t>(kind));
  if (of.secret.empty()) of.secret = pattern(32, static_cast<uint32_t>(kind) + 100);
  return of;
}

std::string Tls13Connection::seal(Kind secret, uint8_t type, const std::string& content) {
  Keys& with = keys(secret);
  const Octets key = hkdf_expand_label(HashKind::sha256, with.secret, "key", {}, 16);
  const Octets iv = hkdf_expand_label(HashKind::sha256, with.secret, "iv", {}, 12);
  const std::string inner = content + static_cast<char>(type);
  const std::string header = hex("17 0303") + be(inner.size() + 16, 2);
  return header + text(test::seal(AeadKind::aes_128_gcm, key, nonce(iv, with.number++),
                                  as_bytes(header), as_bytes(inner)));
}

std::string Tls13Connection::handshake(Kind secret, uint8_t type, const std::string& body) {
  return seal(secret, kHandshake, handshake_message(type, body));
}

std::string Tls13Connection::key_update(Kind secret) {
  const std::string record = handshake(secret, 24, hex("00"));
  Keys& of = keys(secret);
  of = {hkdf_expand_label(HashKind::sha256, of.secret, "traffic upd", {}, 32), 0};
  return record;
}

std::string Tls13Connection::server_flight(bool accepts_early_data) {
  const std::string extensions = accepts_early_data ? hex("0004 002a 0000") : hex("0000");
  const std::string first = handshake(Kind::server_handshake, 8, extensions);
  return first + handshake(Kind::server_handshake, 20, std::string(32, 'f'));
}

std::string Tls13Connection::client_finished() {
  return handshake(Kind::client_handshake, 20, std::string(32, 'F'));
}

void Tls13Connection::tell(TlsSecrets& secrets, Kind kind) const {
  secrets.add(kind, as_bytes(kClientRandom), pattern(32, static_cast<uint32_t>(kind) + 100));
}

void Tls13Connection::tell_all(TlsSecrets& secrets) const {
  for (const Kind each : {Kind::client_early, Kind::client_handshake, Kind::server_handshake,
                          Kind::client_application, Kind::server_application}) {
    tell(secrets, each);
  }
}

// ---- TLS 1.2

Tls12Connection::Tls12Connection(char seed)
    : client_random_(32, seed), server_random_(32, static_cast<char>(seed + 1)) {
  master_.fill(static_cast<uint8_t>(seed));
  keys_ = tls12_keys(0x0303, *tls_cipher_suite(0xc02f), master_,
                     {as_bytes(client_random_), as_bytes(server_random_)});
}

std::string Tls12Connection::client_hello_message() const {
  return hello_message(client_random_, false);
}

std::string Tls12Connection::server_hello_message() const {
  return handshake_message(2, hex("0303") + server_random_ + hex("00 c02f 00"));
}

std::string Tls12Connection::server_flight() const {
  return server_hello_message() + handshake_message(14, "");
}

std::string Tls12Connection::seal(Direction direction, uint8_t type, const std::string& content) {
  const TlsDirectionKeys& with = direction == Direction::to_server ? keys_.client : keys_.server;
  const std::string number = be(numbers_.at(index(direction))++, 8);
  const std::string start = static_cast<char>(type) + hex("0303");
  const std::string authenticated = number + start + be(content.size(), 2);
  const Octets full_nonce = joined({with.iv, as_bytes(number)});
  return start + be(content.size() + 24, 2) + number +
         text(test::seal(AeadKind::aes_128_gcm, with.key, full_nonce, as_bytes(authenticated),
                         as_bytes(content)));
}

void Tls12Connection::tell(TlsSecrets& secrets) const {
  secrets.add(TlsSecretKind::master, as_bytes(client_random_), master_);
}

}  // namespace parlance::test
