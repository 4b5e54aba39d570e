#include <gtest/gtest.h>

#include "support/recording_findings.h"
#include "support/tls_samples.h"

namespace parlance::test {
namespace {

/// A record of version 1.2, epoch 0.
std::string record(uint8_t type, const std::string& content) {
  return std::string(1, static_cast<char>(type)) + hex("fefd 0000 000000000001") +
         std::string{static_cast<char>(content.size() >> 8), static_cast<char>(content.size())} +
         content;
}
/// Part of a handshake message, from `offset` on.
std::string fragment(uint8_t type, const std::string& body, size_t offset, size_t length) {
  const auto three = [](size_t value) {
    return std::string{'\0', static_cast<char>(value >> 8), static_cast<char>(value)};
  };
  return std::string(1, static_cast<char>(type)) + three(body.size()) + hex("0000") +
         three(offset) + three(length) + body.substr(offset, length);
}
std::string message(uint8_t type, const std::string& body) {
  return record(22, fragment(type, body, 0, body.size()));
}

const std::string kHello = client_hello_body(true);
const std::string kVerify = hex("feff 04 01020304");
TEST(Dtls, client_hello_and_verify_request_are_proof) {
  const auto found = run_parser("dtls", {client(message(1, kHello)), server(message(3, kVerify))});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes.at("tls.sni")), "chat.example.com");
  EXPECT_EQ(std::get<std::string>(found->notes.at("tls.ja4")).substr(0, 1), "d");
}

TEST(Dtls, server_hello_ends_the_work) {
  const std::string hello =
      hex("fefd") + std::string(32, 'S') + hex("00 c02b 00");  // no extensions
  const auto found = run_parser("dtls", {client(message(1, kHello)), server(message(2, hello))});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes.at("tls.version")), "DTLSv1.2");
  EXPECT_TRUE(found->finished);
}

TEST(Dtls, either_side_of_the_flow_may_begin_the_handshake) {
  const auto found = run_parser("dtls", {server(message(1, kHello)), client(message(3, kVerify))});
  EXPECT_EQ(found->best(), Strength::proof);
}

TEST(Dtls, hello_in_fragments_is_put_together) {
  const size_t half = kHello.size() / 2;
  const auto found =
      run_parser("dtls", {client(record(22, fragment(1, kHello, 0, half))),
                          client(record(22, fragment(1, kHello, half, kHello.size() - half)))});
  EXPECT_TRUE(found->has("client-hello"));
}

TEST(Dtls, empty_fragments_behind_a_hello_do_not_have_it_read_again) {
  const std::string empty = fragment(1, kHello, kHello.size(), 0);
  const auto found = run_parser("dtls", {client(message(1, kHello)), client(record(22, empty))});
  EXPECT_EQ(found->confirmed.size(), 1U);
}

TEST(Dtls, datagrams_of_others_are_passed_over) {
  const std::string stun = hex("0001 0000 2112a442") + std::string(12, 't');
  const auto found = run_parser("dtls", {client(stun), server(stun), client(message(1, kHello)),
                                         client(hex("8000")), server(message(3, kVerify))});
  EXPECT_EQ(found->best(), Strength::proof);
}

TEST(Dtls, records_of_both_sides_in_mid_stream_are_strong) {
  std::vector<Said> talk;
  for (int i = 0; i < 3; ++i) {
    talk.push_back(client(record(23, std::string(40, 'e'))));
    talk.push_back(server(record(23, std::string(50, 'e'))));
  }
  EXPECT_EQ(run_parser("dtls", talk)->best(), Strength::strong);
}

TEST(Dtls, a_datagram_with_octets_left_over_is_not_dtls) {
  const auto found = run_parser("dtls", {client(message(1, kHello) + "x")});
  EXPECT_EQ(found->best(), Strength::none);
}

TEST(Dtls, has_the_habits_of_a_parser) {
  expect_parser_habits("dtls", {client(message(1, kHello)), server(message(3, kVerify))});
}

TEST(Dtls, use_srtp_of_both_hellos_is_noted_and_proof) {
  const std::string ask = hex("fefd") + std::string(32, 'C') + hex("00 00 0002 c02b 01 00") +
                          hex("0009 000e 0005 0002 0007 00");  // use_srtp: AES-128-GCM, no MKI
  const std::string answer =
      hex("fefd") + std::string(32, 'S') + hex("00 c02b 00") + hex("0009 000e 0005 0002 0007 00");
  const auto found = run_parser("dtls", {client(message(1, ask)), server(message(2, answer))});
  EXPECT_TRUE(found->has("use-srtp"));
  EXPECT_EQ(std::get<std::string>(found->notes.at("dtls.srtp_profile")), "SRTP_AEAD_AES_128_GCM");
  EXPECT_EQ(std::get<std::vector<std::string>>(found->notes.at("dtls.srtp_offered")).size(), 1U);
}

}  // namespace
}  // namespace parlance::test
