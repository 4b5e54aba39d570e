#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string ping(char time) {
  return hex("0902") + time + hex("9a020000000000");
}
std::string pong(char time) {
  return hex("0903") + time + hex("9a020000000000");
}
/// Ciphertext of 100 octets, and of 188 with a length of two octets.
const std::string kShort = hex("640d0000") + std::string(97, '\x9a');
const std::string kLong = hex("813c0e68") + std::string(186, '\x9a');

const std::vector<Said> kCall = {client("\x07"),  server("\x76"),          client(kShort),
                                 server(kShort),  client(kLong + ping(1)), server('\0' + pong(1)),
                                 client(ping(2)), server(ping(7)),         server(pong(2)),
                                 client(pong(7)), server(kShort)};

TEST(ImoCall, repeated_clocks_between_whole_messages_are_proof) {
  EXPECT_EQ(run_parser("imo_call", kCall)->best(), Strength::proof);
  expect_parser_habits("imo_call", kCall);
}

TEST(ImoCall, one_repeated_clock_is_strong) {
  EXPECT_EQ(run_parser("imo_call", {client(ping(1)), server(pong(1))})->best(), Strength::strong);
}

TEST(ImoCall, a_clock_that_nobody_asked_for_is_nothing) {
  EXPECT_EQ(run_parser("imo_call", {client(ping(1)), server(pong(2))})->best(), Strength::none);
  EXPECT_EQ(run_parser("imo_call", {client(ping(1)), client(pong(1))})->best(), Strength::none);
  EXPECT_EQ(run_parser("imo_call", {server(pong(1)), client(ping(1))})->best(), Strength::none);
}

TEST(ImoCall, one_side_alone_is_strong_if_its_clock_goes_on) {
  std::vector<Said> talk, back, mixed;
  for (int i = 0; i < 3; ++i) {
    for (const std::string& each : {kShort, kLong, ping(static_cast<char>(9 * i + 1))}) {
      talk.push_back(client(each));
    }
    for (const std::string& each : {kShort, kLong, ping(static_cast<char>(9 * (3 - i)))}) {
      back.push_back(client(each));
    }
    mixed.push_back(client(std::string(40, '\x7f')));
    mixed.push_back(client(ping(static_cast<char>(9 * i + 1))));
  }
  const auto found = run_parser("imo_call", talk);
  EXPECT_TRUE(found->has("clock"));
  EXPECT_EQ(found->best(), Strength::strong);
  expect_parser_habits("imo_call", talk);
  EXPECT_EQ(run_parser("imo_call", back)->best(), Strength::none);
  EXPECT_EQ(run_parser("imo_call", mixed)->best(), Strength::none);
}

TEST(ImoCall, many_messages_of_various_lengths_are_strong_without_a_clock) {
  const auto talk_of = [](size_t step, char type, int broken_each) {
    std::vector<Said> talk;
    for (size_t i = 0; i < 24; ++i) {
      const size_t length = 40 + step * (i % 5);
      talk.push_back(client(static_cast<char>(length) + std::string(1, type) +
                            std::string(length - 1, '\x9a')));
      const bool broken = broken_each > 0 && i % static_cast<size_t>(broken_each) == 0;
      if (broken) talk.push_back(client(std::string(40, '\x7f')));
    }
    return talk;
  };
  const auto found = run_parser("imo_call", talk_of(3, '\x0d', 0));
  EXPECT_TRUE(found->has("chain"));
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_EQ(run_parser("imo_call", talk_of(0, '\x0d', 0))->best(), Strength::none) << "one length";
  EXPECT_EQ(run_parser("imo_call", talk_of(3, '\x55', 0))->best(), Strength::none) << "a type";
  EXPECT_EQ(run_parser("imo_call", talk_of(3, '\x0d', 3))->best(), Strength::none) << "broken";
}

TEST(ImoCall, protocol_buffers_behind_their_length_are_nothing) {
  std::vector<Said> talk;
  for (size_t i = 0; i < 40; ++i) {
    const size_t text = 10 + 3 * (i % 7);
    const std::string message = hex("0d") + static_cast<char>(i) + hex("000000 12") +
                                static_cast<char>(text) + std::string(text, 't');
    talk.push_back(client(static_cast<char>(message.size()) + message));
  }
  EXPECT_EQ(run_parser("imo_call", talk)->best(), Strength::none);
}

TEST(ImoCall, datagrams_that_are_no_messages_are_refuted) {
  const std::vector<Said> talk(20, client(std::string(40, '\x7f')));
  EXPECT_FALSE(run_parser("imo_call", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
