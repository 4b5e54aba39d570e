// The hello messages of TLS, DTLS and QUIC, read from whole handshake messages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/bytes.h"

namespace parlance {

/// Handshake message types (RFC 8446 section 4, RFC 5246 section 7.4).
namespace tls_handshake {
constexpr uint8_t kHelloRequest = 0, kClientHello = 1, kServerHello = 2, kHelloVerifyRequest = 3,
                  kEncryptedExtensions = 8, kCertificate = 11, kServerHelloDone = 14,
                  kClientKeyExchange = 16, kKeyUpdate = 24;
}

/// The outer encrypted_client_hello extension (RFC 9849 section 5). Browsers send one of random octets
/// where they have no key of the server's (section 6.2, GREASE): the two look the same.
struct EncryptedHello {
  uint16_t kdf = 0;         ///< HPKE KDF (RFC 9180 section 7.2)
  uint16_t aead = 0;        ///< HPKE AEAD (RFC 9180 section 7.3)
  uint8_t config_id = 0;    ///< which of the server's keys
  size_t enc_octets = 0;    ///< of the encapsulated key; 0 after a HelloRetryRequest
  size_t payload_octets = 0;
};

/// What a client offers. Views are of the message given to the reader.
struct ClientHello {
  uint16_t legacy_version = 0;
  Bytes random;  ///< 32 octets, by which key logs name a connection
  Bytes session_id;
  std::vector<uint16_t> ciphers;     ///< as sent, GREASE included
  std::vector<uint16_t> extensions;  ///< as sent, GREASE included
  std::vector<uint16_t> versions;    ///< supported_versions
  std::vector<uint16_t> signature_algorithms;
  std::string server_name;        ///< lower case, without a final dot; empty if there is none
  std::vector<std::string> alpn;  ///< octets as sent, GREASE left out
  std::string first_alpn;         ///< the first entry that was sent (JA4 wants it)
  std::optional<EncryptedHello> encrypted_hello;  ///< exact to its last octet, or nothing
  bool encrypted_name = false;  ///< the draft before it (encrypted_server_name), never GREASE
  bool early_data = false;
  bool psk = false;  ///< pre_shared_key: a TLS 1.3 session is offered to be resumed
  std::vector<uint16_t> srtp_profiles;  ///< use_srtp (RFC 5764): DTLS is to agree on keys of SRTP
};

/// What a server chose.
struct ServerHello {
  uint16_t version = 0;  ///< supported_versions' if there, else the message's
  uint16_t cipher = 0;
  Bytes random;              ///< 32 octets
  Bytes session_id;
  uint8_t compression = 0;   ///< RFC 3749; 0: none
  std::string alpn;    ///< empty if there is none (TLS 1.3 encrypts it)
  bool psk = false;    ///< pre_shared_key: a TLS 1.3 session is resumed
  bool retry = false;  ///< it is a HelloRetryRequest
  bool extended_master_secret = false;  ///< RFC 7627
  bool encrypt_then_mac = false;        ///< RFC 7366
  bool truncated_hmac = false;          ///< RFC 6066 section 7
  std::optional<uint16_t> srtp_profile;  ///< use_srtp (RFC 5764)
};

/// A ClientHello's body, exact to its last octet, or nothing. DTLS has a cookie in it.
std::optional<ClientHello> read_client_hello(Bytes body, bool datagram = false);

/// The hello of SSL 2 in which SSL 3 or later is offered (RFC 5246 appendix E.2).
struct Ssl2ClientHello {
  uint16_t version = 0;
  Bytes challenge;  ///< 16 to 32 octets, the end of the client's random; of what was read
};
/// Reads one, with the two octets of its length before it. Nothing if it is none; if the reader is then not
/// ok, it may be one that is not whole yet.
std::optional<Ssl2ClientHello> read_ssl2_client_hello(ByteReader& reader);

/// What a TLS 1.3 server says behind its hello, encrypted (RFC 8446 section 4.3.1).
struct EncryptedExtensions {
  std::string alpn;         ///< empty if there is none
  bool early_data = false;  ///< it is accepted
};
std::optional<EncryptedExtensions> read_encrypted_extensions(Bytes body);

/// The server's own certificate, in DER, of a Certificate message: the first one (RFC 5246 section
/// 7.4.2). In TLS 1.3 a context stands before the list (RFC 8446 section 4.4.2). Empty if there is none
/// or lengths do not agree.
Bytes leaf_certificate(Bytes body, bool is_tls13);

/// The version, or draft, is one of TLS 1.3.
bool is_tls13(uint16_t version);

/// A ServerHello's body, exact to its last octet, or nothing.
std::optional<ServerHello> read_server_hello(Bytes body);

/// RFC 8701: values that clients send so that servers learn to ignore the unknown.
inline bool is_grease(uint16_t value) {
  return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

/// True if the name of the server stands in the encrypted part of the hello: what `server_name` says is
/// then only where that part is opened (RFC 9849 section 1), or nothing.
bool hides_server_name(const ClientHello& hello);

/// True for a name that stands in hellos instead of the one they hide (support/ech_public_names.cc).
bool is_ech_public_name(std::string_view name);

/// Writes four hexadecimal digits to `to`; returns the place behind them.
inline char* write_hex_of_16_bits(uint16_t value, char* to) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (const int shift : {12, 8, 4, 0}) *to++ = kDigits[value >> shift & 15];
  return to;
}

/// "0x1301".
std::string hex_of_16_bits(uint16_t value);

/// "TLSv1.3", "DTLSv1.2"; "0x7f1c" for what has no name.
std::string tls_version_name(uint16_t version);

/// True for versions that TLS, its drafts and DTLS use.
bool is_tls_version(uint16_t version);

/// The JA4 fingerprint of a client (FoxIO's JA4, BSD-3-Clause). `carrier` is 't', 'q' or 'd'.
std::string ja4(const ClientHello& hello, char carrier);

}  // namespace parlance
