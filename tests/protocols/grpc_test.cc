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

TEST(Grpc, a_call_of_a_service_that_one_application_has_names_it) {
  const std::vector<Said> talk = {client(kHello), server(kHello)};
  const auto run = [](const std::vector<Said>& said, const char* path) {
    const Parameters parameters = {{"path", path}};
    return run_parser("grpc", said, 0, {Carrier::http, Unit::message, true, false, &parameters});
  };
  const char* const path = "/messagingcoreservice.MessagingCoreService/SyncConversations";
  const auto called = run({client(kHello), client(kHello)}, path);
  ASSERT_EQ(called->supported.size(), 1U);
  EXPECT_EQ(called->supported[0].first, "snapchat");
  EXPECT_EQ(called->supported[0].second.strength, Strength::strong);
  const auto answered = run(talk, path);
  ASSERT_EQ(answered->supported.size(), 2U);
  EXPECT_EQ(answered->supported[1].second.strength, Strength::proof);
  EXPECT_EQ(run(talk, "/snapchat.friending.server.FriendAction/AddFriends")->supported.size(), 2U);
  for (const char* other :
       {"/helloworld.Greeter/SayHello", "/snapchat.x", "/a/snapchat.x/y", "/"}) {
    EXPECT_TRUE(run(talk, other)->supported.empty()) << other;
  }
  EXPECT_TRUE(run({client("no message"), server(kHello + "x")}, path)->supported.empty());
  const std::string refused = "grpc-status: 12\r\n";
  const auto unimplemented = run({client(kHello), server(hex("80 00000011") + refused)}, path);
  ASSERT_EQ(unimplemented->supported.size(), 1U) << "trailers are no answer";
  EXPECT_EQ(unimplemented->supported[0].second.strength, Strength::strong);
}

TEST(Grpc, without_the_content_type_nothing_is_believed) {
  EXPECT_FALSE(run_parser("grpc", {client(kHello)})->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
