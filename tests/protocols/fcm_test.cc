#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

/// Field `number` with a text of less than 128 octets.
std::string text(int number, std::string_view value) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(value.size())} +
         std::string(value);
}
std::string message(char tag, std::string_view body) {
  return std::string{tag, static_cast<char>(body.size())} + std::string(body);
}
std::string login(std::string_view domain) {
  return message(2, text(1, "chrome-63.0.3234.0") + text(2, domain) + text(3, "1234") +
                        text(4, "1234") + text(5, "s3cret") + hex("60 01"));
}
const std::string kLogin = "\x29" + login("mcs.android.com");
const std::string kResponse = "\x29" + message(3, text(1, "chrome-63") + hex("4090 4e"));
const std::string kPing = hex("00 02 1001");

const std::vector<Said> kTalk = {client(kLogin), server(kResponse + kPing),
                                 client(hex("0102 1002"))};

TEST(Fcm, a_login_and_its_response_are_proof) {
  const auto findings = run_parser("fcm", kTalk);
  EXPECT_EQ(findings->best(), Strength::proof);
  EXPECT_TRUE(findings->has("logged-in"));
  EXPECT_EQ(std::get<std::string>(findings->notes["fcm.client"]), "chrome-63.0.3234.0");
  expect_parser_habits("fcm", kTalk);
}

TEST(Fcm, tokens_are_not_shown) {
  const auto findings = run_parser("fcm", kTalk);
  for (const Confirmation& each : findings->confirmed) {
    EXPECT_EQ(each.octets.find("s3cret"), std::string::npos);
  }
}

TEST(Fcm, a_login_to_another_domain_is_strong_until_it_is_answered) {
  const std::string other = "\x29" + login("push.example");
  EXPECT_EQ(run_parser("fcm", {client(other)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("fcm", {client(other), server(kResponse)})->best(), Strength::proof);
}

TEST(Fcm, what_does_not_begin_with_a_login_is_refuted) {
  const auto refuted = [](const Said& said) { return !run_parser("fcm", {said})->refuted.empty(); };
  EXPECT_TRUE(refuted(client("\x29" + kPing)));
  EXPECT_TRUE(refuted(client("\x05" + login("mcs.android.com"))));
  EXPECT_TRUE(refuted(client("\x29" + message(2, "\x0f\x0f\x0f"))));
  EXPECT_TRUE(refuted(client("\x29" + message(2, text(1, "chrome")))));  // no token
  EXPECT_TRUE(refuted(client("\x29\x02" + std::string(11, '\xff'))));
  EXPECT_TRUE(refuted(server("\x29" + kPing)));
}

}  // namespace
}  // namespace parlance::test
