#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

/// `count` octets that look random, other ones for each `seed`.
std::string noise(size_t count, uint32_t seed) {
  std::string octets;
  for (uint64_t state = seed * 0x9e3779b97f4a7c15U + 1; octets.size() < count;) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    octets += static_cast<char>(state >> 56);
  }
  return octets;
}

/// A datagram of a kind, `length` octets in all, with the key of `sender` and the nonce of `seed`.
std::string keyed(char kind, size_t length, uint32_t sender, uint32_t seed) {
  return kind + noise(32, sender) + noise(length - 33, seed);
}
constexpr uint32_t kAlice = 1, kBob = 2;

TEST(Tox, one_key_under_several_nonces_is_proof) {
  const std::vector<Said> talk = {
      client(keyed('\x02', 113, kAlice, 10)), server(keyed('\x04', 121, kBob, 11)),
      client(keyed('\x00', 82, kAlice, 12)), server(keyed('\x01', 82, kBob, 13))};
  const auto found = run_parser("tox", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  expect_parser_habits("tox", talk);
  EXPECT_EQ(run_parser("tox", {talk[0], talk[1], talk[2]})->best(), Strength::strong);
  EXPECT_EQ(run_parser("tox", {talk[0], talk[1]})->best(), Strength::none);
}

TEST(Tox, other_keys_repeated_nonces_and_wrong_lengths_are_nothing) {
  std::vector<Said> talk;
  for (uint32_t i = 0; i < 50; ++i) talk.push_back(client(keyed('\x02', 113, 100 + i, i)));
  EXPECT_FALSE(run_parser("tox", talk)->refuted.empty());
  talk.assign(50, client(keyed('\x02', 113, kAlice, 7)));
  EXPECT_EQ(run_parser("tox", talk)->best(), Strength::none);
  talk.clear();
  for (uint32_t i = 0; i < 50; ++i) talk.push_back(client(keyed('\x02', 114, kAlice, i)));
  EXPECT_FALSE(run_parser("tox", talk)->refuted.empty());
}

TEST(Tox, kind_f0_has_one_length) {
  const Said odd = client("\xf0" + noise(78, 3)), exact = client("\xf0" + noise(77, 3));
  EXPECT_FALSE(run_parser("tox", std::vector<Said>(9, odd))->refuted.empty());
  EXPECT_TRUE(run_parser("tox", std::vector<Said>(9, exact))->refuted.empty());
}

TEST(Tox, requests_count_for_the_sender_whose_they_are) {
  const auto request = [](uint32_t sender, uint32_t seed) {
    return client('\x20' + noise(32, kBob) + noise(32, sender) + noise(50, seed));
  };
  const Said first = client(keyed('\x02', 113, kAlice, 10));
  const std::vector<Said> talk = {first, request(kAlice, 11), request(kAlice, 12)};
  EXPECT_EQ(run_parser("tox", talk)->best(), Strength::proof);
  expect_parser_habits("tox", talk);
  EXPECT_EQ(run_parser("tox", {first, request(3, 11), request(3, 12)})->best(), Strength::none);
  EXPECT_EQ(run_parser("tox", {first, request(kAlice, 10)})->best(), Strength::none)
      << "a nonce of before";
  EXPECT_FALSE(
      run_parser("tox", std::vector<Said>(9, client('\x20' + noise(113, 1))))->refuted.empty());
}

TEST(Tox, lan_discovery_is_a_hint_if_it_repeats) {
  const Said lan = client('\x21' + noise(32, kAlice));
  EXPECT_EQ(run_parser("tox", {lan})->best(), Strength::none);
  EXPECT_EQ(run_parser("tox", {lan, lan})->best(), Strength::hint);
  EXPECT_EQ(run_parser("tox", {lan, client('\x21' + noise(32, kBob))})->best(), Strength::none);
  const Said text = client('\x21' + std::string(32, 'a'));
  EXPECT_EQ(run_parser("tox", {text, text})->best(), Strength::none);
}

// mDNS has 82 octets at times, and begins with zeros.
TEST(Tox, keys_must_look_random) {
  std::string plain(82, '\0');
  plain.replace(1, 32, "_services._dns-sd._udp.local.....");
  std::vector<Said> talk;
  for (uint32_t i = 0; i < 20; ++i) {
    plain.replace(33, 24, noise(24, i));
    talk.push_back(client(plain.substr(0, 1) + std::string(32, 'a') + plain.substr(33)));
  }
  EXPECT_EQ(run_parser("tox", talk)->best(), Strength::none);
}

TEST(Tox, nodes_come_in_steps) {
  for (const size_t length : {82U, 121U, 133U, 160U, 172U, 184U, 199U, 211U, 238U, 286U}) {
    std::vector<Said> talk;
    for (uint32_t i = 0; i < 3; ++i) talk.push_back(client(keyed('\x04', length, kAlice, i)));
    EXPECT_EQ(run_parser("tox", talk)->best(), Strength::proof) << length;
  }
  std::vector<Said> talk;
  for (uint32_t i = 0; i < 9; ++i) talk.push_back(client(keyed('\x04', 277, kAlice, i)));
  EXPECT_EQ(run_parser("tox", talk)->best(), Strength::none);
}

TEST(Tox, data_that_count_on_are_strong) {
  std::vector<Said> talk;
  for (uint32_t i = 0; i < 10; ++i) {
    const std::string number = {static_cast<char>(0x7f), static_cast<char>(0xf0 + i)};
    talk.push_back(client('\x1b' + number + noise(61, i)));
    talk.push_back(server('\x1b' + number + noise(37, 50 + i)));
  }
  EXPECT_EQ(run_parser("tox", talk)->best(), Strength::strong);
}

TEST(Tox, onion_steps_of_several_kinds_are_strong) {
  std::vector<Said> talk;
  for (uint32_t i = 0; i < 3; ++i) {
    talk.push_back(client('\x80' + noise(402, i)));
    talk.push_back(client('\x81' + noise(394, i)));
    talk.push_back(server('\x8e' + noise(219, i)));
  }
  EXPECT_EQ(run_parser("tox", talk)->best(), Strength::strong);
  talk[0].octets += 'x';
  EXPECT_EQ(run_parser("tox", talk)->best(), Strength::none);
}

}  // namespace
}  // namespace parlance::test
