// Tells from the lengths of TLS records that all is sent in blocks of 16,384 octets, as SimpleX does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/direction.h"
#include "protocols/support/tls_hello.h"

namespace parlance {

/// SimpleX pads all that it sends to blocks of 16,384 octets (simplexmq, protocol/simplex-messaging.md, "SMP
/// transport"), which is just what a TLS record holds, and its server speaks first. Whoever sends much fills
/// records as well, but the last one of a request or an answer has another length, and a request comes first.
///
/// Fed with the headers of the records that follow the hellos, in the order in which they came.
class TlsBlocks {
 public:
  /// No more than `records` are looked at; 0: none.
  void server_hello(const ServerHello& hello, size_t records);

  /// True as long as observe() may have something to say.
  bool watching() const { return phase_ == Phase::handshake || phase_ == Phase::blocks; }

  /// The next record's type and length (of its content). Empty: nothing to say (yet). Else what to give the
  /// field tls.behaviour: "full-blocks".
  std::string_view observe(Direction direction, uint8_t type, uint16_t length);
  /// A record was missed: what follows cannot be judged.
  void give_up() { phase_ = Phase::over; }

 private:
  enum class Phase : uint8_t { hellos, handshake, blocks, over };

  Phase phase_ = Phase::hellos;
  size_t left_ = 0;
  uint8_t client_flight_ = 0;   // records of the client's handshake: Finished, a certificate before it
  uint8_t blocks_[2] = {0, 0};  // of each direction
};

}  // namespace parlance
