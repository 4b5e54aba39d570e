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

const std::string kCall = "C5EADFA1-E2D0-417E-87F2-7B0BFF439362";

/// To the port 443 of RecordingFindings' server, if no other is given.
std::string peer_hello(const std::string& counter, const std::string& port = "01bb",
                       const std::string& call = kCall) {
  return hex("1f 02 0100 0800 0100 0400" + counter + "00000007 00000064" + port + "0000000c") +
         "10.78.14.178" + hex("00000024") + call + hex("00000000");
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

TEST(Zoom, behind_a_translator_a_hello_is_proof_with_the_other_sides_of_the_same_call) {
  const std::string inside = peer_hello("4e150ef8", "b6a5"), other = peer_hello("a5344783", "9899");
  EXPECT_EQ(run_parser("zoom", {client(inside), client(inside), client(inside)})->best(),
            Strength::strong);
  EXPECT_EQ(run_parser("zoom", {client(inside), server(other)})->best(), Strength::proof);
  expect_parser_habits("zoom", {client(inside), server(other)});
  const std::string elsewhere =
      peer_hello("a5344783", "9899", "C5EADFA1-E2D0-417E-87F2-7B0BFF439363");
  EXPECT_EQ(run_parser("zoom", {client(inside), server(elsewhere)})->best(), Strength::strong);
}

TEST(Zoom, hello_with_more_behind_it_is_none) {
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

/// A shared screen: Zoom's number stands behind a client's head that begins at octet 7, or in that.
std::string screen(bool routed, int sequence) {
  const std::string number(1, static_cast<char>(sequence));
  return (routed ? hex("0d 1234 0007 0000") : "") + hex("1e 0100fb901611 0403 00") + number +
         hex("4909b64c 0000000000 907119") + number + hex("0011d810 01000802") +
         std::string(40, 'm');
}

TEST(Zoom, shared_screens_are_media_between_clients_and_from_routers) {
  for (const bool routed : {false, true}) {
    std::vector<Said> talk;
    for (int i = 0; i < 5; ++i) {
      talk.push_back(server((routed ? kRouterHead : "") + screen(routed, i)));
    }
    EXPECT_EQ(run_parser("zoom", talk)->best(), Strength::proof);
  }
}

/// A sender's report of type 22 and a source description, of the source 01000802.
std::string report(int second, int packets, const std::string& described = "01000802") {
  return hex("22 0100fb901610 000000000000000000 80c80006 01000802 e70542") +
         std::string(1, static_cast<char>(second)) + hex("56bb45c8 00125b50 000000") +
         std::string(1, static_cast<char>(packets)) + hex("00003241 81ca0002" + described) +
         hex("01000000");
}

TEST(Zoom, reports_of_one_sender_are_strong) {
  const std::vector<Said> talk = {server(report(3, 10)), server(report(4, 60))};
  const auto found = run_parser("zoom", talk);
  EXPECT_TRUE(found->has("report"));
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_EQ(
      run_parser("zoom", {server(kRouterHead + report(3, 10)), server(kRouterHead + report(4, 60))})
          ->best(),
      Strength::strong);
  expect_parser_habits("zoom", talk);
}

TEST(Zoom, reports_that_stand_still_or_are_of_two_sources_or_too_long_are_nothing) {
  const std::string first = report(3, 10);
  for (const std::string& second :
       {first, report(4, 9), report(4, 60, "01000803"), report(4, 60) + "x"}) {
    EXPECT_EQ(run_parser("zoom", {server(first), server(second)})->best(), Strength::none);
  }
  EXPECT_EQ(run_parser("zoom", {server(first), client(report(4, 60))})->best(), Strength::none);
}

TEST(Zoom, other_datagrams_refute) {
  EXPECT_FALSE(
      run_parser("zoom", std::vector<Said>(40, client(std::string(50, '\x03'))))->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
