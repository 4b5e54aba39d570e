#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string noise(size_t count, uint32_t seed) {
  std::string octets;
  for (uint64_t state = seed * 0x9e3779b97f4a7c15U + 1; octets.size() < count;) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    octets += static_cast<char>(state >> 56);
  }
  return octets;
}
std::string box(size_t length, uint32_t seed) {
  return std::string{static_cast<char>(length >> 8), static_cast<char>(length)} +
         noise(length, seed);
}

const std::vector<Said> kTalk = {client(noise(128, 1)),
                                 server(noise(96, 2)),
                                 client(box(25, 3)),
                                 server(box(25, 4)),
                                 client(box(49, 5) + box(371, 6)),
                                 server(box(50, 7) + box(18, 8)),
                                 client(box(371, 9)),
                                 server(box(99, 10))};

TEST(ToxTcp, boxes_that_follow_one_another_are_proof) {
  const auto found = run_parser("tox_tcp", kTalk);
  EXPECT_TRUE(found->has("pings"));
  EXPECT_EQ(found->best(), Strength::proof);
  expect_parser_habits("tox_tcp", kTalk);
  const std::vector<Said> begun(kTalk.begin(), kTalk.begin() + 4);
  EXPECT_EQ(run_parser("tox_tcp", begun)->best(), Strength::strong);
}

TEST(ToxTcp, what_is_not_random_or_not_in_boxes_is_refuted) {
  EXPECT_FALSE(run_parser("tox_tcp", {client(std::string(128, 'a'))})->refuted.empty());
  EXPECT_FALSE(run_parser("tox_tcp", {kTalk[0], client(box(26, 3))})->refuted.empty());
  EXPECT_FALSE(run_parser("tox_tcp", {kTalk[0], client(box(25, 3) + box(16, 4))})->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
