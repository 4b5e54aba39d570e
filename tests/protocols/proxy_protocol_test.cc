#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kLine = "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n";
const std::string kBinary =
    hex("0d0a0d0a000d0a515549540a"     // the signature
        "21 11 0012"                   // version 2, PROXY; TCP over IPv4; 18 octets follow
        "c0000201 c0000202 dc04 01bb"  // addresses and ports
        "04 0003 000000");             // a TLV: type, length, value

TEST(ProxyProtocol, what_follows_a_header_is_a_channel) {
  for (const std::string& header : {kLine, kBinary, std::string("PROXY UNKNOWN\r\n")}) {
    const std::vector<Said> talk = {client(header + "GET / HTTP/1.1\r\n"),
                                    server("HTTP/1.1 200 OK\r\n")};
    const auto found = run_parser("proxy_protocol", talk);
    EXPECT_EQ(found->best(), Strength::proof);
    ASSERT_EQ(found->inner.size(), 1U);
    EXPECT_EQ(found->inner[0].carrier, Carrier::tcp);
    EXPECT_EQ(found->inner[0].bytes[0], "GET / HTTP/1.1\r\n");
    EXPECT_EQ(found->inner[0].bytes[1], "HTTP/1.1 200 OK\r\n");
    expect_parser_habits("proxy_protocol", talk);
  }
}

TEST(ProxyProtocol, endpoints_are_noted) {
  for (const std::string& header : {kLine, kBinary}) {
    const auto found = run_parser("proxy_protocol", {client(header)});
    EXPECT_EQ(std::get<std::string>(found->notes.at("proxy.source")), "192.0.2.1:56324");
    EXPECT_EQ(std::get<std::string>(found->notes.at("proxy.destination")), "192.0.2.2:443");
  }
  const auto six = run_parser("proxy_protocol", {client("PROXY TCP6 2001:db8::1 ::1 1 2\r\n")});
  EXPECT_EQ(std::get<std::string>(six->notes.at("proxy.source")), "[2001:db8::1]:1");
}

TEST(ProxyProtocol, what_the_client_s_tls_had_is_noted) {
  const std::string header =
      hex("0d0a0d0a000d0a515549540a 21 11 003b"
          "c0000201 c0000202 dc04 01bb"
          "01 0002 6832"                   // ALPN "h2"
          "02 0009 622e6578616d706c65"     // authority "b.example"
          "20 001b 01 00000000"            // SSL: the client used it; verified
          "21 0007 544c5376312e33"         // version "TLSv1.3"
          "22 0009 6a756c6965742e69 74");  // common name, a person's
  const auto found = run_parser("proxy_protocol", {client(header)});
  ASSERT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes.at("proxy.alpn")), "h2");
  EXPECT_EQ(std::get<std::string>(found->notes.at("proxy.authority")), "b.example");
  EXPECT_EQ(std::get<std::string>(found->notes.at("proxy.tls_version")), "TLSv1.3");
  EXPECT_TRUE(std::get<bool>(found->notes.at("proxy.tls")));
  EXPECT_EQ(found->fields.find("proxy.host")->second, "b.example");
  for (const auto& [key, value] : found->notes) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      EXPECT_EQ(text->find("juliet"), std::string::npos) << key;
    }
  }
}

TEST(ProxyProtocol, other_beginnings_are_refuted) {
  for (const std::string& text :
       {std::string("PROXY TCP4 192.0.2.1 192.0.2.2 70000 443\r\n"),
        std::string("PROXY TCP4 a b 1 2\r\n"), std::string("PROXYING\r\n"),
        "PROXY TCP6 " + std::string(200, '1'),
        hex("0d0a0d0a000d0a515549540a 31 11 000c"),           // version 3
        hex("0d0a0d0a000d0a515549540a 21 11 0004 00000000"),  // too short for its family
        hex("0d0a0d0a000d0a515549540a 21 11 000f c0000201c0000202dc0401bb 04 00ff")}) {  // a TLV
                                                                                         // too long
    const auto found = run_parser("proxy_protocol", {client(text)});
    EXPECT_FALSE(found->refuted.empty()) << text;
  }
}

}  // namespace
}  // namespace parlance::test
