// Tells from the lengths of TLS records that a WebSocket is likely inside, without keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/direction.h"
#include "protocols/support/tls_hello.h"

namespace parlance {

/// A request that could be an Upgrade, an answer that could be "101 Switching Protocols", and then records
/// too short for HTTP: both sides speak in turns of fewer octets than any request or response has. Asked
/// only where the client offered nothing but HTTP/1.1, as browsers do for WebSocket, and where lengths
/// tell octets (AEAD ciphers). How often it is right: docs/websocket-without-keys.md.
///
/// Fed with the headers of the records that follow the hellos, in the order in which they came.
class TlsBehaviour {
 public:
  /// Both hellos, the client's first. No more than `records` of application data are looked at; 0: none.
  void client_hello(const ClientHello& hello);
  void server_hello(const ServerHello& hello, size_t records);

  /// True as long as observe() may have something to say.
  bool watching() const { return phase_ > Phase::hellos && phase_ < Phase::over; }

  /// The next record's type and length (of its content). Empty: nothing to say (yet). Else what to give the
  /// field tls.behaviour: "websocket".
  std::string_view observe(Direction direction, uint8_t type, uint16_t length);
  /// A record was missed: what follows cannot be judged.
  void give_up() { phase_ = Phase::over; }

 private:
  enum class Phase : uint8_t { hellos, finished, request, response, talk, over };

  void request(Direction direction, uint32_t octets);
  void response(Direction direction, uint32_t octets);
  std::string_view talk(Direction direction, bool first_of_turn, uint32_t octets);
  bool is_switch() const;
  std::string_view count_small();

  Phase phase_ = Phase::hellos;
  bool only_http1_ = false;
  bool tls13_ = false;
  bool any_ = false;          // a record of application data was seen
  bool small_turn_ = false;   // the client's turn began with a small record
  Direction last_from_ = Direction::to_server;
  uint8_t overhead_ = 0;      // of a record: what its length has more than its octets
  uint8_t small_ = 0;         // records that HTTP does not have
  size_t left_ = 0;
  uint32_t head_ = 0;         // octets of the request's first record
  uint32_t request_ = 0;      // octets of the whole request
  uint32_t response_ = 0;     // octets of the whole first turn of the server
  uint32_t answers_ = 0;      // its records
  uint32_t tickets_[2] = {};  // its first two
  uint32_t longest_ = 0;      // of its other records
  uint32_t last_answer_ = 0;  // octets of the server's last record
};

}  // namespace parlance
