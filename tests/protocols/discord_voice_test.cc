#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string discovery(const std::string& type, const std::string& ssrc, std::string address) {
  address.resize(64, '\0');
  return hex(type + "0046" + ssrc) + address + hex("c1d2");
}
const std::string kAsk = discovery("0001", "0000ace3", "");
const std::string kAnswer = discovery("0002", "0000ace3", "192.0.2.7");

/// An RTP packet with a header extension, payload type 120, that ends in `counter`.
std::string media(uint16_t sequence, uint32_t counter) {
  std::string octets = hex("9078");
  octets += {static_cast<char>(sequence >> 8), static_cast<char>(sequence)};
  octets += hex("cae6153b 0000a1f9 bede0001 3c15dce7 8e5a71b3 00112233 44556677");
  for (int shift = 0; shift < 32; shift += 8) octets += static_cast<char>(counter >> shift);
  return octets;
}

std::vector<Said> call(int client_packets, int server_packets) {
  std::vector<Said> talk;
  for (int i = 0; i < std::max(client_packets, server_packets); ++i) {
    const auto step = static_cast<uint16_t>(i);
    if (i < client_packets) talk.push_back(client(media(step, 0x800007cdU + step)));
    if (i < server_packets) talk.push_back(server(media(step, 0x56bU + step)));
  }
  return talk;
}

TEST(DiscordVoice, discovery_with_the_same_ssrc_is_proof) {
  const std::vector<Said> talk = {client(kAsk), server(kAnswer)};
  const auto found = run_parser("discord_voice", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("discord.ssrc")), 0xace3);
  expect_parser_habits("discord_voice", talk);
  EXPECT_EQ(run_parser("discord_voice", {client(kAsk)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("discord_voice", {server(kAnswer)})->best(), Strength::strong);
  const std::string other = discovery("0002", "0000ace4", "192.0.2.7");
  EXPECT_EQ(run_parser("discord_voice", {client(kAsk), server(other)})->best(), Strength::strong);
}

TEST(DiscordVoice, old_discovery_is_proof_once_it_is_answered) {
  const std::string ask = hex("0000ace3") + std::string(66, '\0');
  const std::string answer = kAnswer.substr(4);
  const std::vector<Said> talk = {client(ask), server(answer)};
  EXPECT_TRUE(run_parser("discord_voice", talk)->has("old-discovery"));
  EXPECT_EQ(run_parser("discord_voice", talk)->best(), Strength::proof);
  expect_parser_habits("discord_voice", talk);
  EXPECT_EQ(run_parser("discord_voice", {client(ask)})->best(), Strength::none);
  EXPECT_EQ(run_parser("discord_voice", {server(answer)})->best(), Strength::none);
  const std::string other = discovery("0002", "0000ace4", "192.0.2.7").substr(4);
  EXPECT_EQ(run_parser("discord_voice", {client(ask), server(other)})->best(), Strength::none);
  const std::string text = discovery("0002", "0000ace3", "no address").substr(4);
  EXPECT_EQ(run_parser("discord_voice", {client(ask), server(text)})->best(), Strength::none);
  const std::string zeros(70, '\0');
  EXPECT_EQ(run_parser("discord_voice", {client(zeros), server(hex("00000000") + answer.substr(4))})
                ->best(),
            Strength::none);
}

TEST(DiscordVoice, the_users_address_is_not_shown) {
  const auto found = run_parser("discord_voice", {client(kAsk), server(kAnswer)});
  for (const Confirmation& each : found->confirmed) {
    EXPECT_EQ(each.octets.find("192"), std::string::npos);
  }
}

TEST(DiscordVoice, discovery_has_an_address_padded_with_zeros) {
  std::string padded = kAnswer;
  padded[70] = 'x';
  EXPECT_EQ(run_parser("discord_voice", {server(padded)})->best(), Strength::none);
  EXPECT_EQ(
      run_parser("discord_voice", {server(discovery("0002", "00000001", "no address"))})->best(),
      Strength::none);
  EXPECT_EQ(run_parser("discord_voice", {client(discovery("0001", "00000001", "x"))})->best(),
            Strength::none);
}

TEST(DiscordVoice, a_keepalive_is_strong_once_it_comes_back) {
  const std::string keepalive = hex("1337cafe 0d000000");
  EXPECT_EQ(run_parser("discord_voice", {client(keepalive)})->best(), Strength::hint);
  EXPECT_EQ(run_parser("discord_voice", {client(keepalive), server(keepalive)})->best(),
            Strength::strong);
  EXPECT_EQ(
      run_parser("discord_voice", {client(keepalive), server(hex("1337cafe 0e000000"))})->best(),
      Strength::hint);
  const std::vector<Said> row = {client(keepalive), client(hex("1337cafe 0e000000")),
                                 client(hex("1337cafe 0f000000"))};
  EXPECT_EQ(run_parser("discord_voice", row)->best(), Strength::strong);
  EXPECT_EQ(run_parser("discord_voice", {client(keepalive + "x")})->best(), Strength::none);
}

TEST(DiscordVoice, counters_of_both_sides_prove_a_call_without_its_beginning) {
  EXPECT_EQ(run_parser("discord_voice", call(5, 5))->best(), Strength::proof);
  EXPECT_EQ(run_parser("discord_voice", call(9, 0))->best(), Strength::strong);
  EXPECT_EQ(run_parser("discord_voice", call(8, 0))->best(), Strength::none);
  expect_parser_habits("discord_voice", call(6, 6));
}

TEST(DiscordVoice, counters_with_the_same_highest_bit_are_no_proof) {
  std::vector<Said> talk;
  for (uint16_t i = 0; i < 7; ++i) {
    talk.push_back(client(media(i, 100U + i)));
    talk.push_back(server(media(i, 500U + i)));
  }
  EXPECT_EQ(run_parser("discord_voice", talk)->best(), Strength::none);
}

TEST(DiscordVoice, other_media_are_refuted) {
  std::vector<Said> talk;
  for (uint16_t i = 0; i < 700; ++i) talk.push_back(client(media(i, i * 0x9e3779b9U)));
  const auto found = run_parser("discord_voice", talk);
  EXPECT_EQ(found->best(), Strength::none);
  EXPECT_FALSE(found->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
