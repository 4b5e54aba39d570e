#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string greeting(std::string mechanism, char as_server) {
  mechanism.resize(20, '\0');
  return hex("ff 0000000000000001 7f 03 01") + mechanism + as_server + std::string(31, '\0');
}
const std::string kReady = hex("04 06 05") + "READY";

TEST(Zmtp, greetings_of_both_sides_are_proof) {
  const std::vector<Said> talk = {client(greeting("CURVE", 0)), server(greeting("CURVE", 1)),
                                  client(kReady), server(kReady)};
  const auto found = run_parser("zmtp", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes.at("zmtp.mechanism")), "CURVE");
  expect_parser_habits("zmtp", talk);
  EXPECT_EQ(run_parser("zmtp", {talk[0]})->best(), Strength::strong);
}

TEST(Zmtp, greetings_are_checked_to_their_end) {
  std::string other = greeting("CURVE", 0);
  other.back() = 'x';
  EXPECT_FALSE(run_parser("zmtp", {client(other)})->refuted.empty());
  EXPECT_FALSE(run_parser("zmtp", {client(greeting("CURVED", 0))})->refuted.empty());
  EXPECT_EQ(run_parser("zmtp", {client(greeting("NULL", 0)), server(greeting("CURVE", 0))})->best(),
            Strength::strong);
}

}  // namespace
}  // namespace parlance::test
