#include "protocols/support/tls_watch.h"

#include "protocols/support/tls_report.h"

namespace parlance {

void TlsWatch::client_hello(const ClientHello& hello) {
  client_known_ = true;
  finished_.client_hello(hello);
  behaviour_.client_hello(hello);
}

void TlsWatch::server_hello(const ServerHello& hello, const Limits& limits) {
  if (!client_known_ || hello.retry) return;
  finished_.server_hello(hello);
  behaviour_.server_hello(hello, limits.behaviour_records);
  blocks_.server_hello(hello, limits.behaviour_records);
}

void TlsWatch::observe(uint8_t type, uint16_t length, const Place& header, Findings& findings) {
  for (const std::string_view said : {finished_.observe(header.direction, type, length),
                                      behaviour_.observe(header.direction, type, length),
                                      blocks_.observe(header.direction, type, length)}) {
    if (!said.empty()) report_behaviour(said, header, findings);
  }
}

}  // namespace parlance
