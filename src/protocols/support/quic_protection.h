// The protection of QUIC packets by the secrets of a handshake (RFC 9001 section 5), and the updates
// of their keys (section 6).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "protocols/support/aead.h"
#include "protocols/support/digests.h"

namespace parlance {

/// What a cipher suite means for packets.
struct QuicSuite {
  AeadKind aead = AeadKind::aes_128_gcm;
  HashKind hash = HashKind::sha256;
};
/// The suite of that number; nothing if QUIC cannot have it (RFC 9001 section 5.3).
std::optional<QuicSuite> quic_suite(uint16_t cipher);
/// Those that a secret of so many octets may belong to, where the number is not known: 0-RTT comes
/// before the server has said anything.
std::vector<QuicSuite> quic_suites_of(size_t secret_octets);

/// The packet number that `octets` low octets of it, `low`, stand for behind `largest`, the largest
/// one that was opened (RFC 9000 appendix A.3).
uint64_t decode_quic_number(std::optional<uint64_t> largest, uint64_t low, size_t octets);

/// Opens the packets of one direction at one encryption level.
class QuicProtection {
 public:
  /// `secret` as key logs have it; version 2 has labels of its own (RFC 9369 section 3.3.2).
  /// `largest` is the largest packet number so far, if packets have gone before.
  QuicProtection(const QuicSuite& suite, uint32_t version, Bytes secret,
                 std::optional<uint64_t> largest = std::nullopt);
  bool usable() const { return header_.usable() && current_.aead.usable(); }

  /// The frames of `packet`, whose protected number begins at `number_offset`; nothing if its tag
  /// does not fit any key that may be in use. The view lives until the next call.
  std::optional<Bytes> open(Bytes packet, size_t number_offset);
  /// How often the keys have been updated.
  uint64_t updates() const { return updates_; }

 private:
  /// The keys between two updates.
  struct Generation {
    Generation(const QuicSuite& suite, bool second, Bytes secret);
    std::vector<uint8_t> secret;
    Aead aead;
    std::vector<uint8_t> iv;
    uint64_t first = 0;  ///< the lowest packet number that was opened
  };

  bool unprotect_header(Bytes packet, size_t number_offset);
  bool open_with(Generation& keys, Bytes sealed);
  bool open_in_phase(bool phase, Bytes sealed);
  Generation following(const Generation& keys) const;

  QuicSuite suite_;
  bool second_version_;
  HeaderProtection header_;  // its key is never updated
  Generation current_;
  std::optional<Generation> previous_, next_;
  std::optional<uint64_t> largest_;
  uint64_t updates_ = 0;
  bool phase_ = false;
  // Of the packet at hand:
  std::vector<uint8_t> clear_;  // header with first octet and number in the clear
  std::vector<uint8_t> plain_;
  uint64_t number_ = 0;
};

}  // namespace parlance
