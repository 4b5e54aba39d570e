// What TLS, DTLS and QUIC alike tell of hello messages.
#pragma once

#include "protocols/parser.h"
#include "protocols/support/tls_hello.h"

namespace parlance {

/// Fills the fields tls.sni and tls.alpn and the notes of a client hello that stands at `place`.
/// `carrier` is JA4's: 't', 'd' or 'q'.
void report_client_hello(const ClientHello& hello, char carrier, const Place& place,
                         Findings& findings);

/// Fills the field tls.alpn_server and the notes of a server hello that stands at `place`.
void report_server_hello(const ServerHello& hello, const Place& place, Findings& findings);

/// The protocol that the server chose, wherever it says so; nothing if `alpn` is empty.
void report_server_alpn(const std::string& alpn, const Place& place, Findings& findings);

/// Fills the field tls.certificate and the note of the names in a certificate (DER), `most` of them.
void report_certificate(Bytes certificate, size_t most, const Place& place, Findings& findings);

}  // namespace parlance
