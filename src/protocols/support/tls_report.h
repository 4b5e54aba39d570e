// What TLS, DTLS and QUIC alike tell of hello messages.
#pragma once

#include "protocols/parser.h"
#include "protocols/support/tls_hello.h"

namespace parlance {

/// Fills the fields and notes of a client hello that stands at `place`. `carrier` is JA4's: 't', 'd' or
/// 'q'. The fields, for signatures: tls.sni (not a name that covers a hidden one), tls.alpn (each),
/// tls.ja4, and as lists of four hexadecimal digits with commas between them, as sent and without GREASE,
/// tls.client_versions (of supported_versions), tls.client_ciphers and tls.extensions.
void report_client_hello(const ClientHello& hello, char carrier, const Place& place,
                         Findings& findings);

/// Fills the fields tls.version ("TLSv1.3"), tls.cipher ("0x1301") and tls.alpn_server, and the notes, of
/// a server hello that stands at `place`.
void report_server_hello(const ServerHello& hello, const Place& place, Findings& findings);

/// The protocol that the server chose, wherever it says so; nothing if `alpn` is empty.
void report_server_alpn(const std::string& alpn, const Place& place, Findings& findings);

/// Fills the field and the note tls.behaviour: what the lengths of records suggest, as of `record`.
void report_behaviour(std::string_view what, const Place& record, Findings& findings);

/// Fills the fields tls.certificate and tls.certificate_issuer and the note of the names in a certificate (DER),
/// the first few.
void report_certificate(Bytes certificate, const Place& place, Findings& findings);

}  // namespace parlance
