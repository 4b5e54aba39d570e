#include <random>

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

/// A numbered message of `length` octets whose ciphertext looks random.
std::string message(uint16_t length, uint16_t sequence) {
  std::string octets = {static_cast<char>(length & 0xff),
                        static_cast<char>(length >> 8),
                        static_cast<char>(sequence & 0xff),
                        static_cast<char>(sequence >> 8),
                        0,
                        0};
  std::mt19937 generator(sequence);
  while (octets.size() < length) octets += static_cast<char>(generator() & 0xff);
  return octets;
}

// Length 96, a token, kind 3, .., the token again, ciphertext.
const std::string kHello =
    hex("6000 11223344 fcff 0380 5900 0a00 000000000000 11223344") + std::string(72, '\x5a');
const std::string kHelloWithoutToken =
    hex("1800 00000000 fcff 0580 0900 0000000000000000 33000000");
const std::string kAnswer = hex("2400 ed03 0380 00000000 0a00") + std::string(24, '\x77');

TEST(Viber, a_hello_and_numbers_in_order_are_proof) {
  const std::vector<Said> talk = {client(kHello), server(message(900, 18) + message(77, 19)),
                                  client(message(101, 9)),
                                  server(message(76, 20) + message(368, 21))};
  const auto findings = run_parser("viber", talk);
  EXPECT_TRUE(findings->has("hello"));
  EXPECT_TRUE(findings->has("sequence"));
  EXPECT_EQ(findings->best(), Strength::proof);
  expect_parser_habits("viber", talk);
}

TEST(Viber, a_hello_alone_is_strong_and_its_token_is_not_shown) {
  const auto findings = run_parser("viber", {client(kHello)});
  EXPECT_EQ(findings->best(), Strength::strong);
  for (const Confirmation& each : findings->confirmed) EXPECT_LE(each.octets.size(), 2U);
  std::string other = kHello;
  other[20] = '\x12';
  EXPECT_EQ(run_parser("viber", {client(other)})->best(), Strength::none);
}

TEST(Viber, a_hello_without_a_token_and_its_answer_are_proof) {
  const std::vector<Said> talk = {client(kHelloWithoutToken), server(kAnswer)};
  EXPECT_EQ(run_parser("viber", talk)->best(), Strength::proof);
  expect_parser_habits("viber", talk);
}

TEST(Viber, an_answer_that_repeats_the_hellos_token_is_proof) {
  const std::string answer = hex("1600 7605 0380 11223344 5c00") + std::string(10, '\x77');
  const std::vector<Said> talk = {client(kHello), server(answer)};
  EXPECT_EQ(run_parser("viber", talk)->best(), Strength::proof);
  expect_parser_habits("viber", talk);
  std::string other = answer;
  other[6] = '\x12';
  EXPECT_EQ(run_parser("viber", {client(kHello), server(other)})->best(), Strength::strong);
}

TEST(Viber, the_middle_of_a_connection_is_strong_however_many_numbers_come) {
  std::vector<Said> talk;
  for (uint16_t i = 0; i < 4; ++i) {
    talk.push_back(client(message(101, static_cast<uint16_t>(0x0a + i))));
    talk.push_back(server(message(76, static_cast<uint16_t>(0x0e + i))));
  }
  EXPECT_EQ(run_parser("viber", talk)->best(), Strength::strong);
  for (uint16_t i = 4; i < 8; ++i) {
    talk.push_back(client(message(101, static_cast<uint16_t>(0x0a + i))));
    talk.push_back(server(message(76, static_cast<uint16_t>(0x0e + i))));
  }
  EXPECT_EQ(run_parser("viber", talk)->best(), Strength::strong);
  expect_parser_habits("viber", talk);
}

TEST(Viber, numbers_out_of_order_are_refuted) {
  EXPECT_FALSE(run_parser("viber", {client(message(60, 1) + message(60, 3))})->refuted.empty());
  EXPECT_FALSE(run_parser("viber", {client(hex("0700 0100 0000 00"))})->refuted.empty());
  std::string third = message(60, 3);
  third[4] = 1;
  EXPECT_FALSE(
      run_parser("viber", {client(message(60, 1) + message(60, 2) + third)})->refuted.empty());
}

TEST(Viber, counters_with_a_plain_body_are_not_viber) {
  std::vector<Said> talk;
  for (char i = 1; i < 12; ++i) {
    const std::string record = std::string("\x20\0", 2) + i + std::string(29, '\0');
    talk.push_back(client(record));
    talk.push_back(server(record));
  }
  EXPECT_EQ(run_parser("viber", talk)->best(), Strength::none);
}

}  // namespace
}  // namespace parlance::test
