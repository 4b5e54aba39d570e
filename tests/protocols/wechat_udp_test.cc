#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// D1; field 1 of 9 octets: field 1 of two octets, field 2 and 3 varints, a third octet of field
// 3's.
const std::string kUp = hex("d1 0a09 0a024142 1001 189601");
const std::string kDown = hex("d1 0a08 0a024142 1001 1805");

TEST(WechatUdp, heartbeat_and_answer_are_strong) {
  EXPECT_EQ(run_parser("wechat_udp", {client(kUp)})->best(), Strength::none);
  EXPECT_EQ(run_parser("wechat_udp", {client(kUp), server(kDown)})->best(), Strength::strong);
}

TEST(WechatUdp, both_lengths_of_a_call_are_strong) {
  const std::string head = hex("a108");
  const std::string ask = head + std::string(90, 'x'), answer = head + std::string(73, 'y');
  EXPECT_EQ(run_parser("wechat_udp", {client(ask), server(answer)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("wechat_udp", {client(ask), server(ask)})->best(), Strength::none);
}

TEST(WechatUdp, what_is_no_protobuf_to_its_end_is_passed_over) {
  const std::string longer = kUp + "x";
  EXPECT_EQ(run_parser("wechat_udp", {client(longer), server(longer)})->best(), Strength::none);
}

TEST(WechatUdp, has_the_habits_of_a_parser) {
  expect_parser_habits("wechat_udp", {client(kUp), server(kDown)});
}

}  // namespace
}  // namespace parlance::test
