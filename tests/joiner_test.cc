#include "joiner.h"

#include <gtest/gtest.h>

namespace parlance {
namespace {

IpAddress address(uint8_t last) {
  const uint8_t octets[] = {10, 0, 0, last};
  return IpAddress::v4(octets);
}

Resolution answer(const char* name, uint8_t client, uint8_t server, uint64_t ordinal,
                  uint32_t ttl = 60) {
  return {name, address(client), address(server), ttl, ordinal, ordinal, Timestamp{0}};
}

TEST(Joiner, finds_the_newest_answer_before_the_flow) {
  Joiner joiner;
  joiner.add(answer("old.example", 1, 9, 5));
  joiner.add(answer("new.example", 1, 9, 7));
  joiner.add(answer("later.example", 1, 9, 20));
  ASSERT_NE(joiner.find(address(1), address(9), 10, {}), nullptr);
  EXPECT_EQ(joiner.find(address(1), address(9), 10, {})->name, "new.example");
}

TEST(Joiner, an_answer_to_another_client_is_not_taken) {
  Joiner joiner;
  joiner.add(answer("a.example", 2, 9, 5));
  EXPECT_EQ(joiner.find(address(1), address(9), 10, {}), nullptr);
}

TEST(Joiner, an_answer_outlives_its_time_to_live_by_an_hour_at_most) {
  Joiner joiner;
  joiner.add(answer("a.example", 1, 9, 5, 30));
  EXPECT_NE(joiner.find(address(1), address(9), 10, {3599 * kSecond}), nullptr);
  EXPECT_EQ(joiner.find(address(1), address(9), 10, {3601 * kSecond}), nullptr);
}

TEST(Joiner, forgets_the_oldest_when_it_is_full) {
  Joiner joiner(2);
  joiner.add(answer("a.example", 1, 7, 1));
  joiner.add(answer("b.example", 1, 8, 2));
  joiner.add(answer("c.example", 1, 9, 3));
  EXPECT_EQ(joiner.find(address(1), address(7), 10, {}), nullptr);
  ASSERT_NE(joiner.find(address(1), address(9), 10, {}), nullptr);
  EXPECT_EQ(joiner.find(address(1), address(9), 10, {})->name, "c.example");
}

}  // namespace
}  // namespace parlance
