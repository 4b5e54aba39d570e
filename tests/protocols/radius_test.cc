#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// RFC 2865 section 7.1: "nemo" logs in, and is let in.
const std::string kAsk =
    hex("01 00 0038 0f403f9473978057bd83d5cb98f4227a"
        "01 06 6e656d6f"                          // User-Name
        "02 12 0dbe708d93d413ce3196e43f782a0aee"  // User-Password
        "04 06 c0a80110 05 06 00000003");         // NAS address and port
const std::string kAccept =
    hex("02 00 0026 86fe220e7624ba2a1005f6bf9b55e0b2"
        "06 06 00000001 0f 06 00000000 0e 06 c0a80103");

TEST(Radius, answer_with_the_same_number_is_proof) {
  const auto found = run_parser("radius", {client(kAsk), server(kAccept)});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(found->confirmed[0].octets.size(), 20U);  // no users, no passwords
}

TEST(Radius, other_number_or_code_is_no_answer) {
  std::string other = kAccept;
  other[1] = 1;
  EXPECT_EQ(run_parser("radius", {client(kAsk), server(other)})->best(), Strength::none);
  EXPECT_EQ(run_parser("radius", {client(kAsk), server(kAsk)})->best(), Strength::none);
}

TEST(Radius, attributes_must_fill_the_message) {
  EXPECT_FALSE(run_parser("radius", {client(kAsk + "x")})->refuted.empty());
  std::string wrong = kAsk;
  wrong[21] = 2;  // an attribute without a value
  EXPECT_FALSE(run_parser("radius", {client(wrong)})->refuted.empty());
}

TEST(Radius, has_the_habits_of_a_parser) {
  expect_parser_habits("radius", {client(kAsk), server(kAccept)});
}

}  // namespace
}  // namespace parlance::test
