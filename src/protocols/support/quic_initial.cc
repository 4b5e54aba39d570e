#include "protocols/support/quic_initial.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "protocols/support/hkdf.h"
#include "protocols/support/quic_protection.h"
#include "protocols/support/sha256.h"

namespace parlance {
namespace {

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
  std::array<uint8_t, 32> info;
  size_t used = 0;
  info[used++] = 0;
  info[used++] = static_cast<uint8_t>(N);
  info[used++] = static_cast<uint8_t>(kTls13Prefix.size() + label.size());
  for (const char c : kTls13Prefix) info[used++] = static_cast<uint8_t>(c);
  for (const char c : label) info[used++] = static_cast<uint8_t>(c);
  info[used++] = 0;  // no context
  info[used++] = 1;  // the first block
  const Secret block = secret.of(Bytes(info).first(used));
  std::array<uint8_t, N> result;
  std::copy_n(block.begin(), N, result.begin());
  return result;
}

/// What opens packets, with the keys that it was last given: packets of one datagram mostly have the
/// same. A thread keeps one: to make contexts for each packet costs almost half as much again, and a
/// flow would keep more than a kilobyte.
struct Opener {
  explicit Opener(const QuicInitialKeys& first) : keys(first) {}

  QuicInitialKeys keys;
  HeaderProtection header{AeadKind::aes_128_gcm, keys.header};
  Aead packet{AeadKind::aes_128_gcm, keys.key};
  QuicClearHeader clear;
};

Opener& opener_with(const QuicInitialKeys& keys) {
  thread_local Opener kept(keys);
  if (kept.keys.key != keys.key || kept.keys.header != keys.header) {
    kept.header.change_key(keys.header);
    kept.packet.change_key(keys.key);
    kept.keys = keys;
  }
  return kept;
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
  Opener& opener = opener_with(keys);
  QuicClearHeader& header = opener.clear;
  if (!unprotect_quic_header(opener.header, packet.octets, packet.number_offset, header)) {
    return std::nullopt;
  }
  const Bytes sealed = packet.octets.subspan(header.octets.size());
  std::vector<uint8_t> frames;
  // The few Initial packets of a connection have numbers that are sent whole.
  if (!opener.packet.open(nonce_of(keys.iv, header.low), header.octets, sealed, frames)) {
    return std::nullopt;
  }
  return frames;
}

}  // namespace parlance
