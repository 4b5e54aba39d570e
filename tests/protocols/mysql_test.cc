#include <gtest/gtest.h>

#include "support/switch_to_tls.h"

namespace parlance::test {
namespace {

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
  expect_switch_to_tls("mysql",
                       {server(kGreeting), client(packet(1, kStart) + kHello), server(kAnswer)});
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
    EXPECT_FALSE(found->refuted.empty());
  }
}

TEST(Mysql, greeting_that_is_too_long_is_refuted_in_any_pieces) {
  const std::string body = kGreeting.substr(4) + std::string(1024 - kGreeting.size() + 5, 'x');
  const std::vector<Said> talk = {server(hex("010400 00") + body)};  // 1025 octets
  EXPECT_EQ(body.size(), 1025U);
  EXPECT_EQ(run_parser("mysql", talk)->best(), Strength::none);
  expect_parser_habits("mysql", talk);
}

TEST(Mysql, floods_are_given_up) {
  expect_floods_are_given_up("mysql", {server(kGreeting)});
  expect_floods_are_given_up("mysql", {server(kGreeting), client(packet(1, kLogin).substr(0, 40))});
}

}  // namespace
}  // namespace parlance::test
