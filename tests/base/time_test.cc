#include "base/time.h"

#include <limits>

#include <gtest/gtest.h>

namespace parlance {
namespace {

TEST(Rfc3339, is_in_utc_with_microseconds) {
  EXPECT_EQ(to_rfc3339({0}), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(to_rfc3339({1'795'536'000 * kSecond + 123'456'789}), "2026-11-24T16:00:00.123456Z");
  EXPECT_EQ(to_rfc3339({951'782'399 * kSecond + 999'999'999}), "2000-02-28T23:59:59.999999Z");
}

TEST(Rfc3339, knows_leap_years) {
  EXPECT_EQ(to_rfc3339({951'782'400 * kSecond}), "2000-02-29T00:00:00.000000Z");
  EXPECT_EQ(to_rfc3339({951'868'800 * kSecond}), "2000-03-01T00:00:00.000000Z");
  EXPECT_EQ(to_rfc3339({4'107'542'400 * kSecond}), "2100-03-01T00:00:00.000000Z");
  EXPECT_EQ(to_rfc3339({4'107'542'399 * kSecond}), "2100-02-28T23:59:59.000000Z");
}

TEST(Rfc3339, rounds_down_before_1970_too) {
  EXPECT_EQ(to_rfc3339({-1}), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(to_rfc3339({-kSecond}), "1969-12-31T23:59:59.000000Z");
  EXPECT_EQ(to_rfc3339({-kSecond - 1}), "1969-12-31T23:59:58.999999Z");
}

TEST(Rfc3339, of_the_first_and_the_last_time_there_is) {
  EXPECT_EQ(to_rfc3339({std::numeric_limits<int64_t>::min()}), "1677-09-21T00:12:43.145224Z");
  EXPECT_EQ(to_rfc3339({std::numeric_limits<int64_t>::max()}), "2262-04-11T23:47:16.854775Z");
}

}  // namespace
}  // namespace parlance
