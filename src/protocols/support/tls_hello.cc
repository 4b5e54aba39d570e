#include "protocols/support/tls_hello.h"

#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "base/text.h"

namespace parlance {
namespace {

// Extensions (IANA TLS ExtensionType values).
constexpr uint16_t kServerName = 0, kTruncatedHmac = 4, kSignatureAlgorithms = 13, kUseSrtp = 14, kAlpn = 16,
                   kEncryptThenMac = 22, kExtendedMasterSecret = 23, kPreSharedKey = 41,
                   kEarlyData = 42, kSupportedVersions = 43, kEncryptedClientHello = 0xfe0d,
                   kEncryptedServerName = 0xffce;  // draft-ietf-tls-esni up to 06
constexpr size_t kRandomOctets = 32;
constexpr size_t kSessionIdAtMost = 32;
constexpr size_t kServerNameAtMost = 255;  // RFC 1035 section 2.3.4
constexpr size_t kProtocolsAtMost = 32;    // of ALPN; few offer more than three
constexpr size_t kProtocolsUsual = 2;      // of ALPN
constexpr size_t kExtensionsUsual = 24;    // of a client; a guess that saves growing

// RFC 8446 section 4.1.3: a ServerHello with this random is a HelloRetryRequest.
constexpr std::array<uint8_t, kRandomOctets> kRetryRandom = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

/// Numbers of two octets that fill `list`; false if an odd octet is left.
bool read_numbers(ByteReader list, std::vector<uint16_t>& numbers) {
  if (list.remaining() % 2 != 0) return false;
  numbers.reserve(list.remaining() / 2);
  while (!list.at_end()) numbers.push_back(list.be16());
  return true;
}

/// RFC 6066 section 3. A list with an odd shape costs the name, not the hello: some stacks send
/// one.
std::string read_server_name(ByteReader extension) {
  ByteReader list = extension.sub(extension.be16());
  const uint8_t type = list.u8();
  const Bytes name = list.bytes(list.be16());
  if (!list.ok() || !extension.ok() || type != 0 || name.size() > kServerNameAtMost) return {};
  std::string text = to_lower(as_text(name));
  if (!text.empty() && text.back() == '.') text.pop_back();
  return text;
}

/// RFC 7301 section 3.1.
std::vector<std::string> read_alpn(ByteReader extension) {
  std::vector<std::string> names;
  ByteReader list = extension.sub(extension.be16());
  if (!list.at_end()) names.reserve(kProtocolsUsual);
  while (!list.at_end() && names.size() < kProtocolsAtMost) {
    const Bytes name = list.bytes(list.u8());
    if (!list.ok()) break;
    names.emplace_back(as_text(name));
  }
  return names;
}

bool is_grease_name(const std::string& name) {
  return name.size() == 2 && is_grease(static_cast<uint16_t>(static_cast<uint8_t>(name[0]) << 8 |
                                                             static_cast<uint8_t>(name[1])));
}

/// RFC 9849 section 5: type, and of the outer one cipher suite, configuration, key and payload.
std::optional<EncryptedHello> read_encrypted_hello(ByteReader extension) {
  constexpr uint8_t kOuter = 0;
  EncryptedHello hello;
  const uint8_t type = extension.u8();
  hello.kdf = extension.be16();
  hello.aead = extension.be16();
  hello.config_id = extension.u8();
  hello.enc_octets = extension.bytes(extension.be16()).size();
  hello.payload_octets = extension.bytes(extension.be16()).size();
  const bool exact = extension.ok() && extension.at_end();
  if (!exact || type != kOuter || hello.payload_octets == 0) return std::nullopt;
  return hello;
}

void read_client_extension(uint16_t type, ByteReader body, ClientHello& hello) {
  switch (type) {
    case kServerName:
      hello.server_name = read_server_name(body);
      break;
    case kAlpn:
      hello.alpn = read_alpn(body);
      if (!hello.alpn.empty()) hello.first_alpn = hello.alpn.front();
      std::erase_if(hello.alpn, is_grease_name);
      break;
    case kSupportedVersions:
      read_numbers(body.sub(body.u8()), hello.versions);
      break;
    case kSignatureAlgorithms:
      read_numbers(body.sub(body.be16()), hello.signature_algorithms);
      break;
    case kUseSrtp:
      read_numbers(body.sub(body.be16()), hello.srtp_profiles);
      break;
    case kEarlyData:
      hello.early_data = true;
      break;
    case kPreSharedKey:
      hello.psk = true;
      break;
    case kEncryptedClientHello:
      hello.encrypted_hello = read_encrypted_hello(body);
      break;
    case kEncryptedServerName:
      hello.encrypted_name = true;
      break;
    default:
      break;
  }
}

void read_server_extension(uint16_t type, ByteReader body, ServerHello& hello) {
  if (type == kSupportedVersions && body.remaining() == 2) hello.version = body.be16();
  if (type == kPreSharedKey) hello.psk = true;
  if (type == kExtendedMasterSecret) hello.extended_master_secret = true;
  if (type == kEncryptThenMac) hello.encrypt_then_mac = true;
  if (type == kTruncatedHmac) hello.truncated_hmac = true;
  if (type == kUseSrtp && body.be16() == 2) hello.srtp_profile = body.be16();
  if (type == kAlpn) {
    const auto names = read_alpn(body);
    if (names.size() == 1) hello.alpn = names.front();
  }
}

/// Calls `read` for each extension; false if the block does not end with the message.
template <class Read>
bool read_extensions(ByteReader& reader, Read read) {
  if (reader.at_end()) return true;  // before RFC 3546 there were none
  const uint16_t length = reader.be16();
  if (length != reader.remaining()) return false;
  while (reader.ok() && !reader.at_end()) {
    const uint16_t type = reader.be16();
    const ByteReader body = reader.sub(reader.be16());
    if (!reader.ok()) return false;
    read(type, body);
  }
  return reader.ok();
}

}  // namespace

bool hides_server_name(const ClientHello& hello) {
  return hello.encrypted_name ||
         (hello.encrypted_hello && is_ech_public_name(hello.server_name));
}

bool is_tls_version(uint16_t version) {
  const bool tls = version >= 0x0300 && version <= 0x0304;
  const bool tls13_draft = version >> 8 == 0x7f || version >> 8 == 0xfb;  // drafts, Facebook's too
  const bool dtls =
      version == 0xfeff || version == 0xfefd || version == 0xfefc || version == 0x0100;
  return tls || tls13_draft || dtls;
}

std::string hex_of_16_bits(uint16_t value) {
  std::string text = "0x0000";
  write_hex_of_16_bits(value, text.data() + 2);
  return text;
}

std::string tls_version_name(uint16_t version) {
  switch (version) {
    case 0x0002:
      return "SSLv2";
    case 0x0300:
      return "SSLv3";
    case 0x0301:
      return "TLSv1.0";
    case 0x0302:
      return "TLSv1.1";
    case 0x0303:
      return "TLSv1.2";
    case 0x0304:
      return "TLSv1.3";
    case 0x0100:  // OpenSSL's before the RFC
    case 0xfeff:
      return "DTLSv1.0";
    case 0xfefd:
      return "DTLSv1.2";
    case 0xfefc:
      return "DTLSv1.3";
    default:
      return hex_of_16_bits(version);
  }
}

std::optional<ClientHello> read_client_hello(Bytes body, bool datagram) {
  ByteReader reader(body);
  ClientHello hello;
  hello.legacy_version = reader.be16();
  hello.random = reader.bytes(kRandomOctets);
  hello.session_id = reader.bytes(reader.u8());
  if (datagram) reader.skip(reader.u8());  // the cookie, RFC 6347 section 4.2.1
  const uint16_t cipher_octets = reader.be16();
  const bool has_ciphers = read_numbers(reader.sub(cipher_octets), hello.ciphers);
  const Bytes compression = reader.bytes(reader.u8());
  if (!reader.ok() || !has_ciphers || hello.ciphers.empty() || compression.empty() ||
      hello.session_id.size() > kSessionIdAtMost || !is_tls_version(hello.legacy_version)) {
    return std::nullopt;
  }
  if (!reader.at_end()) hello.extensions.reserve(kExtensionsUsual);
  const bool whole = read_extensions(reader, [&](uint16_t type, ByteReader extension) {
    hello.extensions.push_back(type);
    read_client_extension(type, extension, hello);
  });
  if (!whole) return std::nullopt;
  return hello;
}

std::optional<Ssl2ClientHello> read_ssl2_client_hello(ByteReader& reader) {
  constexpr size_t kFixed = 9;  // type, version, three lengths
  const size_t length = reader.be16() & 0x7fffU;
  ByteReader message = reader.sub(kFixed);
  const uint8_t type = message.u8();
  const uint16_t version = message.be16();
  const size_t ciphers = message.be16(), session = message.be16(), challenge = message.be16();
  if (!reader.ok()) return std::nullopt;
  const bool is_hello = type == tls_handshake::kClientHello && (version == 2 || version >> 8 == 3);
  const bool is_exact = length == kFixed + ciphers + session + challenge;
  if (!is_hello || !is_exact || ciphers == 0 || ciphers % 3 != 0 || (session != 0 && session != 16) ||
      challenge < 16 || challenge > kRandomOctets) {
    return std::nullopt;
  }
  reader.skip(ciphers + session);
  Ssl2ClientHello hello{version, reader.bytes(challenge)};
  if (!reader.ok()) return std::nullopt;
  return hello;
}

bool is_tls13(uint16_t version) {
  return version == 0x0304 || version >> 8 == 0x7f || version >> 8 == 0xfb;
}

std::optional<EncryptedExtensions> read_encrypted_extensions(Bytes body) {
  ByteReader reader(body);
  EncryptedExtensions result;
  const bool whole = read_extensions(reader, [&](uint16_t type, ByteReader extension) {
    if (type == kEarlyData) result.early_data = true;
    if (type != kAlpn) return;
    const auto names = read_alpn(extension);
    if (names.size() == 1) result.alpn = names.front();
  });
  if (!whole) return std::nullopt;
  return result;
}

Bytes leaf_certificate(Bytes body, bool is_tls13) {
  ByteReader reader(body);
  if (is_tls13) reader.skip(reader.u8());
  ByteReader list = reader.sub(reader.be24());
  const Bytes leaf = list.bytes(list.be24());
  return list.ok() ? leaf : Bytes();
}

std::optional<ServerHello> read_server_hello(Bytes body) {
  ByteReader reader(body);
  ServerHello hello;
  hello.version = reader.be16();
  const uint16_t legacy_version = hello.version;
  hello.random = reader.bytes(kRandomOctets);
  // Drafts of TLS 1.3 up to 21 have neither session id nor compression here.
  const bool early_draft = legacy_version >> 8 == 0x7f;
  if (!early_draft) hello.session_id = reader.bytes(reader.u8());
  hello.cipher = reader.be16();
  hello.compression = early_draft ? 0 : reader.u8();
  if (!reader.ok() || hello.compression > 1 || hello.session_id.size() > kSessionIdAtMost ||
      !is_tls_version(legacy_version)) {
    return std::nullopt;
  }
  hello.retry = std::equal(hello.random.begin(), hello.random.end(), kRetryRandom.begin());
  const bool whole = read_extensions(reader, [&](uint16_t type, ByteReader extension) {
    read_server_extension(type, extension, hello);
  });
  if (!whole) return std::nullopt;
  return hello;
}

}  // namespace parlance
