#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kCookie = "ABCDEFGHIJKLMNOP";
const std::string kRequest = hex("01 00 02") + kCookie +
                             hex("00000000 00000002"  // unknown
                                 "007a002a 007a002a"  // the client's clock, twice
                                 "00000040") +        // length of the token
                             std::string(64, 't') +
                             hex("00000000");
const std::string kAnswer = hex("02 00 01") + kCookie +
                            hex("005a0e3e"  // session
                                "007a002a"  // the client's clock
                                "00000000 00000000");

std::string ping(int type, int number, const std::string& session = "005a0e3e") {
  return std::string(1, static_cast<char>(type)) + hex("000000") +
         std::string(1, static_cast<char>(number)) + hex("762a8d74") + hex(session);
}

/// To the port 443 of RecordingFindings' server.
std::string peer_hello(const std::string& counter) {
  return hex("1f 02 0100 0800 0100 0400" + counter + "00000007 00000064 01bb 0000000c") +
         "10.78.14.178" + hex("00000024") + "C5EADFA1-E2D0-417E-87F2-7B0BFF439362" +
         hex("00000000");
}

/// Media of type 0x0f: sequence number, clock, an RTP packet from octet 19 on.
std::string media(int sequence, int rtp_sequence) {
  return hex("0f 0100fb901611 0403 00") + std::string(1, static_cast<char>(sequence)) +
         hex("4909b64c 00010048 9071 19") + std::string(1, static_cast<char>(rtp_sequence)) +
         hex("0011d810 01000802") + std::string(40, 'm');
}
const std::string kRouterHead = hex("05 0f31 00272ec9 04");

TEST(Zoom, answer_with_cookie_and_clock_is_proof) {
  const auto found = run_parser("zoom", {client(kRequest), server(kAnswer)});
  EXPECT_TRUE(found->has("opening"));
  EXPECT_EQ(found->best(), Strength::proof);
  expect_parser_habits("zoom", {client(kRequest), server(kAnswer)});
}

TEST(Zoom, answer_with_another_cookie_or_clock_is_nothing) {
  for (const size_t place : {size_t{5}, size_t{25}}) {
    std::string changed = kAnswer;
    changed[place] ^= 1;
    EXPECT_EQ(run_parser("zoom", {client(kRequest), server(changed)})->best(), Strength::none);
  }
  EXPECT_EQ(run_parser("zoom", {client(kRequest), client(kAnswer)})->best(), Strength::none);
}

TEST(Zoom, two_answered_pings_are_proof_and_one_is_strong) {
  std::vector<Said> talk = {server(ping(3, 1)), client(ping(4, 1))};
  EXPECT_EQ(run_parser("zoom", talk)->best(), Strength::strong);
  talk.push_back(client(ping(3, 9)));
  talk.push_back(server(ping(4, 9)));
  EXPECT_EQ(run_parser("zoom", talk)->best(), Strength::proof);
  expect_parser_habits("zoom", talk);
}

TEST(Zoom, pings_of_different_sessions_do_not_add_up) {
  EXPECT_EQ(run_parser("zoom", {server(ping(3, 1)), client(ping(4, 1)),
                                server(ping(3, 2, "00000007")), client(ping(4, 2, "00000007"))})
                ->best(),
            Strength::strong);
}

TEST(Zoom, unanswered_pings_are_nothing) {
  EXPECT_EQ(run_parser("zoom", {server(ping(3, 1)), client(ping(4, 2))})->best(), Strength::none);
  EXPECT_EQ(run_parser("zoom", {server(ping(3, 1)), server(ping(4, 1))})->best(), Strength::none);
}

TEST(Zoom, hellos_between_clients_are_proof) {
  const std::vector<Said> talk = {client(peer_hello("4e150ef8")), client(peer_hello("a5344783"))};
  const auto found = run_parser("zoom", talk);
  EXPECT_TRUE(found->has("peer-hello"));
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes.at("zoom.peer_call")),
            "C5EADFA1-E2D0-417E-87F2-7B0BFF439362");
  expect_parser_habits("zoom", talk);
}

TEST(Zoom, hello_to_another_port_or_with_more_behind_it_is_none) {
  EXPECT_EQ(run_parser("zoom", {server(peer_hello("4e150ef8"))})->best(), Strength::none);
  EXPECT_EQ(run_parser("zoom", {client(peer_hello("4e150ef8") + "x")})->best(), Strength::none);
}

TEST(Zoom, media_is_proof_when_both_sequence_numbers_advance) {
  std::vector<Said> bare, routed;
  for (int i = 0; i < 5; ++i) {
    bare.push_back(client(media(i, i + 7)));
    routed.push_back(server(kRouterHead + media(i, i + 7)));
  }
  EXPECT_EQ(run_parser("zoom", bare)->best(), Strength::proof);
  EXPECT_EQ(run_parser("zoom", routed)->best(), Strength::proof);
  expect_parser_habits("zoom", bare);
  bare.resize(3);
  EXPECT_EQ(run_parser("zoom", bare)->best(), Strength::strong);
}

TEST(Zoom, media_whose_numbers_stand_still_is_nothing) {
  std::vector<Said> talk;
  for (int i = 0; i < 9; ++i) talk.push_back(client(media(1, i)));
  EXPECT_EQ(run_parser("zoom", talk)->best(), Strength::none);
}

TEST(Zoom, other_datagrams_refute) {
  EXPECT_FALSE(
      run_parser("zoom", std::vector<Said>(40, client(std::string(50, '\x03'))))->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
