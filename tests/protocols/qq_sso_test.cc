#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string counted(const std::string& content) {
  const size_t length = content.size() + 4;
  return std::string{'\0', '\0', static_cast<char>(length >> 8), static_cast<char>(length)} +
         content;
}
const std::string kAccount = std::string(1, '\0') + counted("12345678");

// What a client of takayama-lily/oicq sends first, in clear: a head with the command, an empty
// body.
std::string clear_login() {
  const std::string head = hex("00000dd1 200302b2 200302b2 010000000000000000000100") +
                           counted("") + counted("Client.CorrectTime") + counted("1234") +
                           hex("00000004");
  return counted(hex("0000000a 00") + counted("") + kAccount + counted(head) + counted(""));
}
// A server's answer to wtlogin.login, sealed by oicq's tea.js under a key of zeros.
std::string zero_key_answer() {
  return counted(hex("0000000a 02") + kAccount +
                 hex("ebc74fb9d408bc6e8ceba2fccdf9f070237815e9db30d4788c190657a99d14a2"
                     "9379c172b7cf15ab772bc85d3157abf7a5bdd2ee4874e5db53aa4f29b9e7f16b"));
}
std::string session_request(const std::string& account = "12345678") {
  return counted(hex("0000000b 01 00000dd2 00") + counted(account) + std::string(40, '\x7a'));
}
std::string session_answer() {
  return counted(hex("0000000b 01") + kAccount + std::string(48, '\x3b'));
}

TEST(QqSso, packet_that_a_key_of_zeros_opens_is_proof) {
  const auto found = run_parser("qq_sso", {server(zero_key_answer())});
  EXPECT_TRUE(found->has("zero-key"));
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes.at("qq.command")), "wtlogin.login");
}

TEST(QqSso, packet_in_clear_with_a_command_is_proof) {
  const auto found = run_parser("qq_sso", {client(clear_login())});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes.at("qq.command")), "Client.CorrectTime");
}

TEST(QqSso, sealed_packets_are_strong_and_a_chain_of_both_sides_is_proof) {
  EXPECT_EQ(run_parser("qq_sso", {client(session_request())})->best(), Strength::strong);
  const std::vector<Said> talk = {client(session_request()), server(session_answer()),
                                  client(session_request())};
  EXPECT_EQ(run_parser("qq_sso", talk)->best(), Strength::proof);
  expect_parser_habits("qq_sso", talk);
}

TEST(QqSso, types_of_qq_nt_are_read_alike) {
  // A client's 0D: sequence, account "0", a head with the command at once.
  const std::string head =
      counted("trpc.login.ecdh.EcdhService.SsoKeyExchange") + counted("") + counted("");
  const auto found =
      run_parser("qq_sso", {client(counted(hex("0000000d 00 00a1b2c3 00") + counted("0") +
                                           counted(head) + counted("body")))});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes.at("qq.command")),
            "trpc.login.ecdh.EcdhService.SsoKeyExchange");
}

TEST(QqSso, account_that_changes_is_no_proof) {
  EXPECT_EQ(run_parser("qq_sso", {client(session_request("99999")), server(session_answer()),
                                  client(session_request("99999"))})
                ->best(),
            Strength::strong);
}

TEST(QqSso, ciphertext_changed_in_one_octet_opens_no_more) {
  std::string damaged = zero_key_answer();
  damaged[40] ^= 1;
  EXPECT_EQ(run_parser("qq_sso", {server(damaged)})->best(), Strength::strong);
}

TEST(QqSso, look_alikes_are_refused) {
  for (const std::string& other :
       {counted(hex("0000000e 02") + kAccount + std::string(16, 'x')),  // another type
        counted(hex("0000000a 03") + kAccount + std::string(16, 'x')),  // another sealing
        counted(hex("0000000a 02 00") + counted("letters") + std::string(16, 'x')),
        counted(hex("0000000a 02 01") + counted("12345678") + std::string(16, 'x')),
        std::string("\0\0\0\x08\0\0\0\x0a", 8)}) {
    const auto found = run_parser("qq_sso", {server(other)});
    EXPECT_EQ(found->best(), Strength::none);
    EXPECT_FALSE(found->refuted.empty());
  }
}

TEST(QqSso, has_the_habits_of_a_parser) {
  expect_parser_habits("qq_sso", {client(clear_login()), server(zero_key_answer()),
                                  client(session_request()), server(session_answer())});
}

}  // namespace
}  // namespace parlance::test
