#include "protocols/support/quic_protection.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/byte_reader.h"
#include "protocols/support/hkdf.h"
#include "protocols/support/quic_packet.h"

namespace parlance {
namespace {

constexpr size_t kNumberAtMost = 4;  // octets of a packet number
constexpr uint8_t kLongForm = 0x80, kKeyPhase = 0x04;

/// RFC 9001 section 5.1: a label of version 1 or, with its prefix, of version 2.
std::vector<uint8_t> derived(HashKind hash, bool second, Bytes secret, std::string_view what,
                             size_t length) {
  std::string label = second ? "quicv2 " : "quic ";
  label += what;
  return hkdf_expand_label(hash, secret, label, {}, length);
}

}  // namespace

std::optional<QuicSuite> quic_suite(uint16_t cipher) {
  switch (cipher) {
    case 0x1301: return QuicSuite{AeadKind::aes_128_gcm, HashKind::sha256};
    case 0x1302: return QuicSuite{AeadKind::aes_256_gcm, HashKind::sha384};
    case 0x1303: return QuicSuite{AeadKind::chacha20_poly1305, HashKind::sha256};
    case 0x1304: return QuicSuite{AeadKind::aes_128_ccm, HashKind::sha256};
    default: return std::nullopt;
  }
}

std::vector<QuicSuite> quic_suites_of(size_t secret_octets) {
  std::vector<QuicSuite> suites;
  for (uint16_t cipher = 0x1301; cipher <= 0x1304; ++cipher) {
    const QuicSuite suite = *quic_suite(cipher);
    if (digest_octets(suite.hash) == secret_octets) suites.push_back(suite);
  }
  return suites;
}

uint64_t decode_quic_number(std::optional<uint64_t> largest, uint64_t low, size_t octets) {
  const uint64_t expected = largest ? *largest + 1 : 0;
  const uint64_t window = uint64_t{1} << (8 * octets);
  const uint64_t candidate = (expected & ~(window - 1)) | low;
  constexpr uint64_t kEnd = uint64_t{1} << 62;
  if (candidate + window / 2 <= expected && candidate < kEnd - window) return candidate + window;
  if (candidate > expected + window / 2 && candidate >= window) return candidate - window;
  return candidate;
}

QuicProtection::Generation::Generation(const QuicSuite& suite, bool second, Bytes secret_octets)
    : secret(secret_octets.begin(), secret_octets.end()),
      aead(suite.aead,
           derived(suite.hash, second, secret, "key", aead_key_octets(suite.aead))),
      iv(derived(suite.hash, second, secret, "iv", kAeadNonceOctets)) {}

QuicProtection::QuicProtection(const QuicSuite& suite, uint32_t version, Bytes secret,
                               std::optional<uint64_t> largest)
    : suite_(suite),
      second_version_(version == kQuicVersion2),
      header_(suite.aead,
              derived(suite.hash, second_version_, secret, "hp", aead_key_octets(suite.aead))),
      current_(suite, second_version_, secret),
      largest_(largest) {}

std::optional<Bytes> QuicProtection::open(Bytes packet, size_t number_offset) {
  if (!usable() || !unprotect_header(packet, number_offset)) return std::nullopt;
  const Bytes sealed = packet.subspan(clear_.size());
  const bool phased = (clear_[0] & kLongForm) == 0;
  const bool opened = phased ? open_in_phase((clear_[0] & kKeyPhase) != 0, sealed)
                             : open_with(current_, sealed);
  if (!opened) return std::nullopt;
  largest_ = std::max(largest_.value_or(0), number_);
  return plain_;
}

/// RFC 9001 section 5.4: the first octet's low bits and the number are hidden by a mask that is made
/// of octets behind them.
bool QuicProtection::unprotect_header(Bytes packet, size_t number_offset) {
  ByteReader reader(packet);
  reader.skip(number_offset + kNumberAtMost);
  const auto mask = header_.mask(reader.bytes(HeaderProtection::kSampleOctets));
  if (!reader.ok() || !mask) return false;
  const bool is_long = (packet[0] & kLongForm) != 0;
  const auto first = static_cast<uint8_t>(packet[0] ^ ((*mask)[0] & (is_long ? 0x0f : 0x1f)));
  const size_t octets = (first & 3U) + 1;
  clear_.assign(packet.begin(), packet.begin() + static_cast<ptrdiff_t>(number_offset + octets));
  clear_[0] = first;
  uint64_t low = 0;
  for (size_t i = 0; i < octets; ++i) {
    uint8_t& octet = clear_[number_offset + i];
    octet = static_cast<uint8_t>(octet ^ (*mask)[i + 1]);
    low = low << 8 | octet;
  }
  number_ = decode_quic_number(largest_, low, octets);
  return true;
}

bool QuicProtection::open_with(Generation& keys, Bytes sealed) {
  if (keys.iv.size() != kAeadNonceOctets) return false;
  std::array<uint8_t, kAeadNonceOctets> nonce;
  std::copy(keys.iv.begin(), keys.iv.end(), nonce.begin());
  for (size_t i = 0; i < sizeof number_; ++i) {
    uint8_t& octet = nonce[nonce.size() - 1 - i];
    octet = static_cast<uint8_t>(octet ^ (number_ >> (8 * i) & 0xff));
  }
  return keys.aead.open(nonce, clear_, sealed, plain_);
}

/// RFC 9001 section 6: the bit changes with each update; packets of the time before may come late.
bool QuicProtection::open_in_phase(bool phase, Bytes sealed) {
  if (phase == phase_) {
    if (!open_with(current_, sealed)) return false;
    current_.first = std::min(current_.first, number_);
    return true;
  }
  if (previous_ && number_ < current_.first) return open_with(*previous_, sealed);
  if (!next_) next_.emplace(following(current_));
  if (!open_with(*next_, sealed)) return false;
  previous_.emplace(std::move(current_));
  current_ = std::move(*next_);
  current_.first = number_;
  next_.reset();
  phase_ = phase;
  ++updates_;
  return true;
}

QuicProtection::Generation QuicProtection::following(const Generation& keys) const {
  return {suite_, second_version_,
          derived(suite_.hash, second_version_, keys.secret, "ku", digest_octets(suite_.hash))};
}

}  // namespace parlance
