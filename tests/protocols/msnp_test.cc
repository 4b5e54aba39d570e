#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kTyping =
    "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: "
    "a@example.com\r\n\r\n\r\n";

std::string message(const std::string& head) {
  return "MSG " + head + " " + std::to_string(kTyping.size()) + "\r\n" + kTyping;
}

const std::vector<Said> kLogin = {
    client("VER 1 MSNP12 MSNP11 CVR0\r\n"),
    server("VER 1 MSNP12\r\n"),
    client("CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 7.5.0311 msmsgs a@example.com\r\n"),
    server("CVR 2 7.5.0311 7.5.0311 6.2.0205 http://example.com http://example.com\r\n"),
    client("USR 3 TWN I a@example.com\r\n"),
    server("USR 3 TWN S ct=1,rver=1\r\n")};

const std::vector<Said> kSwitchboard = {
    client("ANS 89 a@example.com 1115371039.15845 17069658\r\n"),
    server("IRO 89 1 1 b@example.com Somebody\r\nANS 89 OK\r\n"),
    server(message("b@example.com Somebody")), client(message("90 U")),
    server("BYE b@example.com\r\n")};

Start midstream() {
  Start start;
  start.midstream = true;
  return start;
}

TEST(Msnp, a_login_is_proof_by_its_numbers) {
  const auto found = run_parser("msnp", kLogin);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(found->confirmed[0].octets, "VER");
  EXPECT_EQ(std::get<int64_t>(found->notes.at("msnp.commands")), 6);
}

TEST(Msnp, a_switchboard_is_proof) {
  EXPECT_EQ(run_parser("msnp", kSwitchboard)->best(), Strength::proof);
}

TEST(Msnp, two_messages_of_one_side_are_proof_and_one_is_strong) {
  EXPECT_EQ(run_parser("msnp", {client(message("77 U") + message("78 U"))}, 0, midstream())->best(),
            Strength::proof);
  EXPECT_EQ(run_parser("msnp", {client(message("77 U"))}, 0, midstream())->best(),
            Strength::strong);
}

TEST(Msnp, pings_and_their_answers_are_strong) {
  const auto found = run_parser("msnp", {client("PNG\r\n"), server("QNG 45\r\n")}, 0, midstream());
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(Msnp, a_payload_of_another_length_refutes) {
  std::string longer = message("77 U");
  longer.insert(longer.size() - 2, "x");
  EXPECT_EQ(run_parser("msnp", {client(longer + message("78 U"))})->best(), Strength::strong);
}

TEST(Msnp, other_protocols_of_lines_are_none) {
  EXPECT_FALSE(run_parser("msnp", {client("USER a\r\n")})->refuted.empty());
  EXPECT_FALSE(run_parser("msnp", {server("220 mail.example ready\r\n")})->refuted.empty());
  EXPECT_FALSE(run_parser("msnp", {client("TOP 1 2\r\n")})->refuted.empty());
  EXPECT_FALSE(run_parser("msnp", {client("MSG hello there 3\r\nabc")})->refuted.empty());
}

TEST(Msnp, has_the_habits_of_a_parser) {
  expect_parser_habits("msnp", kLogin);
  expect_parser_habits("msnp", kSwitchboard);
}

}  // namespace
}  // namespace parlance::test
