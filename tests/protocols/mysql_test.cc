#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kHello = hex("16 0301 0004 01000000");   // stands for a client hello
const std::string kAnswer = hex("16 0303 0004 02000000");  // stands for a server hello

void expect_tls(const std::vector<Said>& talk, std::string_view parser) {
  const auto found = run_parser(parser, talk);
  EXPECT_EQ(found->best(), Strength::proof);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].parser, "tls");
  EXPECT_EQ(found->inner[0].bytes[0], kHello);
  EXPECT_EQ(found->inner[0].bytes[1], kAnswer);
  EXPECT_EQ(std::get<std::string>(found->notes.at("starttls.protocol")), parser);
  expect_parser_habits(parser, talk);
}

/// length, number, body
std::string packet(int number, const std::string& body) {
  return std::string({static_cast<char>(body.size()), '\0', '\0', static_cast<char>(number)}) +
         body;
}
std::string greeting(const std::string& capabilities) {
  return packet(0, hex("0a") + "10.11.4-MariaDB" + hex("00 07000000 0102030405060708 00") +
                       hex(capabilities) + hex("2d 0200 ff81 15 00000000000000000000") +
                       std::string(12, 's') + hex("00") + "mysql_native_password" + hex("00"));
}
const std::string kGreeting = greeting("feff");  // CLIENT_SSL among them
// capabilities 4.1 and SSL, largest packet, charset, 23 zeros
const std::string kStart = hex("8aaefe00 00000001 2d") + std::string(23, '\0');
const std::string kPlainStart = hex("8aa6fe00 00000001 2d") + std::string(23, '\0');
const std::string kLogin = kPlainStart + "romeo" + hex("00 00");
const std::string kOk = packet(2, hex("00 00 00 0200 0000"));

TEST(Mysql, login_after_a_greeting_is_proof) {
  const std::vector<Said> talk = {server(kGreeting), client(packet(1, kLogin)), server(kOk)};
  const auto found = run_parser("mysql", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  for (const Confirmation& each : found->confirmed) {
    EXPECT_EQ(each.octets.find("romeo"), std::string::npos);
  }
  expect_parser_habits("mysql", talk);
}

TEST(Mysql, login_cut_short_switches_to_tls) {
  expect_tls({server(kGreeting), client(packet(1, kStart) + kHello), server(kAnswer)}, "mysql");
}

TEST(Mysql, tls_that_was_not_offered_is_not_opened) {
  EXPECT_TRUE(run_parser("mysql", {server(greeting("fef7")), client(packet(1, kStart) + kHello)})
                  ->inner.empty());
}

TEST(Mysql, inside_tls_the_login_comes_first) {
  const auto found =
      run_parser("mysql", {client(packet(2, kLogin)), server(packet(3, hex("00 00 00")))});
  EXPECT_EQ(found->best(), Strength::proof);
}

TEST(Mysql, other_openings_are_refuted) {
  for (const Said& other :
       {server(packet(0, hex("0a") + "5.0" + hex("00 07"))), server(packet(0, hex("09") + "4.0")),
        server("220 ready\r\n"), client(packet(1, std::string(40, '\0'))),
        client(packet(1, std::string(40, 'x')))}) {
    const auto found = run_parser("mysql", {other});
    EXPECT_EQ(found->best(), Strength::none);
  }
}

/// Whoever speaks out of turn without end is not kept without end.
void expect_floods_are_given_up(std::string_view parser, const std::vector<Said>& start) {
  for (const Direction side : {Direction::to_server, Direction::to_client}) {
    std::vector<Said> talk = start;
    for (int i = 0; i < 300; ++i) talk.push_back({side, std::string(1024, '\x16')});
    EXPECT_TRUE(run_parser(parser, talk)->is_over());
  }
}

TEST(Mysql, floods_are_given_up) {
  expect_floods_are_given_up("mysql", {server(kGreeting)});
  expect_floods_are_given_up("mysql", {server(kGreeting), client(packet(1, kLogin).substr(0, 40))});
}

}  // namespace
}  // namespace parlance::test
