#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string count(uint32_t octets) {
  return {static_cast<char>(octets >> 24), static_cast<char>(octets >> 16),
          static_cast<char>(octets >> 8), static_cast<char>(octets)};
}

/// A file in portions of 1000 octets; `shift` is added to each count.
std::vector<Said> transfer(uint32_t portions, uint32_t shift = 0) {
  std::vector<Said> talk;
  for (uint32_t i = 1; i <= portions; ++i) {
    talk.push_back(server(std::string(1000, 'f')));
    talk.push_back(client(count(1000 * i + shift)));
  }
  return talk;
}

TEST(IrcDcc, counts_of_what_came_are_proof) {
  EXPECT_EQ(run_parser("irc_dcc", transfer(1))->best(), Strength::none);
  EXPECT_EQ(run_parser("irc_dcc", transfer(2))->best(), Strength::strong);
  EXPECT_EQ(run_parser("irc_dcc", transfer(4))->best(), Strength::proof);
  const std::string file(1000, 'f');
  EXPECT_EQ(run_parser("irc_dcc", {client(file), client(file), client(file), client(file),
                                   server(count(1000) + count(2000)), server(count(3000)),
                                   server(count(4000))})
                ->best(),
            Strength::proof);
}

TEST(IrcDcc, other_numbers_are_nothing) {
  EXPECT_FALSE(run_parser("irc_dcc", transfer(9, 1))->refuted.empty()) << "more than came";
  std::vector<Said> inside = transfer(9, static_cast<uint32_t>(-1));
  EXPECT_EQ(run_parser("irc_dcc", inside)->best(), Strength::none) << "not where portions end";
  std::vector<Said> same(9, client(count(1000)));
  same.insert(same.begin(), server(std::string(1000, 'f')));
  EXPECT_EQ(run_parser("irc_dcc", same)->best(), Strength::none) << "one count alone";
  EXPECT_FALSE(
      run_parser("irc_dcc", {server(std::string(1000, 'f')), client(count(800) + count(700))})
          ->refuted.empty());
}

TEST(IrcDcc, a_counter_is_no_count_of_octets) {
  std::vector<Said> talk;
  for (uint32_t i = 1; i <= 40; ++i) {
    talk.push_back(server("?"));
    talk.push_back(client(count(i)));
  }
  EXPECT_EQ(run_parser("irc_dcc", talk)->best(), Strength::none);
}

}  // namespace
}  // namespace parlance::test
