#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string message(const std::string& body) {
  return static_cast<char>(body.size()) + hex("000000") + "VT01" + body;
}
const std::string kNoJob(16, '\xff');
const std::string kRequest = message(hex("17050000") + kNoJob + hex("01000000 01000000"));
const std::string kResponse = message(hex("18050000") + kNoJob + hex("01000000 80000000"));
const std::string kSealed = message("sixteen octets or more");

TEST(Steam, a_request_for_encryption_and_its_answer_are_proof) {
  const std::vector<Said> talk = {server(kRequest), client(kResponse)};
  EXPECT_EQ(run_parser("steam", talk)->best(), Strength::proof);
  expect_parser_habits("steam", talk);
  EXPECT_EQ(run_parser("steam", {server(kRequest)})->best(), Strength::strong);
}

TEST(Steam, a_chain_is_proof_without_a_beginning) {
  const std::vector<Said> talk = {client(kSealed + kSealed + kSealed),
                                  server(kSealed + kSealed + kSealed)};
  EXPECT_EQ(run_parser("steam", talk)->best(), Strength::proof);
  expect_parser_habits("steam", talk);
}

TEST(Steam, another_word_is_refuted) {
  EXPECT_FALSE(run_parser("steam", {client("GET / HTTP/1.1\r\n")})->refuted.empty());
}

TEST(Steam, a_chain_that_breaks_off_proves_nothing) {
  EXPECT_EQ(run_parser("steam", {client(kSealed + kSealed + "no message at all")})->best(),
            Strength::strong);
}

}  // namespace
}  // namespace parlance::test
