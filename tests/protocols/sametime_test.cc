#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string message(const std::string& body) {
  return hex("0000") + static_cast<char>(body.size() >> 8) + static_cast<char>(body.size()) + body;
}

/// Type 0, no options, channel 0; version 30.7510, channel 0, no server's address, a kind of
/// client, 10.0.0.1; then six octets and the name "n22".
const std::string kHandshake = message(
    hex("0000 0000 00000000  001e 1d56 00000000 00000000 1105 0a000001  0100 00000000 0003") +
    "n22");
const std::string kAnswer = message(hex("8000 0000 00000000  001e 001d 0a000002"));
const std::vector<Said> kTalk = {client(kHandshake), server(kAnswer),
                                 client(message(hex("0001 0000 00000000 000a 0000")) + "\x80"),
                                 server("\x80" + message(hex("8001 0000 00000000 0000")))};

TEST(Sametime, handshake_answer_and_messages_are_proof) {
  const auto found = run_parser("sametime", kTalk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(found->confirmed[0].octets.size(), 12U);
}

TEST(Sametime, a_handshake_alone_is_strong) {
  EXPECT_EQ(run_parser("sametime", {client(kHandshake)})->best(), Strength::strong);
}

TEST(Sametime, a_name_that_does_not_fit_refutes) {
  std::string cut = kHandshake;
  cut[cut.size() - 4] = 9;
  EXPECT_FALSE(run_parser("sametime", {client(cut)})->refuted.empty());
}

TEST(Sametime, has_the_habits_of_a_parser) {
  expect_parser_habits("sametime", kTalk);
}

}  // namespace
}  // namespace parlance::test
