// TLS messages made by hand, for tests.
#pragma once

#include <cstdint>
#include <string>

namespace parlance::test {

/// The body of a client hello of TLS 1.3 for chat.example.com with ALPN h2 and http/1.1, GREASE in
/// it. `cookie`: with DTLS's empty cookie and versions.
std::string client_hello_body(bool datagram = false);
/// A TLS 1.2 server hello's body: cipher c02f, ALPN h2.
std::string server_hello_body();
/// A certificate for the common name "chat.example.com" with the alternative names chat.example.com
/// and
/// *.example.org (its key and signature are empty).
std::string certificate();

/// `body` as a handshake message of `type`.
std::string handshake_message(uint8_t type, const std::string& body);
/// `content` as a TLS record of `type`, version 3.3.
std::string tls_record(uint8_t type, const std::string& content);

}  // namespace parlance::test
