// The protection of QUIC packets by the secrets of a handshake (RFC 9001 section 5), and the updates
// of their keys (section 6).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocols/support/aead.h"
#include "protocols/support/tls_cipher_suites.h"
#include "protocols/support/tls_nonce.h"

namespace parlance {

/// The suites to which a secret of so many octets may belong: that of this number if QUIC can have it
/// (RFC 9001 section 5.3), or each of QUIC's where the number is not known.
std::vector<TlsCipherSuite> quic_suites(size_t secret_octets, std::optional<uint16_t> number);

/// A header in the clear (RFC 9001 section 5.4), its number as it was sent.
struct QuicClearHeader {
  std::vector<uint8_t> octets;  ///< up to and with the packet number
  size_t number_octets = 0;
  uint64_t low = 0;             ///< the packet number's low octets
};
/// Puts the header of `packet`, whose protected number begins at `number_offset`, into `header` instead
/// of what it held (its memory is used again). False if the packet is too short.
bool unprotect_quic_header(HeaderProtection& protection, Bytes packet, size_t number_offset,
                           QuicClearHeader& header);

/// The packet number that `octets` low octets of it, `low`, stand for behind `largest`, the largest
/// one that was opened (RFC 9000 appendix A.3).
uint64_t decode_quic_number(std::optional<uint64_t> largest, uint64_t low, size_t octets);

/// Opens the packets of one direction at one encryption level.
class QuicProtection {
 public:
  /// `secret` as key logs have it; version 2 has labels of its own (RFC 9369 section 3.3.2).
  /// `largest` is the largest packet number so far, if packets have gone before.
  QuicProtection(const TlsCipherSuite& suite, uint32_t version, Bytes secret,
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
    Generation(const TlsCipherSuite& suite, bool second, Bytes secret);
    std::vector<uint8_t> secret;
    Aead aead;
    AeadNonce iv{};
    uint64_t first = 0;  ///< the lowest packet number that was opened
  };

  bool open_with(Generation& keys, Bytes sealed);
  bool open_in_phase(bool phase, Bytes sealed);
  Generation following(const Generation& keys) const;

  TlsCipherSuite suite_;
  bool second_version_;
  HeaderProtection header_;  // its key is never updated
  Generation current_;
  std::optional<Generation> previous_, next_;
  std::optional<uint64_t> largest_;
  uint64_t updates_ = 0;
  bool phase_ = false;
  // Of the packet at hand:
  QuicClearHeader clear_;
  std::vector<uint8_t> plain_;
  uint64_t number_ = 0;
};

}  // namespace parlance
