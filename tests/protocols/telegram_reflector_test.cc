#include <gtest/gtest.h>

#include "support/mtproto_stream.h"

namespace parlance::test {
namespace {

const std::string kTag = hex("dc4c00291565b7acbc236da9eda0d597");
const std::string kMark(12, '\xff');
const std::string kQuery = kTag + kMark + hex("feffffff 28f946112601a2f0");
const std::string kAnswer = kTag + kMark + hex("c77215c0 60dab25e 28f946112601a2f0 "
                                               "00000000000000000000ffff c6336401 5ddc0000");
const std::string kPeerRequest = kTag + std::string(16, '\xff');
const std::string kPeerInfo = kTag + kMark + hex("1c37d927 c6336401 5ddc0000 c6336402 33ed0000");

TEST(TelegramReflector, the_querys_identifier_in_the_answer_is_proof) {
  const std::vector<Said> talk = {client(kQuery), server(kAnswer), client(kTag + noise(80, 1))};
  EXPECT_EQ(run_parser("telegram_reflector", talk)->best(), Strength::proof);
  expect_parser_habits("telegram_reflector", talk);
  std::string other = kAnswer;
  other[40] = 'x';
  EXPECT_EQ(run_parser("telegram_reflector", {talk[0], server(other)})->best(), Strength::strong);
}

TEST(TelegramReflector, one_side_alone_is_strong) {
  EXPECT_EQ(run_parser("telegram_reflector", {client(kQuery)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("telegram_reflector", {server(kAnswer)})->best(), Strength::strong);
}

TEST(TelegramReflector, what_is_said_of_the_other_side_is_asked_for_before) {
  EXPECT_EQ(run_parser("telegram_reflector", {client(kPeerRequest), server(kPeerInfo)})->best(), Strength::proof);
  EXPECT_EQ(run_parser("telegram_reflector", {server(kPeerInfo)})->best(), Strength::strong);
}

TEST(TelegramReflector, twelve_octets_ff_alone_are_nothing) {
  for (const std::string& each :
       {std::string(40, '\xff'), kTag + kMark + noise(12, 1), noise(20, 2) + kMark, kQuery + "x",
        std::string(16, '\0') + kQuery.substr(16)}) {
    EXPECT_EQ(run_parser("telegram_reflector", {client(each), server(each)})->best(), Strength::none);
  }
}

TEST(TelegramReflector, an_answer_has_an_address_and_a_port) {
  const auto altered = [](size_t at, char octet) {
    std::string answer = kAnswer;
    answer[at] = octet;
    return run_parser("telegram_reflector", {server(answer)})->best();
  };
  EXPECT_EQ(altered(58, '\x09'), Strength::strong) << "another address";
  EXPECT_EQ(altered(54, '\0'), Strength::none) << "none of IPv4 in IPv6's form";
  EXPECT_EQ(altered(62, '\1'), Strength::none) << "no port has 17 bits";
  EXPECT_EQ(run_parser("telegram_reflector", {server(kPeerInfo + "abcd")})->best(), Strength::none);
}

TEST(TelegramReflector, another_calls_answer_is_not_this_ones) {
  const auto found = run_parser("telegram_reflector", {client(kQuery), server(noise(16, 5) + kAnswer.substr(16))});
  EXPECT_EQ(found->best(), Strength::strong);
}

const std::string kMe = noise(4, 3), kOther = noise(4, 4);

/// A packet of tgcalls.
std::string relayed(const std::string& packet, const std::string& receiver = kOther,
                    const std::string& sender = kMe) {
  std::string all = kTag.substr(0, 12) + receiver + sender +
                    std::string{0, 0, 0, static_cast<char>(packet.size())} + packet;
  while (all.size() % 4 != 0) all += '\0';
  return all;
}

/// Media of both members, one a packet.
std::vector<Said> members(int count, const std::string& back = kMe) {
  std::vector<Said> talk;
  for (int i = 0; i < count; ++i) {
    const std::string media = hex("80 78 0001") + std::string(static_cast<size_t>(40 + i), 'm');
    talk.push_back(i % 2 == 0 ? client(relayed(media)) : server(relayed(media, back, kOther)));
  }
  return talk;
}

TEST(TelegramReflector, a_call_is_known_on_its_way_by_its_members) {
  EXPECT_EQ(run_parser("telegram_reflector", members(5))->best(), Strength::none);
  const auto found = run_parser("telegram_reflector", members(6));
  EXPECT_TRUE(found->has("members"));
  EXPECT_EQ(found->best(), Strength::proof);
  expect_parser_habits("telegram_reflector", members(6));
  EXPECT_EQ(run_parser("telegram_reflector", members(12, noise(4, 9)))->best(), Strength::none)
      << "an answer to somebody else";
  std::vector<Said> one_side = members(24);
  std::erase_if(one_side, [](const Said& each) { return each.direction == Direction::to_client; });
  EXPECT_EQ(run_parser("telegram_reflector", one_side)->best(), Strength::hint);
}

TEST(TelegramReflector, on_its_way_lengths_and_tags_are_exact) {
  std::vector<Said> longer = members(12), other = members(12), same = members(12);
  for (size_t i = 0; i < longer.size(); ++i) {
    longer[i].octets += "abcd";
    other[i].octets[static_cast<size_t>(i % 12)] ^= 1;
    same[i].octets = relayed(std::string(40, 'm'));
  }
  for (const auto& each : {longer, other, same}) {
    EXPECT_EQ(run_parser("telegram_reflector", each)->best(), Strength::none);
  }
}

TEST(TelegramReflector, on_its_way_a_message_of_stun_is_proof_once_both_members_speak) {
  const std::string stun = hex("0001 0000 2112a442") + noise(12, 1);
  EXPECT_EQ(run_parser("telegram_reflector", {client(relayed(stun))})->best(), Strength::hint);
  EXPECT_EQ(
      run_parser("telegram_reflector", {client(relayed(stun)), server(relayed(stun, kMe, kOther))})
          ->best(),
      Strength::proof);
}

TEST(TelegramReflector, on_its_way_others_that_relay_stun_are_no_proof) {
  const std::string stun = hex("0001 0000 2112a442") + noise(12, 1);
  EXPECT_EQ(
      run_parser("telegram_reflector", {client(relayed(stun)), client(relayed(stun))})->best(),
      Strength::strong)
      << "one side alone";
  // A session's number of 16 octets, a counter, a length.
  EXPECT_EQ(run_parser("telegram_reflector",
                       {client(relayed(stun, kOther, hex("00000001"))),
                        server(relayed(stun, kOther, hex("00000001"))),
                        client(relayed(stun, kOther, hex("00000002")))})
                ->best(),
            Strength::hint);
}

TEST(TelegramReflector, nobody_answers_himself) {
  EXPECT_EQ(run_parser("telegram_reflector", {client(kQuery), client(kAnswer)})->best(),
            Strength::strong);
  EXPECT_EQ(run_parser("telegram_reflector", {client(kPeerRequest), client(kPeerInfo)})->best(),
            Strength::strong);
}

TEST(TelegramReflector, on_its_way_packets_of_one_length_come_to_an_end) {
  const std::vector<Said> talk(500, client(relayed(std::string(40, 'm'))));
  EXPECT_FALSE(run_parser("telegram_reflector", talk)->refuted.empty());
  std::vector<Said> tag_alone(500, client(kTag + noise(80, 1)));
  tag_alone.insert(tag_alone.begin(), talk[0]);
  EXPECT_FALSE(run_parser("telegram_reflector", tag_alone)->refuted.empty());
}

TEST(TelegramReflector, in_streams_each_packet_has_a_length) {
  std::string from_client = hex("eeeeeeee"), from_server;
  for (const Said& each : members(6)) {
    (each.direction == Direction::to_server ? from_client : from_server) +=
        std::string{static_cast<char>(each.octets.size()), 0, 0, 0} + each.octets;
  }
  const std::vector<Said> talk = {client(from_client), server(from_server)};
  EXPECT_EQ(run_parser("telegram_reflector_tcp", talk)->best(), Strength::proof);
  expect_parser_habits("telegram_reflector_tcp", talk);
  from_client[4] ^= 1;
  EXPECT_EQ(run_parser("telegram_reflector_tcp", {client(from_client)})->best(), Strength::none);
}

TEST(TelegramReflector, packets_of_tgcalls_are_a_channel_inside) {
  const std::string stun = hex("0001 0000 2112a442") + noise(12, 1);
  const std::string media = hex("80 78 0001 00000001 00000002 aabbcc");
  const auto found = run_parser("telegram_reflector", {client(kQuery), client(relayed(stun)), server(relayed(media))});
  EXPECT_TRUE(found->has("relayed"));
  EXPECT_EQ(found->best(), Strength::proof);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].bytes[0], stun);
  EXPECT_EQ(found->inner[0].bytes[1], media);
}

}  // namespace
}  // namespace parlance::test
