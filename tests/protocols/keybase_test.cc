#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

/// A frame of less than 256 octets, its length in one or two.
std::string frame(std::string_view octets) {
  const std::string form = octets.size() < 128 ? "" : "\xcc";
  return form + static_cast<char>(octets.size()) + std::string(octets);
}
/// A text of less than 32 octets.
std::string text(std::string_view value) {
  return static_cast<char>(0xa0 | value.size()) + std::string(value);
}
// [0, 5, "gregor.1.auth.authSessionToken" (30 octets), [{"session": "s3cret"}]]
const std::string kCall = frame(hex("94 00 05") + text("gregor.1.auth.authSessionToken") +
                                hex("91 81") + text("session") + text("s3cret"));
// [1, 5, nil, {"uid": bin 2}]
const std::string kAnswer = frame(hex("94 01 05 c0 81") + text("uid") + hex("c4 02 abcd"));
const std::vector<Said> kTalk = {client(kCall), server(kAnswer)};

TEST(Keybase, a_call_and_its_answer_are_proof) {
  EXPECT_EQ(run_parser("keybase", kTalk)->best(), Strength::proof);
  expect_parser_habits("keybase", kTalk);
  EXPECT_EQ(run_parser("keybase", {client(kCall)})->best(), Strength::strong);
  const std::string other = frame(hex("94 01 06 c0 c0"));
  EXPECT_EQ(run_parser("keybase", {client(kCall), server(other)})->best(), Strength::strong);
}

TEST(Keybase, arguments_are_not_shown) {
  const auto findings = run_parser("keybase", kTalk);
  for (const Confirmation& each : findings->confirmed) EXPECT_LE(each.octets.size(), 2U);
}

TEST(Keybase, a_length_may_have_any_form) {
  const std::string body = kCall.substr(1);
  const char length = kCall[0];
  for (const std::string& form : {hex("cc"), hex("cd 00"), hex("ce 000000")}) {
    EXPECT_EQ(run_parser("keybase", {client(form + length + body), server(kAnswer)})->best(),
              Strength::proof);
  }
}

TEST(Keybase, all_kinds_of_values_are_passed_over) {
  // A list of 20: array16, map16, fixext, ext8, bin16, str16, floats, integers, true.
  const std::string values = hex(
      "dc0014 dc0001c0 de0001 a161 c3 d4 01aa d8 01 00000000000000000000000000000000 c7 02 01 aabb"
      "c5 0001 ff da 0001 61 ca 00000000 cb 0000000000000000 cc 01 cd 0001 ce 00000001"
      "cf 0000000000000001 d0 ff d1 ffff d2 ffffffff d3 ffffffffffffffff e0 7f c2");
  const std::string call = frame(hex("93 02") + text("gregor.1.auth.x") + values);
  EXPECT_EQ(run_parser("keybase", {client(call)})->best(), Strength::strong);
}

TEST(Keybase, other_names_and_lengths_are_refuted) {
  const auto refuted = [](const std::string& octets) {
    return !run_parser("keybase", {client(octets)})->refuted.empty();
  };
  EXPECT_TRUE(refuted(frame(hex("94 00 05") + text("example.1.auth.call") + hex("90"))));
  std::string shorter = kCall;
  --shorter[0];
  EXPECT_TRUE(refuted(shorter));
  EXPECT_TRUE(refuted(frame(hex("94 00 05") + text("gregor.1.auth.x") + hex("c1"))));
  EXPECT_TRUE(refuted(frame(hex("94 00 05") + text("gregor.1.auth.x") + hex("df ffffffff c0"))));
}

}  // namespace
}  // namespace parlance::test
