// What is inside a QUIC connection whose secrets are known: its packets opened, its handshake and its
// streams put together.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/parser.h"
#include "protocols/support/quic_application.h"
#include "protocols/support/quic_crypto_stream.h"
#include "protocols/support/quic_protection.h"
#include "protocols/support/quic_streams.h"
#include "protocols/support/tls_hello.h"

namespace parlance {

/// Whose secrets protect a packet, behind the Initials (RFC 9001 section 4).
enum class QuicLevel : uint8_t { early, handshake, application };

/// The identifiers by which each side may be addressed (RFC 9000 section 5.1): those of long headers
/// and of NEW_CONNECTION_ID. A short header does not say how long its own is.
class QuicConnectionIds {
 public:
  /// Packets of `direction` may carry `id`. The last few are remembered.
  void add(Direction direction, Bytes id);
  /// The length of the identifier at the start of `rest`, which follows a short header's first octet:
  /// that of one that is known, or else the one that the handshake had. Nothing if there was none.
  std::optional<size_t> length_in(Direction direction, Bytes rest) const;

 private:
  std::array<std::vector<std::vector<uint8_t>>, 2> ids_;
};

/// One connection. Begun before its client hello is known, for 0-RTT packets may come earlier.
class QuicDecryption {
 public:
  /// The client hello is known. False if no secret of the connection is, nor may come: then nothing
  /// is to be gained here.
  bool begin(const ClientHello& hello, const Findings& findings);
  /// The cipher suite that the server chose.
  void choose_suite(uint16_t cipher);

  /// A packet whose protected number begins at `number_offset` of its octets. `place` is that of the
  /// datagram.
  void read(QuicLevel level, uint32_t version, const Place& place, Bytes packet,
            size_t number_offset, Findings& findings);
  /// What follows the packets with long headers in a datagram: one packet with a short header.
  void read_short(uint32_t version, const Place& place, Bytes packet, Findings& findings);

  /// Packets of `direction` may be addressed to `id`.
  void add_id(Direction direction, Bytes id) { ids_.add(direction, id); }
  /// Nothing more is to be expected: no secrets came in time, nothing opens, the connection was
  /// closed, or nobody listens to what is inside.
  bool over(const Findings& findings) const;

 private:
  /// Of one direction at one level.
  struct Keys {
    bool known = false;                       ///< the secret is
    std::optional<uint64_t> missed;           ///< revision of the secrets when it was not
    std::vector<QuicProtection> candidates;   ///< more than one until a packet has opened
  };
  struct Waiting {
    QuicLevel level;
    Place place;  ///< without octets
    uint32_t version = 0;
    size_t number_offset = 0;
    std::vector<uint8_t> packet;
  };

  Keys& keys_of(QuicLevel level, Direction direction) {
    return keys_[static_cast<size_t>(level)][index(direction)];
  }
  void look_up(QuicLevel level, Direction direction, uint32_t version, const Findings& findings);
  bool may_open_later(QuicLevel level, Direction direction, const Findings& findings) const;
  void wait(Waiting packet, const Findings& findings);
  void try_waiting(Findings& findings);
  void open(Keys& keys, QuicLevel level, const Place& place, Bytes packet, size_t number_offset,
            Findings& findings);
  void count_unopened(Findings& findings);
  void say_opened(QuicLevel level, const Place& place, Findings& findings);

  void read_frames(QuicLevel level, const Place& place, Bytes frames, Findings& findings);
  void read_crypto(const QuicFrame& frame, const Place& place, Findings& findings);
  void read_message(Bytes message, const Place& place, Findings& findings);
  void read_stream(const QuicFrame& frame, const Place& place, Findings& findings);
  std::string_view protocol() const;

  std::array<uint8_t, 32> random_{};
  std::vector<std::string> offered_;   // by the client, of application protocols
  std::string agreed_;                 // by the server; empty until it has said so
  std::optional<uint16_t> cipher_;
  std::array<std::array<Keys, 2>, 3> keys_;
  QuicCryptoStream server_handshake_;
  QuicConnectionIds ids_;
  QuicStreams streams_;
  std::unique_ptr<QuicApplication> application_;
  std::vector<Waiting> waiting_;
  size_t waiting_octets_ = 0;
  uint64_t looked_at_ = 0;   // revision of the secrets
  int failures_ = 0;         // packets that did not open, one after another
  bool has_random_ = false;
  bool has_news_ = false;    // keys may be known now that were not before
  bool said_[3] = {false, false, false};
  bool waited_too_long_ = false;
  bool closed_ = false;
};

}  // namespace parlance
