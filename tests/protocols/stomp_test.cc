#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kNul(1, '\0');
const std::string kConnect =
    "CONNECT\naccept-version:1.2\nhost:stomp.example.org\nlogin:joe\npasscode:secret\n\n" + kNul;
const std::string kStomp = "STOMP\naccept-version:1.1\n\n" + kNul;
const std::string kConnected =
    "CONNECTED\nversion:1.1\nheart-beat:100,100\ncontent-length:0\n\n" + kNul;
const std::string kSubscribe = "SUBSCRIBE\nack:auto\ndestination:/queue/test\nid:1\n\n" + kNul;
const std::string kMessage = "message\ndestination:/queue/test\nmessage-id:6fca\n\nhello" + kNul;

TEST(Stomp, greetings_of_both_sides_are_proof) {
  const std::string send =
      "SEND\ncontent-length:7\ndestination:/queue/test\n\n" + std::string("hel\0o w", 7) + kNul;
  const std::vector<Said> talk = {client(kStomp), server(kConnected),
                                  client("\n" + kSubscribe + "\n\n" + send),
                                  server("\n" + kMessage + "\n")};
  const auto found = run_parser("stomp", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("connect-frame"));
  EXPECT_TRUE(found->has("connected-frame"));
  EXPECT_EQ(std::get<std::string>(found->notes["stomp.version"]), "1.1");
  EXPECT_EQ(found->refuted, "");
  expect_parser_habits("stomp", talk);
}

TEST(Stomp, one_greeting_is_strong_and_the_versions_header_makes_it_proof) {
  EXPECT_EQ(run_parser("stomp", {client(kConnect)})->best(), Strength::proof);
  EXPECT_EQ(
      run_parser("stomp", {client("CONNECT\r\nlogin:a\r\npasscode:b\r\n\r\n" + kNul)})->best(),
      Strength::strong);
  EXPECT_EQ(
      run_parser("stomp", {client("CONNECT\n\n" + kNul), server("CONNECTED\n\n" + kNul)})->best(),
      Strength::proof);
  EXPECT_EQ(run_parser("stomp", {server(kConnected)})->best(), Strength::strong);
}

TEST(Stomp, secrets_are_not_given_out) {
  const auto found = run_parser("stomp", {client(kConnect), server(kConnected)});
  for (const Confirmation& each : found->confirmed) {
    EXPECT_EQ(each.octets.find(':'), std::string::npos);
    EXPECT_EQ(each.text.find("secret"), std::string::npos);
  }
}

TEST(Stomp, frames_in_a_row_are_strong_without_a_greeting) {
  EXPECT_EQ(run_parser("stomp", {server(kMessage + "\n" + kMessage)})->best(), Strength::strong);
  EXPECT_TRUE(run_parser("stomp", {server(kMessage)})->confirmed.empty());
  EXPECT_TRUE(
      run_parser("stomp", {client("SEND\n\n" + kNul + "SEND\n\n" + kNul)})->confirmed.empty());
}

TEST(Stomp, what_is_not_stomp_is_refuted) {
  for (const std::string& other :
       {std::string("CONNECT example.org:443 HTTP/1.1\r\n\r\n"), std::string("GET / HTTP/1.1\r\n"),
        std::string("CONNECT\nno colon\n"), std::string("SENDER\n"), std::string("CONNECT\n:x\n"),
        std::string("ERROR 5\n"), "SEND\ncontent-length:2\n\nabc" + kNul,
        "SEND\ncontent-length:x\n\n" + kNul, std::string("\x00", 1),
        "CONNECT\na:" + std::string(9000, 'a')}) {
    const auto found = run_parser("stomp", {client(other)});
    EXPECT_TRUE(found->confirmed.empty()) << other;
    EXPECT_FALSE(found->refuted.empty()) << other;
  }
}

TEST(Stomp, headers_without_end_are_bounded) {
  std::string many = "CONNECT\n";
  for (int i = 0; i < 300; ++i) many += "a:b\n";
  EXPECT_FALSE(run_parser("stomp", {client(many)})->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
