#include "inspect/channel.h"

#include <gtest/gtest.h>

namespace parlance::inspect {
namespace {

constexpr Direction kToServer = Direction::to_server, kToClient = Direction::to_client;

stream::Origin frame(uint64_t number) { return {number, number, {}}; }

std::string all_octets(const Head& head) {
  std::string all;
  for (const auto& [portion, octets] : head) all += as_text(octets);
  return all;
}

std::string copied(const Head& head, Direction direction, uint64_t from, uint64_t to) {
  std::vector<uint8_t> octets;
  head.copy(direction, from, to, octets);
  return std::string(as_text(octets));
}

TEST(Head, keeps_both_directions_in_the_order_in_which_they_came) {
  Head head;
  const Limits limits;
  EXPECT_TRUE(head.keep(kToServer, as_bytes("hello "), frame(1), limits));
  EXPECT_TRUE(head.keep(kToClient, as_bytes("good day"), frame(2), limits));
  EXPECT_TRUE(head.keep(kToServer, as_bytes("world"), frame(3), limits));
  EXPECT_EQ(all_octets(head), "hello good dayworld");
  EXPECT_EQ(copied(head, kToServer, 4, 8), "o wo");
  EXPECT_EQ(copied(head, kToClient, 5, 100), "day");
  EXPECT_EQ(head.frame_at(kToServer, 5), 1u);
  EXPECT_EQ(head.frame_at(kToServer, 6), 3u);
  EXPECT_EQ(head.frame_at(kToClient, 0), 2u);
  EXPECT_EQ(head.frame_at(kToClient, 8), 0u);
}

TEST(Head, a_gap_has_offsets_but_no_octets) {
  Head head;
  const Limits limits;
  head.keep(kToServer, as_bytes("ab"), frame(1), limits);
  head.keep_gap(kToServer, 10, frame(2), limits);
  head.keep(kToServer, as_bytes("cd"), frame(3), limits);
  EXPECT_EQ(copied(head, kToServer, 0, 14), "abcd");
  EXPECT_EQ(copied(head, kToServer, 12, 13), "c");
  EXPECT_EQ(head.frame_at(kToServer, 5), 0u);
  EXPECT_EQ(head.frame_at(kToServer, 13), 3u);
}

TEST(Head, takes_nothing_that_goes_beyond_its_octets) {
  Limits limits;
  limits.head_octets = 10;
  Head head;
  EXPECT_TRUE(head.keep(kToServer, as_bytes("12345678"), frame(1), limits));
  EXPECT_FALSE(head.keep(kToClient, as_bytes("123"), frame(2), limits));
  EXPECT_TRUE(head.keep(kToClient, as_bytes("12"), frame(3), limits));
  EXPECT_FALSE(head.keep(kToServer, as_bytes("1"), frame(4), limits));
}

TEST(Head, takes_a_bounded_number_of_portions_even_if_they_are_empty) {
  Limits limits;
  limits.head_portions = 3;
  Head head;
  EXPECT_TRUE(head.keep(kToServer, {}, frame(1), limits));
  EXPECT_TRUE(head.keep_gap(kToServer, 0, frame(2), limits));
  EXPECT_TRUE(head.keep_end(kToServer, frame(3), limits));
  EXPECT_FALSE(head.keep(kToServer, {}, frame(4), limits));
  EXPECT_FALSE(head.keep_gap(kToServer, 1, frame(5), limits));
  EXPECT_FALSE(head.keep_end(kToClient, frame(6), limits));
}

TEST(FrameMap, names_the_frame_of_every_octet) {
  FrameMap map;
  EXPECT_EQ(map.frame_at(0), 0u);
  map.add(0, 7);
  map.add(10, 9);
  map.add(20, 12);
  EXPECT_EQ(map.frame_at(0), 7u);
  EXPECT_EQ(map.frame_at(9), 7u);
  EXPECT_EQ(map.frame_at(10), 9u);
  EXPECT_EQ(map.frame_at(1000), 12u);
}

TEST(FrameMap, portions_of_one_frame_take_one_mark) {
  FrameMap map;
  map.add(0, 1);
  for (uint64_t i = 0; i < 1000; ++i) map.add(1 + i, 2);
  EXPECT_EQ(map.frame_at(0), 1u);
  EXPECT_EQ(map.frame_at(500), 2u);
}

TEST(FrameMap, forgets_the_oldest_portions_and_says_so) {
  FrameMap map;
  constexpr uint64_t kPortions = 3 * FrameMap::kMarks + 5;
  for (uint64_t i = 0; i < kPortions; ++i) map.add(10 * i, 100 + i);
  constexpr uint64_t kOldest = kPortions - FrameMap::kMarks;
  EXPECT_EQ(map.frame_at(10 * kOldest - 1), 0u);
  for (uint64_t i = kOldest; i < kPortions; ++i) {
    EXPECT_EQ(map.frame_at(10 * i), 100 + i);
    EXPECT_EQ(map.frame_at(10 * i + 9), 100 + i);
  }
}

}  // namespace
}  // namespace parlance::inspect
