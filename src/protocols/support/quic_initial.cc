#include "protocols/support/quic_initial.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>

#include <openssl/evp.h>

#include "protocols/support/sha256.h"

namespace parlance {
namespace {

constexpr size_t kTag = 16;
constexpr size_t kSample = 16;
using Secret = Sha256Digest;
using Salt = std::array<uint8_t, 20>;

constexpr uint32_t kVersionT051 = 0x54303531, kDraft22 = 0xff000016;
// RFC 9001 section 5.2 (and drafts 33, 34), RFC 9369 section 3.3.1, drafts 29 to 32, drafts 23
// to 28, draft 22 and before, Google's version with a TLS hello.
constexpr Salt kSalt1 = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                         0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
constexpr Salt kSalt2 = {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
                         0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9};
constexpr Salt kSaltDraft29 = {0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97,
                               0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99};
constexpr Salt kSaltDraft23 = {0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7,
                               0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02};

constexpr Salt kSaltDraft22 = {0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19, 0x3a,
                               0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64, 0x4a};
constexpr Salt kSaltT051 = {0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50,
                            0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03, 0x3d};

/// The salts of a version, which are keys of HMAC, worked in once. Empty if it has none.
std::span<const HmacSha256> salts_of(uint32_t version) {
  // Facebook's own numbers followed the drafts of their time: all but the first.
  static const std::array<HmacSha256, kQuicSaltsAtMost + 2> kSalts = {
      HmacSha256(kSalt2), HmacSha256(kSaltDraft29), HmacSha256(kSaltDraft23), HmacSha256(kSalt1),
      HmacSha256(kSaltDraft22), HmacSha256(kSaltT051)};
  const std::span<const HmacSha256> all = kSalts;
  if (version == 1) return all.subspan(3, 1);
  if (version == kQuicVersion2) return all.subspan(0, 1);
  if (version >= 0xff000017 && version <= 0xff00001c) return all.subspan(2, 1);
  if (version >= 0xff00001d && version <= 0xff000020) return all.subspan(1, 1);
  if (version >= 0xff000021 && version <= 0xff000022) return all.subspan(3, 1);
  if (version >> 4 == 0xfaceb00) return all.subspan(1, kQuicSaltsAtMost);
  if (version == kDraft22) return all.subspan(4, 1);
  if (version == kVersionT051) return all.subspan(5, 1);
  return {};
}

/// HKDF-Expand-Label (RFC 8446 section 7.1) for at most one block of output.
template <size_t N>
std::array<uint8_t, N> expand(const HmacSha256& secret, std::string_view label) {
  static_assert(N <= std::tuple_size_v<Secret>);
  constexpr std::string_view kPrefix = "tls13 ";
  std::array<uint8_t, 32> info;
  size_t used = 0;
  info[used++] = 0;
  info[used++] = static_cast<uint8_t>(N);
  info[used++] = static_cast<uint8_t>(kPrefix.size() + label.size());
  for (const char c : kPrefix) info[used++] = static_cast<uint8_t>(c);
  for (const char c : label) info[used++] = static_cast<uint8_t>(c);
  info[used++] = 0;  // no context
  info[used++] = 1;  // the first block
  const Secret block = secret.of(Bytes(info).first(used));
  std::array<uint8_t, N> result;
  std::copy_n(block.begin(), N, result.begin());
  return result;
}

/// A cipher, and the key that it was last given: packets of one datagram, and the first of them
/// that a thread sees, mostly have the same. To look an algorithm up, to make a context and to work
/// a key in cost more than to open a small packet.
class KeyedCipher {
 public:
  KeyedCipher(const char* name, bool encrypts) : context_(EVP_CIPHER_CTX_new()) {
    EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
    usable_ = context_ && cipher != nullptr &&
              EVP_CipherInit_ex2(context_.get(), cipher, nullptr, nullptr, encrypts ? 1 : 0,
                                 nullptr) == 1 &&
              EVP_CIPHER_CTX_set_padding(context_.get(), 0) == 1;
    EVP_CIPHER_free(cipher);  // the context holds it, too
  }
  /// The context, about to work with this key and nonce; nullptr if libcrypto has no such cipher.
  EVP_CIPHER_CTX* use(const std::array<uint8_t, 16>& key, const uint8_t* nonce) {
    if (!usable_) return nullptr;
    const bool same = keyed_ && key == key_;
    if (same && nonce == nullptr) return context_.get();
    keyed_ = EVP_CipherInit_ex2(context_.get(), nullptr, same ? nullptr : key.data(), nonce, -1,
                                nullptr) == 1;
    key_ = key;
    return keyed_ ? context_.get() : nullptr;
  }

 private:
  struct Deleter {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  std::unique_ptr<EVP_CIPHER_CTX, Deleter> context_;
  std::array<uint8_t, 16> key_{};
  bool usable_ = false;
  bool keyed_ = false;
};

/// What a thread keeps; a flow would keep a kilobyte.
struct Ciphers {
  KeyedCipher header{"AES-128-ECB", true};
  KeyedCipher packet{"AES-128-GCM", false};
};
Ciphers& ciphers() {
  thread_local Ciphers kept;
  return kept;
}

/// RFC 9001 section 5.4.3; nothing if there is no cipher.
std::optional<std::array<uint8_t, 16>> header_mask(const std::array<uint8_t, 16>& key,
                                                   Bytes sample) {
  std::array<uint8_t, 16> mask;
  int length = 0;
  EVP_CIPHER_CTX* const context = ciphers().header.use(key, nullptr);
  if (context == nullptr ||
      EVP_EncryptUpdate(context, mask.data(), &length, sample.data(), kSample) != 1) {
    return std::nullopt;
  }
  return mask;
}

/// A header with its first octet and its packet number in the clear.
struct ClearHeader {
  uint8_t first = 0;
  Bytes middle;  ///< of the packet: what was never hidden
  std::array<uint8_t, 4> number{};
  size_t number_octets = 0;
};

/// AES-128-GCM; nothing if the tag does not fit.
std::optional<std::vector<uint8_t>> open_sealed(const QuicInitialKeys& keys,
                                                const std::array<uint8_t, 12>& nonce,
                                                const ClearHeader& header, Bytes sealed) {
  const Bytes text = sealed.first(sealed.size() - kTag);
  std::array<uint8_t, kTag> tag;
  std::copy_n(sealed.end() - kTag, kTag, tag.begin());
  EVP_CIPHER_CTX* const context = ciphers().packet.use(keys.key, nonce.data());
  if (context == nullptr) return std::nullopt;
  int length = 0;
  const auto authenticated = [&](Bytes octets) {
    return EVP_DecryptUpdate(context, nullptr, &length, octets.data(),
                             static_cast<int>(octets.size())) == 1;
  };
  if (!authenticated({&header.first, 1}) || !authenticated(header.middle) ||
      !authenticated(Bytes(header.number).first(header.number_octets))) {
    return std::nullopt;
  }
  std::vector<uint8_t> plain(text.size());
  const bool good = EVP_DecryptUpdate(context, plain.data(), &length, text.data(),
                                      static_cast<int>(text.size())) == 1 &&
                    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1 &&
                    EVP_DecryptFinal_ex(context, plain.data() + plain.size(), &length) == 1;
  if (!good) return std::nullopt;
  return plain;
}

}  // namespace

std::vector<QuicInitialKeys> quic_initial_keys(uint32_t version, Bytes destination_id,
                                               Direction direction) {
  const std::span<const HmacSha256> salts = salts_of(version);
  const bool second = version == kQuicVersion2;
  std::vector<QuicInitialKeys> candidates;
  candidates.reserve(salts.size());
  for (const HmacSha256& salt : salts) {
    const HmacSha256 initial(salt.of(destination_id));
    const HmacSha256 secret(
        expand<32>(initial, direction == Direction::to_server ? "client in" : "server in"));
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
  if (!mask) return std::nullopt;

  ClearHeader header;
  header.first = static_cast<uint8_t>(packet.octets[0] ^ ((*mask)[0] & 0x0f));
  header.middle = packet.octets.subspan(1, packet.number_offset - 1);
  header.number_octets = (header.first & 3U) + 1;
  auto nonce = keys.iv;
  for (size_t i = 0; i < header.number_octets; ++i) {
    uint8_t& octet = header.number[i];
    octet = static_cast<uint8_t>(packet.octets[packet.number_offset + i] ^ (*mask)[i + 1]);
    uint8_t& of_nonce = nonce[nonce.size() - header.number_octets + i];
    of_nonce = static_cast<uint8_t>(of_nonce ^ octet);
  }
  const Bytes sealed = packet.octets.subspan(packet.number_offset + header.number_octets);
  if (sealed.size() < kTag) return std::nullopt;
  return open_sealed(keys, nonce, header, sealed);
}

}  // namespace parlance
