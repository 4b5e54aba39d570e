#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const Start kAgreed{Carrier::http, Unit::message, true, false, nullptr};
const std::string kHello = hex("00 00000003") + "abc";

TEST(Grpc, messages_that_fill_a_body_are_proof) {
  const std::vector<Said> talk = {client(kHello), server(kHello + kHello)};
  const auto found = run_parser("grpc", talk, 0, kAgreed);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("grpc.messages_toserver")), 1);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("grpc.messages_toclient")), 2);
  expect_parser_habits("grpc", talk, kAgreed);
}

TEST(Grpc, evidence_shows_the_prefix_and_not_the_message) {
  EXPECT_EQ(run_parser("grpc", {client(kHello)}, 0, kAgreed)->confirmed[0].octets,
            kHello.substr(0, 5));
}

TEST(Grpc, an_octet_more_or_less_is_nothing) {
  EXPECT_EQ(run_parser("grpc", {client(kHello + "x")}, 0, kAgreed)->best(), Strength::none);
  EXPECT_EQ(run_parser("grpc", {client(kHello.substr(0, 7))}, 0, kAgreed)->best(), Strength::none);
  EXPECT_EQ(run_parser("grpc", {client(hex("02 00000000"))}, 0, kAgreed)->best(), Strength::none);
  const std::vector<Said> never(16, client("no messages"));
  EXPECT_FALSE(run_parser("grpc", never, 0, kAgreed)->refuted.empty());
}

TEST(Grpc, without_the_content_type_nothing_is_believed) {
  EXPECT_FALSE(run_parser("grpc", {client(kHello)})->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
