// Points in time as captures give them.
#pragma once

#include <cstdint>
#include <string>

namespace parlance {

/// Nanoseconds since 1970-01-01T00:00:00Z. Captures may lie: any value is possible.
struct Timestamp {
  int64_t nanoseconds = 0;
  auto operator<=>(const Timestamp&) const = default;
};

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kSecond = 1'000'000'000;

/// `later - earlier` in nanoseconds; saturates instead of overflowing.
int64_t elapsed(Timestamp earlier, Timestamp later);

/// "2026-11-24T16:00:00.123456Z" (RFC 3339, UTC, microseconds, rounded down).
std::string to_rfc3339(Timestamp time);

}  // namespace parlance
