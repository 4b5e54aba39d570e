#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const Said kHello = client(R"({"messageType":"hello","broadcasts":{},"use_webpush":true})");
const Said kServerHello = server(
    R"({"messageType":"hello","uaid":"01234567abcdabcdabcd01234567abcd","status":200,"use_webpush":true,"broadcasts":{}})");
const Said kNotification = server(
    R"({"messageType":"notification","channelID":"01234567-abcd-4bcd-abcd-0123456789ab","version":"v","data":"x","headers":{}})");

Said acknowledgement(const std::string& channel) {
  return client(R"({"messageType":"ack","updates":[{"channelID":")" + channel +
                R"(","version":"v","code":100}]})");
}

TEST(Autopush, hello_of_both_sides_is_proof) {
  const std::vector<Said> talk = {kHello, kServerHello};
  EXPECT_EQ(run_parser("autopush", talk)->best(), Strength::proof);
  EXPECT_EQ(run_parser("autopush", {client(R"({"messageType":"hello","uaid":"","channelIDs":[]})"),
                                    kServerHello})
                ->best(),
            Strength::proof);
  expect_parser_habits("autopush", talk);
}

TEST(Autopush, a_channel_that_comes_back_is_proof) {
  const std::vector<Said> talk = {kNotification,
                                  acknowledgement("01234567-abcd-4bcd-abcd-0123456789ab")};
  EXPECT_EQ(run_parser("autopush", talk)->best(), Strength::proof);
  expect_parser_habits("autopush", talk);
  const Said asked =
      client(R"({"messageType":"register","channelID":"01234567-abcd-4bcd-abcd-0123456789ab"})");
  const Said granted = server(
      R"({"messageType":"register","channelID":"01234567-abcd-4bcd-abcd-0123456789ab","status":200,"pushEndpoint":"https://a.example/wpush/x"})");
  EXPECT_EQ(run_parser("autopush", {asked, granted})->best(), Strength::proof);
  EXPECT_EQ(run_parser("autopush", {asked})->best(), Strength::none);
}

TEST(Autopush, one_side_or_another_channel_is_strong) {
  EXPECT_EQ(run_parser("autopush", {kHello})->best(), Strength::strong);
  EXPECT_EQ(run_parser("autopush",
                       {kNotification, acknowledgement("01234567-abcd-4bcd-abcd-0123456789ac")})
                ->best(),
            Strength::strong);
}

TEST(Autopush, other_messages_are_nothing) {
  for (const char* const message :
       {R"({"messageType":"hello"})", R"({"messageType":"hello","name":"x"})",
        R"({"type":"hello","uaid":"x","status":1})", R"({"messageType":"chat","channelID":"1"})",
        R"([1])", R"({})"}) {
    for (const Said& said : {client(message), server(message)}) {
      EXPECT_EQ(run_parser("autopush", {said})->best(), Strength::none) << message;
    }
  }
}

}  // namespace
}  // namespace parlance::test
