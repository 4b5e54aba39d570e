// What is looked at of a TLS connection from outside, once its hellos are known: a few records' lengths.
#pragma once

#include "protocols/parser.h"
#include "protocols/support/tls_behaviour.h"
#include "protocols/support/tls_blocks.h"
#include "protocols/support/tls_finished_length.h"

namespace parlance {

/// Feeds the hellos and the headers of the records behind them to what judges by them, and reports what
/// they say (the field and the note tls.behaviour).
class TlsWatch {
 public:
  void client_hello(const ClientHello& hello);
  /// Does nothing without a client's hello, or of a HelloRetryRequest.
  void server_hello(const ServerHello& hello, const Limits& limits);

  /// True as long as records are wanted.
  bool watching() const { return finished_.watching() || behaviour_.watching() || blocks_.watching(); }

  /// The next record of a direction; `header` is where it stands, with its header's octets.
  void observe(uint8_t type, uint16_t length, const Place& header, Findings& findings);
  /// A record was missed: what follows cannot be judged.
  void give_up() {
    finished_.give_up();
    behaviour_.give_up();
    blocks_.give_up();
  }

 private:
  bool client_known_ = false;
  TlsFinishedLength finished_;
  TlsBehaviour behaviour_;
  TlsBlocks blocks_;
};

}  // namespace parlance
