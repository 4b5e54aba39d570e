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

std::vector<TlsCipherSuite> quic_suites(size_t secret_octets, std::optional<uint16_t> number) {
  // All of TLS 1.3 but TLS_AES_128_CCM_8_SHA256.
  constexpr uint16_t kNumbers[] = {0x1301, 0x1302, 0x1303, 0x1304};
  std::vector<TlsCipherSuite> suites;
  for (const uint16_t each : kNumbers) {
    const auto suite = number.value_or(each) == each ? tls_cipher_suite(each) : std::nullopt;
    if (suite && digest_octets(suite->prf) == secret_octets) suites.push_back(*suite);
  }
  return suites;
}

bool unprotect_quic_header(HeaderProtection& protection, Bytes packet, size_t number_offset,
                           QuicClearHeader& header) {
  ByteReader reader(packet);
  reader.skip(number_offset + kNumberAtMost);
  const auto mask = protection.mask(reader.bytes(HeaderProtection::kSampleOctets));
  if (!reader.ok() || !mask) return false;
  const bool is_long = (packet[0] & kLongForm) != 0;
  const auto first = static_cast<uint8_t>(packet[0] ^ ((*mask)[0] & (is_long ? 0x0f : 0x1f)));
  header.number_octets = (first & 3U) + 1;
  const Bytes hidden = packet.first(number_offset + header.number_octets);
  header.octets.assign(hidden.begin(), hidden.end());
  header.octets[0] = first;
  header.low = 0;
  for (size_t i = 0; i < header.number_octets; ++i) {
    uint8_t& octet = header.octets[number_offset + i];
    octet = static_cast<uint8_t>(octet ^ (*mask)[i + 1]);
    header.low = header.low << 8 | octet;
  }
  return true;
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

QuicProtection::Generation::Generation(const TlsCipherSuite& suite, bool second,
                                       Bytes secret_octets)
    : secret(secret_octets.begin(), secret_octets.end()),
      aead(suite.aead, derived(suite.prf, second, secret, "key", suite.key_octets)) {
  const auto iv_octets = derived(suite.prf, second, secret, "iv", kAeadNonceOctets);
  std::copy(iv_octets.begin(), iv_octets.end(), iv.begin());
}

QuicProtection::QuicProtection(const TlsCipherSuite& suite, uint32_t version, Bytes secret,
                               std::optional<uint64_t> largest)
    : suite_(suite),
      second_version_(version == kQuicVersion2),
      header_(suite.aead,
              derived(suite.prf, second_version_, secret, "hp", suite.key_octets)),
      current_(suite, second_version_, secret),
      largest_(largest) {}

std::optional<Bytes> QuicProtection::open(Bytes packet, size_t number_offset) {
  if (!usable() || !unprotect_quic_header(header_, packet, number_offset, clear_)) {
    return std::nullopt;
  }
  number_ = decode_quic_number(largest_, clear_.low, clear_.number_octets);
  const Bytes sealed = packet.subspan(clear_.octets.size());
  const uint8_t first = clear_.octets[0];
  const bool phased = (first & kLongForm) == 0;
  const bool opened = phased ? open_in_phase((first & kKeyPhase) != 0, sealed)
                             : open_with(current_, sealed);
  if (!opened) return std::nullopt;
  largest_ = std::max(largest_.value_or(0), number_);
  return plain_;
}

bool QuicProtection::open_with(Generation& keys, Bytes sealed) {
  return keys.aead.open(nonce_of(keys.iv, number_), clear_.octets, sealed, plain_);
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
          derived(suite_.prf, second_version_, keys.secret, "ku", digest_octets(suite_.prf))};
}

}  // namespace parlance
