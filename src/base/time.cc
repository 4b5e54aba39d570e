#include "base/time.h"

#include <fmt/format.h>

#include <limits>

namespace parlance {

int64_t elapsed(Timestamp earlier, Timestamp later) {
  int64_t difference = 0;
  if (!__builtin_sub_overflow(later.nanoseconds, earlier.nanoseconds, &difference)) {
    return difference;
  }
  return later > earlier ? std::numeric_limits<int64_t>::max()
                         : std::numeric_limits<int64_t>::min();
}

namespace {

struct CivilDate {
  int64_t year;
  unsigned month, day;
};

// Howard Hinnant's days-to-civil arithmetic: eras of 400 years, the year starting in March.
CivilDate civil_from_days(int64_t days) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted_month = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {static_cast<int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

int64_t floor_divide(int64_t value, int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

}  // namespace

std::string to_rfc3339(Timestamp time) {
  const int64_t seconds = floor_divide(time.nanoseconds, kSecond);
  const int64_t microseconds = (time.nanoseconds - seconds * kSecond) / 1000;
  const int64_t days = floor_divide(seconds, 86400);
  const int64_t second_of_day = seconds - days * 86400;
  const CivilDate date = civil_from_days(days);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", date.year, date.month, date.day,
                     second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60,
                     microseconds);
}

}  // namespace parlance
