#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

/// An SSH string (RFC 4251 section 5): length, then octets.
std::string ssh_string(const std::string& text) {
  std::string length(4, '\0');
  length[3] = static_cast<char>(text.size());
  return length + text;
}

/// A binary packet with four octets of padding (RFC 4253 section 6).
std::string packet(const std::string& payload) {
  const size_t length = 1 + payload.size() + 4;
  std::string head = {0, 0, static_cast<char>(length >> 8), static_cast<char>(length & 0xff), 4};
  return head + payload + std::string(4, '\0');
}

std::string key_exchange() {
  std::string payload = "\x14" + std::string(16, '\x5a');  // SSH_MSG_KEXINIT, cookie
  for (int i = 0; i < 10; ++i)
    payload += ssh_string(i < 2 ? "curve25519-sha256,ecdh-sha2-nistp256" : "");
  return packet(payload + std::string(5, '\0'));  // no guess follows; reserved
}

const std::string kClient = "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n";
const std::string kServer = "Welcome\r\nSSH-2.0-OpenSSH_9.2p1 Debian-2\r\n";
const std::vector<Said> kTalk = {server(kServer), client(kClient), client(key_exchange()),
                                 server(key_exchange())};

TEST(Ssh, a_key_exchange_that_fills_its_packet_is_proof) {
  const auto findings = run_parser("ssh", kTalk);
  EXPECT_EQ(findings->best(), Strength::proof);
  EXPECT_TRUE(findings->finished);
  EXPECT_EQ(findings->confirmed[0].offset, 9u)
      << "the line before the identification is passed over";
  expect_parser_habits("ssh", kTalk);
}

TEST(Ssh, an_identification_alone_is_strong) {
  EXPECT_EQ(run_parser("ssh", {client(kClient)})->best(), Strength::strong);
}

TEST(Ssh, what_follows_must_be_a_key_exchange) {
  EXPECT_EQ(run_parser("ssh", {client(kClient), client(packet("\x15"))})->refuted,
            "the first packet is no key exchange");
  EXPECT_EQ(run_parser("ssh", {client("GET / HTTP/1.1\r\n")})->refuted,
            "no SSH identification line");
}

}  // namespace
}  // namespace parlance::test
