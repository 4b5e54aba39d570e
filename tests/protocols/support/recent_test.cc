#include "protocols/support/recent.h"

#include <gtest/gtest.h>

namespace parlance::test {
namespace {

TEST(Recent, what_was_never_remembered_is_not_held) {
  const Recent<int, 3> none;
  EXPECT_FALSE(none.holds(0)) << "values start as 0, but none was remembered";
  EXPECT_EQ(none.last(), nullptr);
}

TEST(Recent, the_oldest_gives_way) {
  Recent<int, 3> numbers;
  for (const int each : {1, 2, 3, 4}) numbers.remember(each);
  EXPECT_FALSE(numbers.holds(1));
  for (const int each : {2, 3, 4}) EXPECT_TRUE(numbers.holds(each)) << each;
  ASSERT_NE(numbers.last(), nullptr);
  EXPECT_EQ(*numbers.last(), 4);
}

TEST(Recent, is_searched_by_a_condition) {
  Recent<int, 2> numbers;
  numbers.remember(7);
  const int* found = numbers.find([](int each) { return each > 5; });
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(*found, 7);
  EXPECT_EQ(numbers.find([](int each) { return each < 5; }), nullptr);
}

}  // namespace
}  // namespace parlance::test
