#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kGreeting = hex("05 01 00");  // version, one method: none
const std::string kMethod = hex("05 00");
// version, CONNECT, reserved, kind 3: a name of 4 octets, port 443
const std::string kRequest = hex("05 01 00 03 04") + "a.io" + hex("01bb");
const std::string kReply = hex("05 00 00 01 00000000 0000");

TEST(Socks, version_5_opens_a_tunnel) {
  const std::vector<Said> talk = {client(kGreeting), server(kMethod), client(kRequest),
                                  server(kReply + "there"), client("here")};
  const auto found = run_parser("socks", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].carrier, Carrier::tcp);
  EXPECT_EQ(found->inner[0].bytes[0], "here");
  EXPECT_EQ(found->inner[0].bytes[1], "there");
  expect_parser_habits("socks", talk);
}

TEST(Socks, a_client_may_send_ahead_of_the_answers) {
  const auto found = run_parser(
      "socks", {client(kGreeting + kRequest + "early"), server(kMethod), server(kReply)});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].bytes[0], "early");
}

TEST(Socks, a_password_is_passed_over) {
  const std::vector<Said> talk = {
      client(hex("05 02 00 02")), server(hex("05 02")), client(hex("01 01 75 02 7077")),
      server(hex("01 00")),       client(kRequest),     server(kReply)};
  EXPECT_EQ(run_parser("socks", talk)->best(), Strength::proof);
  expect_parser_habits("socks", talk);
}

TEST(Socks, version_4a_opens_a_tunnel) {
  // version, CONNECT, port 80, 0.0.0.1, user, host
  const std::vector<Said> talk = {
      client(hex("04 01 0050 00000001") + "me" + hex("00") + "a.io" + hex("00")),
      server(hex("00 5a 0000 00000000") + "x")};
  const auto found = run_parser("socks", talk);
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_EQ(found->inner[0].bytes[1], "x");
  expect_parser_habits("socks", talk);
}

TEST(Socks, handshakes_that_are_none_are_nothing) {
  const std::vector<std::vector<Said>> talks = {
      {client(kGreeting), server(hex("05 ff"))},
      {client(kGreeting), server(kMethod), client(kRequest),
       server(hex("05 09 00 01 00000000 0000"))},
      {client(hex("04 01 0050 0a000001 00")), server(hex("00 5e 0000 00000000"))},
      {client("GET / HTTP/1.1\r\n")},
      {client(hex("04 01 0050 0a000001 ff 00"))},
      {client(kGreeting), server(kMethod), client(hex("05 01 00 03 03") + "a b" + hex("01bb"))},
      {client(kGreeting), server("220 ready\r\n")}};
  for (const auto& talk : talks) {
    const auto found = run_parser("socks", talk);
    EXPECT_EQ(found->best(), Strength::none);
    EXPECT_TRUE(found->inner.empty());
  }
}

TEST(Socks, refused_request_is_a_handshake_without_a_tunnel) {
  const std::vector<Said> five = {client(kGreeting), server(kMethod), client(kRequest),
                                  server(hex("05 05 00 01 00000000 0000"))};
  const auto found = run_parser("socks", five);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->finished);
  EXPECT_TRUE(found->inner.empty());
  EXPECT_EQ(std::get<int64_t>(found->notes.at("socks.reply")), 5);
  expect_parser_habits("socks", five);

  const auto four = run_parser(
      "socks", {client(hex("04 01 0050 0a000001 00")), server(hex("00 5b 0000 00000000"))});
  EXPECT_EQ(four->best(), Strength::strong);
  EXPECT_TRUE(four->inner.empty());
}

TEST(Socks, refused_password_is_strong) {
  const auto found = run_parser("socks", {client(hex("05 01 02")), server(hex("05 02")),
                                          client(hex("01 01 75 02 7077")), server(hex("01 01"))});
  EXPECT_EQ(found->best(), Strength::strong);
  for (const Confirmation& each : found->confirmed) EXPECT_EQ(each.octets, hex("01 01"));
}

TEST(Socks, destination_is_noted_and_its_name_shown_to_signatures) {
  const auto named =
      run_parser("socks", {client(kGreeting), server(kMethod), client(kRequest), server(kReply)});
  EXPECT_EQ(std::get<std::string>(named->notes.at("socks.host")), "a.io");
  EXPECT_EQ(std::get<int64_t>(named->notes.at("socks.port")), 443);
  EXPECT_EQ(std::get<std::string>(named->notes.at("socks.command")), "connect");
  EXPECT_EQ(named->fields.find("proxy.host")->second, "a.io");

  const auto numbered = run_parser(
      "socks", {client(kGreeting), server(kMethod),
                client(hex("05 01 00 04 20010db8000000000000000000000001 01bb")), server(kReply)});
  EXPECT_EQ(std::get<std::string>(numbered->notes.at("socks.host")), "2001:db8::1");
  EXPECT_TRUE(numbered->fields.empty());

  const auto old = run_parser(
      "socks", {client(hex("04 01 0050 00000001") + "me" + hex("00") + "b.io" + hex("00")),
                server(hex("00 5a 0000 00000000"))});
  EXPECT_EQ(std::get<std::string>(old->notes.at("socks.host")), "b.io");
}

TEST(Socks, bind_has_two_replies) {
  const std::vector<Said> talk = {client(kGreeting),
                                  server(kMethod),
                                  client(hex("05 02 00 01 c0000201 0050")),
                                  server(kReply),
                                  server(hex("05 00 00 01 c0000202 0014") + "220 x"),
                                  client("hi")};
  const auto found = run_parser("socks", talk);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].bytes[0], "hi");
  EXPECT_EQ(found->inner[0].bytes[1], "220 x");
  expect_parser_habits("socks", talk);
}

TEST(Socks, udp_associate_ends_the_reading) {
  const auto found =
      run_parser("socks", {client(kGreeting), server(kMethod),
                           client(hex("05 03 00 01 00000000 0000")), server(kReply)});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->finished);
  EXPECT_TRUE(found->inner.empty());
}

const std::string kToken = hex("01 01 0003") + "abc";

TEST(Socks, tokens_of_gssapi_are_passed_over) {
  // NEC's reference negotiates no protection and goes on in the clear.
  const std::vector<Said> talk = {client(hex("05 01 01")),
                                  server(hex("05 01")),
                                  client(kToken),
                                  server(kToken),
                                  client(hex("01 02 0001 00")),
                                  server(hex("01 02 0001 00")),
                                  client(kRequest),
                                  server(kReply),
                                  client("in")};
  const auto found = run_parser("socks", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].bytes[0], "in");
  expect_parser_habits("socks", talk);
}

TEST(Socks, what_gssapi_protects_is_not_looked_into) {
  const auto found =
      run_parser("socks", {client(hex("05 01 01")), server(hex("05 01")), client(kToken),
                           server(kToken), client(hex("01 03 0004") + "????")});
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_TRUE(found->finished);
  EXPECT_TRUE(found->inner.empty());
}

/// What a capture of one side alone gives.
std::unique_ptr<RecordingFindings> one_side(Direction direction, const std::string& octets) {
  auto findings = std::make_unique<RecordingFindings>();
  const auto parser = find_parser("socks")->make({});
  parser->data(direction, as_bytes(octets), *findings);
  parser->end(direction, *findings);
  return findings;
}

TEST(Socks, one_side_alone_is_strong_and_its_tunnel_is_opened) {
  for (const std::string& start :
       {kGreeting + kRequest, hex("05 01 02 01 01 75 01 70") + kRequest}) {
    const auto from_client = one_side(Direction::to_server, start + "here");
    EXPECT_EQ(from_client->best(), Strength::strong);
    ASSERT_EQ(from_client->inner.size(), 1U);
    EXPECT_EQ(from_client->inner[0].bytes[0], "here");
    EXPECT_EQ(from_client->confirmed[0].octets, kRequest);
  }
  for (const std::string& start : {kMethod + kReply, hex("05 02 01 00") + kReply}) {
    const auto from_server = one_side(Direction::to_client, start + "there");
    EXPECT_EQ(from_server->best(), Strength::strong);
    ASSERT_EQ(from_server->inner.size(), 1U);
    EXPECT_EQ(from_server->inner[0].bytes[1], "there");
  }
}

TEST(Socks, one_side_without_a_handshake_is_nothing) {
  for (const std::string& octets :
       {kGreeting, kGreeting + "GET / HTTP/1.1", hex("04 01 0050 0a000001 00") + "x",
        hex("05 01 01") + kToken}) {
    EXPECT_EQ(one_side(Direction::to_server, octets)->best(), Strength::none);
  }
  EXPECT_EQ(one_side(Direction::to_client, kReply)->best(), Strength::none);
}

TEST(Socks, floods_are_given_up) {
  for (const Said& start : {client(kGreeting), client(hex("04 01 0050 0a000001 00"))}) {
    for (const Direction side : {Direction::to_server, Direction::to_client}) {
      std::vector<Said> talk = {start};
      for (int i = 0; i < 100; ++i) talk.push_back({side, std::string(1024, '\x05')});
      EXPECT_TRUE(run_parser("socks", talk)->is_over());
    }
  }
}

}  // namespace
}  // namespace parlance::test
