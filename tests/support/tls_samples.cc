#include "support/tls_samples.h"

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string number(size_t value, int octets) {
  std::string text;
  for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8) {
    text += static_cast<char>(value >> shift & 0xff);
  }
  return text;
}

/// DER: tag, length (below 128), value.
std::string der(const char* tag, const std::string& value) {
  return hex(tag) + number(value.size(), 1) + value;
}

}  // namespace

std::string client_hello_body(bool datagram) {
  const std::string extensions =
      hex("0a0a 0000"                  // GREASE
          "0000 0015 0013 00 0010") +  // server_name: a list of 19, host_name, 16
      "chat.example.com" +
      hex("0010 000e 000c"               // ALPN: a list of 12
          "02 6832"                      // h2
          "08 687474702f312e31"          // http/1.1
          "002b 0007 06 1a1a 0304 0303"  // supported_versions
          "000d 0006 0004 0403 0804");   // signature_algorithms
  return hex(datagram ? "fefd" : "0303") + std::string(32, 'R') + hex("00") +  // no session id
         (datagram ? hex("00") : "") +                                         // no cookie
         hex("0008 3a3a 1301 1302 c02f"  // ciphers, the first is GREASE
             "01 00") +                  // no compression
         number(extensions.size(), 2) +
         extensions;
}

std::string server_hello_body() {
  return hex("0303") + std::string(32, 'S') +
         hex("00 c02f 00"                // no session id, cipher, no compression
             "0009"                      // extensions
             "0010 0005 0003 02 6832");  // ALPN: h2
}

std::string certificate() {
  const std::string name =
      der("30", der("31", der("30", der("06", hex("550403")) + der("0c", "chat.example.com"))));
  const std::string names = der("30", der("82", "chat.example.com") + der("82", "*.Example.org"));
  const std::string extension = der("30", der("06", hex("551d11")) + der("04", names));
  const std::string body = der("a0", der("02", hex("02"))) +  // version 3
                           der("02", hex("01")) +             // serial number
                           der("30", "") +                    // signature algorithm
                           der("30", "") +                    // issuer
                           der("30", "") +                    // validity
                           name +                             // subject
                           der("30", "") +                    // public key
                           der("a3", der("30", extension));
  // More than 127 octets: the length is in the long form.
  const std::string tbs = hex("3081") + number(body.size(), 1) + body;
  return hex("3081") + number(tbs.size(), 1) + tbs;
}

std::string handshake_message(uint8_t type, const std::string& body) {
  return number(type, 1) + number(body.size(), 3) + body;
}

std::string tls_record(uint8_t type, const std::string& content) {
  return number(type, 1) + hex("0303") + number(content.size(), 2) + content;
}

}  // namespace parlance::test
