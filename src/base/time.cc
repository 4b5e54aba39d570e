#include "base/time.h"

#include <array>
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

/// Writes `count` decimal digits of `number`, zeros in front, and the character `after` them.
char* put(char* at, uint32_t number, int count, char after) {
  for (int i = count; i-- > 0; number /= 10) at[i] = static_cast<char>('0' + number % 10);
  at[count] = after;
  return at + count + 1;
}

}  // namespace

// By hand: there is one in each record, and formatting it cost more than most of the record. 64
// bits of nanoseconds reach from 1677 to 2262, so that a year always has four digits and no sign.
std::string to_rfc3339(Timestamp time) {
  const int64_t seconds = floor_divide(time.nanoseconds, kSecond);
  // As unsigned numbers the product may be below the smallest time; the difference is right.
  const auto nanoseconds = static_cast<uint32_t>(static_cast<uint64_t>(time.nanoseconds) -
                                                 static_cast<uint64_t>(seconds) * kSecond);
  const int64_t days = floor_divide(seconds, 86400);
  const auto second_of_day = static_cast<uint32_t>(seconds - days * 86400);
  const CivilDate date = civil_from_days(days);
  std::array<char, sizeof "2026-11-24T16:00:00.123456Z" - 1> text{};
  char* at = text.data();
  at = put(at, static_cast<uint32_t>(date.year), 4, '-');
  at = put(at, date.month, 2, '-');
  at = put(at, date.day, 2, 'T');
  at = put(at, second_of_day / 3600, 2, ':');
  at = put(at, second_of_day / 60 % 60, 2, ':');
  at = put(at, second_of_day % 60, 2, '.');
  put(at, nanoseconds / 1000, 6, 'Z');
  return {text.data(), text.size()};
}

}  // namespace parlance
