// Tells TLS 1.3 from what only looks like it, by the length of the client's first encrypted record.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/direction.h"
#include "protocols/support/tls_hello.h"

namespace parlance {

/// A client of TLS 1.3 that offered no early data must send its Finished before anything else (RFC 8446
/// section 4.4.4): a record of 53 octets, or of 69 with SHA-384. Proxies that hide in a stream that
/// begins like TLS (MTProxy's "fake TLS") have real-looking hellos and send their own octets at once. A client
/// that pads records (section 5.4) otherwise than to blocks would look like one; none is known.
///
/// Fed with the headers of the records that follow the hellos, in the order in which they came; silent
/// unless nothing that TLS clients do explains them. It looks at a handful of records and is over: of real
/// TLS, with the client's first.
class TlsFinishedLength {
 public:
  /// Both hellos, the client's first. A HelloRetryRequest is no server hello for this.
  void client_hello(const ClientHello& hello);
  void server_hello(const ServerHello& hello);

  /// True as long as observe() may have something to say.
  bool watching() const { return state_ == State::watching; }

  /// The next record's type and length (of its content). Empty: nothing to say (yet). Else what to give
  /// the field tls.behaviour, a literal: "no-finished", nothing explains the records;
  /// "no-finished-alone", nothing but a client's certificate and all its messages in one record does.
  std::string_view observe(Direction direction, uint8_t type, uint16_t length);
  /// A record was missed: what follows cannot be judged.
  void give_up() { state_ = State::over; }

 private:
  enum class State : uint8_t { before_hellos, watching, over };

  std::string_view observe_client(uint16_t length);
  bool is_finished(uint16_t length) const { return length == 53 || length == 69; }
  std::string_view end(std::string_view answer = {}) {
    state_ = State::over;
    return answer;
  }

  State state_ = State::before_hellos;
  bool plain_client_ = false;   // it offered nothing that puts other messages before its Finished
  uint8_t client_records_ = 0;  // of application data's type
  uint8_t server_records_ = 0;
  uint16_t first_length_ = 0;
  uint16_t common_divisor_ = 0;  // of the lengths of the client's records, without their tags
};

}  // namespace parlance
