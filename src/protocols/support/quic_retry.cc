#include "protocols/support/quic_retry.h"

#include <array>
#include <vector>

#include "protocols/support/aead.h"

namespace parlance {
namespace {

struct RetryKey {
  std::array<uint8_t, 16> key;
  std::array<uint8_t, kAeadNonceOctets> nonce;
};

// RFC 9001 section 5.8 (and drafts 33, 34), RFC 9369 section 3.3.3, drafts 29 to 32, 25 to 28.
constexpr RetryKey kVersion1 = {{0xbe, 0x0c, 0x69, 0x0b, 0x9f, 0x66, 0x57, 0x5a, 0x1d, 0x76, 0x6b,
                                 0x54, 0xe3, 0x68, 0xc8, 0x4e},
                                {0x46, 0x15, 0x99, 0xd3, 0x5d, 0x63, 0x2b, 0xf2, 0x23, 0x98, 0x25,
                                 0xbb}};
constexpr RetryKey kVersion2 = {{0x8f, 0xb4, 0xb0, 0x1b, 0x56, 0xac, 0x48, 0xe2, 0x60, 0xfb, 0xcb,
                                 0xce, 0xad, 0x7c, 0xcc, 0x92},
                                {0xd8, 0x69, 0x69, 0xbc, 0x2d, 0x7c, 0x6d, 0x99, 0x90, 0xef, 0xb0,
                                 0x4a}};
constexpr RetryKey kDraft29 = {{0xcc, 0xce, 0x18, 0x7e, 0xd0, 0x9a, 0x09, 0xd0, 0x57, 0x28, 0x15,
                                0x5a, 0x6c, 0xb9, 0x6b, 0xe1},
                               {0xe5, 0x49, 0x30, 0xf9, 0x7f, 0x21, 0x36, 0xf0, 0x53, 0x0a, 0x8c,
                                0x1c}};
constexpr RetryKey kDraft25 = {{0x4d, 0x32, 0xec, 0xdb, 0x2a, 0x21, 0x33, 0xc8, 0x41, 0xe4, 0x04,
                                0x3d, 0xf2, 0x7d, 0x44, 0x30},
                               {0x4d, 0x16, 0x11, 0xd0, 0x55, 0x13, 0xa5, 0x52, 0xc5, 0x87, 0xd5,
                                0x75}};

const RetryKey* key_of(uint32_t version) {
  if (version == kQuicVersion1) return &kVersion1;
  if (version == kQuicVersion2) return &kVersion2;
  if (version >= 0xff000019 && version <= 0xff00001c) return &kDraft25;
  if (version >= 0xff00001d && version <= 0xff000020) return &kDraft29;
  if (version >= 0xff000021 && version <= 0xff000022) return &kVersion1;
  return nullptr;  // drafts before 25 have the identifier in the clear instead
}

}  // namespace

QuicRetryTag check_quic_retry(const QuicPacket& retry, Bytes first_id) {
  const RetryKey* const key = key_of(retry.version);
  if (key == nullptr || retry.octets.size() < kQuicRetryTag) return QuicRetryTag::unknown;
  std::vector<uint8_t> authenticated;  // the identifier in front of all but the tag
  authenticated.push_back(static_cast<uint8_t>(first_id.size()));
  authenticated.insert(authenticated.end(), first_id.begin(), first_id.end());
  authenticated.insert(authenticated.end(), retry.octets.begin(), retry.octets.end() - kQuicRetryTag);
  Aead aead(AeadKind::aes_128_gcm, key->key);
  std::vector<uint8_t> nothing;
  const bool fits =
      aead.open(key->nonce, authenticated, retry.octets.last(kQuicRetryTag), nothing);
  if (fits) return QuicRetryTag::fits;
  return aead.usable() ? QuicRetryTag::differs : QuicRetryTag::unknown;
}

}  // namespace parlance
