#include "support/quic_sender.h"

#include "base/text.h"
#include "protocols/support/hkdf.h"
#include "protocols/support/quic_packet.h"
#include "support/sealing.h"

namespace parlance::test {
namespace {

std::vector<uint8_t> derive(const TlsCipherSuite& suite, uint32_t version, Bytes secret,
                            const std::string& what, size_t length) {
  const std::string label = (version == kQuicVersion2 ? "quicv2 " : "quic ") + what;
  return hkdf_expand_label(suite.prf, secret, label, {}, length);
}

}  // namespace

std::string sealed_quic_packet(const TlsCipherSuite& suite, uint32_t version, Bytes secret,
                               std::string header, uint32_t number, const std::string& frames,
                               Bytes first_secret) {
  const auto key = derive(suite, version, secret, "key", aead_key_octets(suite.aead));
  auto nonce = derive(suite, version, secret, "iv", kAeadNonceOctets);
  const auto hp = derive(suite, version, first_secret.empty() ? secret : first_secret, "hp",
                         aead_key_octets(suite.aead));
  header[0] = static_cast<char>(header[0] | 3);  // four octets of number
  const size_t number_offset = header.size();
  for (size_t i = 0; i < 4; ++i) {
    const auto octet = static_cast<uint8_t>(number >> (24 - 8 * i));
    header += static_cast<char>(octet);
    nonce[8 + i] = static_cast<uint8_t>(nonce[8 + i] ^ octet);
  }
  const auto sealed = seal(suite.aead, key, nonce, as_bytes(header), as_bytes(frames));
  std::string packet = header + std::string(as_text(sealed));
  HeaderProtection protection(suite.aead, hp);
  const auto mask = protection.mask(as_bytes(packet).subspan(number_offset + 4, 16)).value();
  const int bits = (packet[0] & 0x80) != 0 ? 0x0f : 0x1f;
  packet[0] = static_cast<char>(packet[0] ^ (mask[0] & bits));
  for (size_t i = 0; i < 4; ++i) {
    packet[number_offset + i] = static_cast<char>(packet[number_offset + i] ^ mask[i + 1]);
  }
  return packet;
}

std::vector<uint8_t> initial_quic_secret(Bytes first_id, Direction direction) {
  const auto salt = octets("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");
  Hmac extract(HashKind::sha256, salt);
  return hkdf_expand_label(HashKind::sha256, extract.of({first_id}),
                           direction == Direction::to_server ? "client in" : "server in", {}, 32);
}

std::vector<uint8_t> next_quic_secret(const TlsCipherSuite& suite, uint32_t version, Bytes secret) {
  return derive(suite, version, secret, "ku", digest_octets(suite.prf));
}

}  // namespace parlance::test
