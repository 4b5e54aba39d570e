// The time by which flows grow old.
#pragma once

#include <optional>

#include "base/time.h"

namespace parlance {

/// A clock that goes by packets and never goes back, so that which flows end does not depend on the order
/// in which anybody looks at them. Packets that are older than others before them (several taps, files of
/// other days) do not move it; a later file that begins earlier goes on from where the clock stands.
class CaptureClock {
 public:
  /// A new source begins: its first packet may be from any time.
  void begin_source() { source_began_ = true; }

  /// A packet of `time` came, or (live) it is `time` now. Returns what the clock shows.
  Timestamp advance(Timestamp time) {
    if (!newest_) {
      newest_ = shown_ = time;
    } else if (source_began_ && time < *newest_) {
      newest_ = time;
    } else if (const int64_t step = elapsed(*newest_, time); step > 0) {
      newest_ = time;
      if (__builtin_add_overflow(shown_.nanoseconds, step, &shown_.nanoseconds)) {
        shown_.nanoseconds = INT64_MAX;
      }
    }
    source_began_ = false;
    return shown_;
  }
  Timestamp shown() const { return shown_; }

 private:
  std::optional<Timestamp> newest_;  ///< of the packets of this source
  Timestamp shown_;
  bool source_began_ = true;
};

}  // namespace parlance
