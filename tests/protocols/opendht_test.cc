#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// As dhtnode 2.4 sends them: a ping, and its answer.
const std::string kPing =
    hex("85 a161 81 a26964 c414 eb5527d6af8dbc3372b125b529a3f769497678aa a171 a470696e67"
        "a174 cea303392c a179 a171 a176 a4524e4731");
const std::string kPong =
    hex("84 a172 82 a26964 c414 94e34f1c0aa29113b2779793f8bbc4deaa7b9765 a27361 c404 7f000001"
        "a174 cea303392c a179 a172 a176 a4524e4731");

TEST(Opendht, a_question_and_its_answer_are_proof) {
  const std::vector<Said> talk = {client(kPing), server(kPong)};
  EXPECT_EQ(run_parser("opendht", talk)->best(), Strength::proof);
  expect_parser_habits("opendht", talk);
  EXPECT_EQ(run_parser("opendht", {client(kPing)})->best(), Strength::strong);
  std::string other = kPong;
  other[43] ^= 1;
  EXPECT_LE(run_parser("opendht", {client(kPing), server(other)})->best(), Strength::strong);
}

TEST(Opendht, an_error_is_an_answer_and_parts_of_values_fit) {
  const std::string tail = hex("a174 cea303392c a179 a165 a176 a4524e4731");
  const std::string error = hex("84 a165 92 cd00cb a3626164") + tail.substr(0, tail.size());
  EXPECT_EQ(run_parser("opendht", {client(kPing), server(error)})->best(), Strength::proof);
  EXPECT_EQ(run_parser("opendht", {server(error)})->best(), Strength::none) << "no node's id in it";
  const std::string no_text = hex("84 a165 92 cd00cb cd00cb") + tail;
  EXPECT_EQ(run_parser("opendht", {client(kPing), server(no_text)})->best(), Strength::strong);
  const std::string part = hex("83 a170 81 00 82 a16f 00 a164 c402abcd a174 cea303392c a179 a176");
  std::vector<Said> talk(20, server(part));
  EXPECT_TRUE(run_parser("opendht", talk)->refuted.empty());
  EXPECT_EQ(run_parser("opendht", talk)->best(), Strength::none);
}

TEST(Opendht, messages_are_read_to_their_end) {
  EXPECT_EQ(run_parser("opendht", {client(kPing + "x")})->best(), Strength::none);
  EXPECT_EQ(run_parser("opendht", {client(kPing.substr(0, kPing.size() - 1))})->best(),
            Strength::none);
  EXPECT_FALSE(
      run_parser("opendht", std::vector<Said>(20, client(hex("81 a161 01"))))->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
