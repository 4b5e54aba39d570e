#include "capture_clock.h"

#include <gtest/gtest.h>

namespace parlance {
namespace {

TEST(CaptureClock, goes_with_packets_and_never_back) {
  CaptureClock clock;
  clock.begin_source();
  EXPECT_EQ(clock.advance({100}), Timestamp{100});
  EXPECT_EQ(clock.advance({150}), Timestamp{150});
  EXPECT_EQ(clock.advance({120}), Timestamp{150}) << "a late packet";
  EXPECT_EQ(clock.advance({160}), Timestamp{160});
}

TEST(CaptureClock, a_file_of_an_earlier_day_goes_on_from_where_the_clock_stands) {
  CaptureClock clock;
  clock.begin_source();
  clock.advance({1000});
  clock.begin_source();
  EXPECT_EQ(clock.advance({10}), Timestamp{1000});
  EXPECT_EQ(clock.advance({15}), Timestamp{1005});
}

TEST(CaptureClock, a_file_that_continues_a_series_goes_on_in_its_time) {
  CaptureClock clock;
  clock.begin_source();
  clock.advance({1000});
  clock.begin_source();
  EXPECT_EQ(clock.advance({1300}), Timestamp{1300});
}

TEST(CaptureClock, absurd_times_do_not_overflow_it) {
  CaptureClock clock;
  clock.begin_source();
  clock.advance({INT64_MIN});
  clock.advance({INT64_MAX});
  EXPECT_GE(clock.advance({INT64_MAX}), clock.shown());
}

}  // namespace
}  // namespace parlance
