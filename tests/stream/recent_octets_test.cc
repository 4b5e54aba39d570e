#include "stream/recent_octets.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>
#include <vector>

namespace parlance::stream {
namespace {

using Row = std::vector<uint8_t>;

Row random_row(std::mt19937& random, size_t size) {
  Row row(size);
  for (uint8_t& each : row) each = static_cast<uint8_t>(random());
  return row;
}

/// The last octets that were added, as many as the ring may hold, compared with those that it has: from
/// each place as many as there are, and as few as one; and with each first and last of them changed.
void expect_same(const RecentOctets& ring, const Row& all, std::mt19937& random) {
  const size_t size = std::min(all.size(), RecentOctets::kMost);
  ASSERT_EQ(ring.size(), size);
  for (size_t back = 1; back <= size; ++back) {
    const Bytes rest = Bytes(all).last(back);
    ASSERT_FALSE(ring.differ(rest, back)) << back << " of " << all.size();
    const size_t few = 1 + random() % back;
    Row other(rest.begin(), rest.begin() + static_cast<ptrdiff_t>(few));
    ASSERT_FALSE(ring.differ(other, back)) << few << " at " << back << " of " << all.size();
    ASSERT_FALSE(ring.differ({}, back));
    other.back() ^= 0x40;
    ASSERT_TRUE(ring.differ(other, back)) << few << " at " << back << " of " << all.size();
    other.back() ^= 0x40;
    other.front() ^= 0x01;
    ASSERT_TRUE(ring.differ(other, back)) << few << " at " << back << " of " << all.size();
  }
}

TEST(RecentOctets, keeps_the_last_octets_whatever_comes_at_a_time) {
  std::mt19937 random(11);
  for (const size_t largest : {size_t{3}, size_t{100}, RecentOctets::kMost, 3 * RecentOctets::kMost}) {
    RecentOctets ring;
    Row all;
    for (int round = 0; round < 40; ++round) {
      const Row more = random_row(random, random() % (largest + 1));
      ring.add(more);
      all.insert(all.end(), more.begin(), more.end());
      expect_same(ring, all, random);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(RecentOctets, keeps_as_many_as_it_says_at_the_edges) {
  std::mt19937 random(12);
  constexpr size_t kMost = RecentOctets::kMost;
  for (const size_t before : {size_t{0}, size_t{1}, kMost - 1, kMost, kMost + 1}) {
    for (const size_t more : {size_t{0}, size_t{1}, kMost - 1, kMost, kMost + 1, 2 * kMost, 2 * kMost + 1}) {
      RecentOctets ring;
      ring.clear();
      Row all = random_row(random, before);
      ring.add(all);
      const Row last = random_row(random, more);
      ring.add(last);
      all.insert(all.end(), last.begin(), last.end());
      expect_same(ring, all, random);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(RecentOctets, knows_nothing_of_before_once_it_is_cleared) {
  std::mt19937 random(13);
  RecentOctets ring;
  ring.clear();
  ring.add(random_row(random, 700));
  ring.clear();
  EXPECT_EQ(ring.size(), 0u);
  const Row row = random_row(random, 300);
  ring.add(row);
  expect_same(ring, row, random);
}

TEST(RecentOctets, begins_anew_once_it_is_released) {
  std::mt19937 random(14);
  RecentOctets ring;
  ring.add(random_row(random, 3000));
  ring.release();
  EXPECT_EQ(ring.size(), 0u);
  const Row row = random_row(random, 300);
  ring.add(row);
  expect_same(ring, row, random);
}

TEST(RecentOctets, moves_with_all_that_it_keeps) {
  std::mt19937 random(15);
  const Row row = random_row(random, 500), other = random_row(random, 20);
  RecentOctets ring;
  ring.add(row);
  RecentOctets moved(std::move(ring));
  expect_same(moved, row, random);
  RecentOctets assigned;
  assigned.add(other);
  assigned = std::move(moved);
  expect_same(assigned, row, random);
}

}  // namespace
}  // namespace parlance::stream
