#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// Header of 33 octets, not compressed; AES, cookie of 15; version, account; cookie; command 697,
// two octets before and after compression, two more numbers; one block.
const std::string kRequest =
    hex("865f 26010041 00bc614e 0102030405060708090a0b0c0d0e0f b905 02 02 c4dd01 02") +
    std::string(16, '\x6a');
// Header of 31: version 0, the same account, cookie and command; twelve octets.
const std::string kAnswer =
    hex("7e5f 00000000 00bc614e 0102030405060708090a0b0c0d0e0f b905 0c 0c 00 00") +
    std::string(16, '\x4b');

Start body() {
  Start start;
  start.carrier = Carrier::http;
  start.unit = Unit::message;
  return start;
}
std::unique_ptr<RecordingFindings> run_bodies(const std::vector<Said>& talk) {
  return run_parser("wechat_pack", talk, 0, body());
}

TEST(WechatPack, request_is_a_hint_and_its_answer_proof) {
  EXPECT_EQ(run_bodies({client(kRequest)})->best(), Strength::hint);
  const auto found = run_bodies({client(kRequest), server(kAnswer)});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->finished);
}

TEST(WechatPack, packets_may_begin_with_a_magic_octet) {
  EXPECT_EQ(run_bodies({client("\xbf" + kRequest)})->best(), Strength::hint);
}

TEST(WechatPack, compression_makes_shorter) {
  // 40 octets before, 20 after: two blocks
  const std::string packed =
      hex("7d5f 26010041 00bc614e 0102030405060708090a0b0c0d0e0f b905 28 14 00 00") +
      std::string(32, '\x6a');
  EXPECT_EQ(run_bodies({client(packed)})->best(), Strength::hint);
  std::string longer = packed;
  longer[27] = 0x10;  // 16 before, 20 after
  EXPECT_EQ(run_bodies({client(longer)})->best(), Strength::none);
}

TEST(WechatPack, answer_of_another_account_is_no_proof) {
  std::string other = kAnswer;
  other[9] = 'x';
  EXPECT_EQ(run_bodies({client(kRequest), server(other)})->best(), Strength::hint);
}

TEST(WechatPack, body_that_is_not_padded_as_the_header_says_is_refused) {
  const auto found = run_bodies({client(kRequest + "x")});
  EXPECT_EQ(found->best(), Strength::none);
  EXPECT_FALSE(found->refuted.empty());
}

TEST(WechatPack, datagrams_are_no_bodies) {
  EXPECT_FALSE(run_parser("wechat_pack", {client(kRequest)})->refuted.empty());
}

TEST(WechatPack, has_the_habits_of_a_parser) {
  expect_parser_habits("wechat_pack", {client(kRequest), server(kAnswer)}, body());
}

}  // namespace
}  // namespace parlance::test
