#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// Call edf6, session 0102..08, a time of October 2018 in milliseconds.
const std::string kSession = hex("0102030405060708");
const std::string kTime = hex("ae39929163010000");
const std::string kRegister = hex("edf6 0100 0500") + kSession +
                              hex("07ae2754 1100a8c0 43b8 32000000 4301 0010 0100") + kTime +
                              std::string(215, '\0');
const std::string kRegistered =
    hex("edf6 0c00 0100") + kSession + hex("32437c5e 43b8") + kTime + std::string(48, '\0');
const std::string kPing = hex("edf6 0900") + kTime + kSession;
const std::string kPong =
    hex("edf6 0b00") + kTime + hex("6b42929163010000") + std::string(14, '\0');
const std::string kProbe = hex("edf6 1900") + kSession + std::string(22, '\x25');
const std::string kProbed = hex("edf6 1a00") + kSession + hex("32437c5e 43b8 00c8");

TEST(ViberCall, an_answer_that_repeats_the_request_is_proof) {
  const std::vector<std::vector<Said>> talks = {{client(kRegister), server(kRegistered)},
                                                {client(kPing), server(kPong)},
                                                {client(kProbe), server(kProbed)}};
  for (const auto& talk : talks) {
    EXPECT_EQ(run_parser("viber_call", talk)->best(), Strength::proof);
    expect_parser_habits("viber_call", talk);
  }
}

TEST(ViberCall, requests_alone_are_nothing) {
  const std::vector<Said> talk = {client(kRegister), client(kPing), client(kProbe)};
  EXPECT_EQ(run_parser("viber_call", talk)->best(), Strength::none);
  EXPECT_EQ(run_parser("viber_call", {client(kPing), client(kPong)})->best(), Strength::none);
}

TEST(ViberCall, an_answer_to_another_request_is_nothing) {
  for (const size_t place : {0U, 5U, 6U, 20U}) {
    std::string other = kRegistered;
    other[place] ^= 1;
    EXPECT_EQ(run_parser("viber_call", {client(kRegister), server(other)})->best(), Strength::none);
  }
}

TEST(ViberCall, two_octets_of_a_type_are_nothing) {
  std::vector<Said> talk;
  for (int i = 0; i < 50; ++i) {
    talk.push_back(client(hex("0102 0300") + std::string(20, 'x')));
    talk.push_back(server(hex("0102 0300") + std::string(20, 'x')));
  }
  const auto findings = run_parser("viber_call", talk);
  EXPECT_EQ(findings->best(), Strength::none);
  EXPECT_FALSE(findings->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
