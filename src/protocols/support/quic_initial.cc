#include "protocols/support/quic_initial.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace parlance {
namespace {

constexpr size_t kHash = 32;  // SHA-256
constexpr size_t kTag = 16;
constexpr size_t kSample = 16;
constexpr size_t kRangesAtMost = 256;
constexpr size_t kAheadAtMost =
    8192;  // of what came: one octet shall not make room for a whole hello
using Secret = std::array<uint8_t, kHash>;
using Salt = std::array<uint8_t, 20>;

constexpr uint32_t kVersion2 = 0x6b3343cf;
// RFC 9001 section 5.2 (and drafts 33, 34), RFC 9369 section 3.3.1, drafts 29 to 32, drafts 23
// to 28.
constexpr Salt kSalt1 = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                         0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
constexpr Salt kSalt2 = {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
                         0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9};
constexpr Salt kSaltDraft29 = {0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
                               0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99};
constexpr Salt kSaltDraft23 = {0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7,
                               0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02};

std::vector<Salt> salts_of(uint32_t version) {
  if (version == 1) return {kSalt1};
  if (version == kVersion2) return {kSalt2};
  if (version >= 0xff000017 && version <= 0xff00001c) return {kSaltDraft23};
  if (version >= 0xff00001d && version <= 0xff000020) return {kSaltDraft29};
  if (version >= 0xff000021 && version <= 0xff000022) return {kSalt1};
  // Facebook's own numbers followed the drafts of their time.
  if (version >> 4 == 0xfaceb00) return {kSaltDraft29, kSaltDraft23, kSalt1};
  return {};
}

Secret hmac(Bytes key, Bytes text) {
  Secret result{};
  unsigned length = kHash;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), text.data(), text.size(),
       result.data(), &length);
  return result;
}

/// HKDF-Expand-Label (RFC 8446 section 7.1) for at most one block of output.
template <size_t N>
std::array<uint8_t, N> expand(const Secret& secret, std::string_view label) {
  static_assert(N <= kHash);
  std::vector<uint8_t> info = {0, static_cast<uint8_t>(N), static_cast<uint8_t>(6 + label.size())};
  for (const char c : std::string_view("tls13 ")) info.push_back(static_cast<uint8_t>(c));
  for (const char c : label) info.push_back(static_cast<uint8_t>(c));
  info.push_back(0);  // no context
  info.push_back(1);  // the first block
  const Secret block = hmac(secret, info);
  std::array<uint8_t, N> result{};
  std::copy_n(block.begin(), N, result.begin());
  return result;
}

struct CipherDeleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, CipherDeleter>;

/// RFC 9001 section 5.4.3.
std::array<uint8_t, 16> header_mask(const std::array<uint8_t, 16>& key, Bytes sample) {
  std::array<uint8_t, 16> mask{};
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_ecb(), nullptr, key.data(), nullptr);
  EVP_CIPHER_CTX_set_padding(cipher.get(), 0);
  EVP_EncryptUpdate(cipher.get(), mask.data(), &length, sample.data(), kSample);
  return mask;
}

/// AES-128-GCM; nothing if the tag does not fit.
std::optional<std::vector<uint8_t>> open_sealed(const QuicInitialKeys& keys,
                                                const std::array<uint8_t, 12>& nonce, Bytes header,
                                                Bytes sealed) {
  const Bytes text = sealed.first(sealed.size() - kTag);
  std::array<uint8_t, kTag> tag{};
  std::copy_n(sealed.end() - kTag, kTag, tag.begin());
  std::vector<uint8_t> plain(text.size());
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int length = 0;
  const bool good =
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_128_gcm(), nullptr, keys.key.data(), nonce.data()) ==
          1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &length, header.data(),
                        static_cast<int>(header.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), plain.data(), &length, text.data(),
                        static_cast<int>(text.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), plain.data() + plain.size(), &length) == 1;
  if (!good) return std::nullopt;
  return plain;
}

/// RFC 9000 section 19.3.
void skip_ack(ByteReader& reader, bool with_ecn) {
  read_quic_number(reader);  // largest acknowledged
  read_quic_number(reader);  // delay
  const uint64_t ranges = read_quic_number(reader);
  read_quic_number(reader);  // first range
  for (uint64_t i = 0; i < ranges && reader.ok(); ++i) {
    read_quic_number(reader);
    read_quic_number(reader);
  }
  for (int i = 0; with_ecn && i < 3; ++i) read_quic_number(reader);
}

}  // namespace

std::vector<QuicInitialKeys> quic_initial_keys(uint32_t version, Bytes destination_id,
                                               Direction direction) {
  std::vector<QuicInitialKeys> candidates;
  const bool second = version == kVersion2;
  for (const Salt& salt : salts_of(version)) {
    const Secret initial = hmac(salt, destination_id);
    const Secret secret =
        expand<kHash>(initial, direction == Direction::to_server ? "client in" : "server in");
    candidates.push_back({expand<16>(secret, second ? "quicv2 key" : "quic key"),
                          expand<12>(secret, second ? "quicv2 iv" : "quic iv"),
                          expand<16>(secret, second ? "quicv2 hp" : "quic hp")});
  }
  return candidates;
}

std::optional<std::vector<uint8_t>> open_quic_initial(const QuicPacket& packet,
                                                      const QuicInitialKeys& keys) {
  ByteReader reader(packet.octets);
  reader.skip(packet.number_offset + 4);
  const Bytes sample = reader.bytes(kSample);
  if (!reader.ok()) return std::nullopt;
  const auto mask = header_mask(keys.header, sample);
  const auto first = static_cast<uint8_t>(packet.octets[0] ^ (mask[0] & 0x0f));
  const size_t number_octets = (first & 3U) + 1;

  const size_t header_octets = packet.number_offset + number_octets;
  std::vector<uint8_t> header(packet.octets.begin(),
                              packet.octets.begin() + static_cast<ptrdiff_t>(header_octets));
  header[0] = first;
  auto nonce = keys.iv;
  for (size_t i = 0; i < number_octets; ++i) {
    uint8_t& octet = header[packet.number_offset + i];
    octet = static_cast<uint8_t>(octet ^ mask[i + 1]);
    uint8_t& of_nonce = nonce[nonce.size() - number_octets + i];
    of_nonce = static_cast<uint8_t>(of_nonce ^ octet);
  }
  const Bytes sealed = packet.octets.subspan(header_octets);
  if (sealed.size() < kTag) return std::nullopt;
  return open_sealed(keys, nonce, header, sealed);
}

bool QuicCryptoStream::add_frames(Bytes frames, size_t limit) {
  ByteReader reader(frames);
  while (!reader.at_end()) {
    const uint64_t type = read_quic_number(reader);
    if (type <= 1) continue;  // PADDING, PING
    if (type == 2 || type == 3) {
      skip_ack(reader, type == 3);
    } else if (type == 6) {
      const uint64_t offset = read_quic_number(reader);
      const uint64_t length = read_quic_number(reader);
      if (!reader.ok() || length > reader.remaining()) return false;
      add(offset, reader.bytes(static_cast<size_t>(length)), limit);
    } else {
      return type == 0x1c || type == 0x1d;  // CONNECTION_CLOSE ends it
    }
    if (!reader.ok()) return false;
  }
  return true;
}

void QuicCryptoStream::add(uint64_t offset, Bytes octets, size_t limit) {
  if (octets.empty() || offset > limit || octets.size() > limit - offset) return;
  if (ranges_.size() >= kRangesAtMost || offset > octets_.size() + kAheadAtMost) return;
  const auto start = static_cast<size_t>(offset);
  const size_t end = start + octets.size();
  if (octets_.size() < end) octets_.resize(end);
  std::copy(octets.begin(), octets.end(), octets_.begin() + static_cast<ptrdiff_t>(start));
  size_t& known = ranges_[start];
  known = std::max(known, end);
}

size_t QuicCryptoStream::contiguous() const {
  size_t end = 0;
  for (const auto& [from, to] : ranges_) {
    if (from > end) break;
    end = std::max(end, to);
  }
  return end;
}

Bytes QuicCryptoStream::first_message() const {
  const Bytes known = Bytes(octets_).first(contiguous());
  ByteReader reader(known);
  reader.skip(1);
  const size_t length = reader.be24();
  if (!reader.ok() || length > reader.remaining()) return {};
  return known.first(4 + length);
}

}  // namespace parlance
