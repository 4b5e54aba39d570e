#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string random_octets(size_t count, char first) {
  std::string octets;
  for (size_t i = 0; i < count; ++i) octets += static_cast<char>(first + static_cast<char>(37 * i));
  return octets;
}

const std::string kClientHead = "TS3INIT1" + hex("0065 0000 88"),
                  kServerHead = "TS3INIT1" + hex("0065 88");
const std::string kVersion = hex("0dd05766");
const std::string kTicket = random_octets(16, 5), kPuzzle = random_octets(64 + 64 + 4 + 100, 9);

const std::string kStep0 = kClientHead + kVersion + hex("00 5f5916e0 ade76b61 0000000000000000");
const std::string kStep1 = kServerHead + hex("01") + kTicket + hex("616be7ad");
const std::string kStep2 = kClientHead + kVersion + hex("02") + kTicket + hex("616be7ad");
const std::string kStep3 = kServerHead + hex("03") + kPuzzle;
const std::string kStep4 = kClientHead + kVersion + hex("04") + kPuzzle + random_octets(64, 3) +
                           "clientinitiv alpha=AAAA omega=BBBB ot=1 ip";

// The client's first command in ntop's teamspeak3.pcap.
const std::string kSealed =
    hex("797463e893ba7e6000000000229d748b45aa7befb99efead0819bacf41e016a21573daf093e24b5ed1f09d220e"
        "4bda95"
        "3e71029f291a2dc246f215f4f16be77ed06a7099aa46a64c7ad9232d1719e7a41bd32afbc370c3f738b4d95539"
        "c7b97e"
        "016c7e902b6ec6c00b6dd0ca53e837bbdfbb33f47493787a0a3d9d82a54733062b24bf3089c5bc0192bf29f3ce"
        "b44a0a"
        "891a4db989313bd596bd949da9d0195591a5e17eaf0cd048c2b0eeee4965e53b852063478e949af6d75f0fa3");

TEST(Teamspeak, an_opening_that_is_answered_is_proof) {
  const std::vector<Said> talk = {client(kStep0), server(kStep1), client(kStep2), server(kStep3),
                                  client(kStep4)};
  EXPECT_TRUE(run_parser("teamspeak", talk)->has("init-echo"));
  expect_parser_habits("teamspeak", talk);
  EXPECT_EQ(run_parser("teamspeak", {client(kStep0)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("teamspeak", {server(kStep3), client(kStep4)})->best(), Strength::proof);
}

TEST(Teamspeak, an_opening_that_repeats_nothing_is_strong) {
  std::string other = kStep1;
  other.back() ^= 1;
  EXPECT_EQ(run_parser("teamspeak", {client(kStep0), server(other)})->best(), Strength::strong);
  std::string ticket = kStep2;
  ticket[kClientHead.size() + kVersion.size() + 1] ^= 1;
  EXPECT_EQ(run_parser("teamspeak", {server(kStep1), client(ticket)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("teamspeak", {server(kStep1), client(kStep2)})->best(), Strength::proof);
  EXPECT_EQ(run_parser("teamspeak", {client(kStep0 + "x")})->best(), Strength::none);
  EXPECT_EQ(run_parser("teamspeak", {server(kStep2)})->best(), Strength::none);
}

TEST(Teamspeak, a_code_that_verifies_under_the_public_key_is_proof) {
  const auto found = run_parser("teamspeak", {client(kSealed)});
  EXPECT_TRUE(found->has("public-key"));
  EXPECT_EQ(std::get<std::string>(found->notes.at("teamspeak.command")), "clientinitiv");
  expect_parser_habits("teamspeak", {client(kSealed)});
  for (const size_t at : {size_t{0}, size_t{12}, kSealed.size() - 1}) {
    std::string changed = kSealed;
    changed[at] ^= 1;
    EXPECT_EQ(run_parser("teamspeak", {client(changed)})->best(), Strength::none) << at;
  }
}

TEST(Teamspeak, pings_and_their_answers_prove_a_talk_without_its_beginning) {
  const std::string mac = hex("91f0a7c3557be201");
  std::vector<Said> talk;
  for (const char id : {'\x11', '\x12', '\x13'}) {
    talk.push_back(server(mac + hex("02") + id + hex("84")));
    talk.push_back(client(mac + hex("0077 0005 85 02") + id));
  }
  EXPECT_EQ(run_parser("teamspeak", talk)->best(), Strength::proof);
  expect_parser_habits("teamspeak", talk);
  const std::vector<Said> one(talk.begin(), talk.begin() + 2);
  EXPECT_EQ(run_parser("teamspeak", one)->best(), Strength::strong);
  talk[1].octets[0] ^= 1;
  EXPECT_EQ(run_parser("teamspeak", {talk[0], talk[1]})->best(), Strength::none);
}

TEST(Teamspeak, many_other_datagrams_are_refuted) {
  EXPECT_FALSE(run_parser("teamspeak", std::vector<Said>(60, client("hello, hello, hello")))
                   ->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
