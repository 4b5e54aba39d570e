// After how long a silence a flow is over.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace parlance::flow {

/// What decides how long a flow may be silent.
enum class TimeoutClass : uint8_t {
  tcp_opening,
  tcp_established,
  tcp_closing,
  tcp_closed,
  udp_one_way,
  udp
};
constexpr size_t kTimeoutClasses = 6;

/// Nanoseconds of silence. Messengers keep connections open for long: their push services send a
/// keep-alive every 28 minutes on some networks, so an established TCP flow is given an hour. A
/// NAT forgets UDP after 30 s to 3 min (RFC 4787 section 4.3 asks for 2 min at least).
struct Timeouts {
  int64_t tcp_opening = 60 * kSecond;
  int64_t tcp_established = 3600 * kSecond;
  int64_t tcp_closing = 120 * kSecond;
  int64_t tcp_closed = 10 * kSecond;  ///< late packets after the last FIN still belong to it
  int64_t udp_one_way = 60 * kSecond;
  int64_t udp = 180 * kSecond;

  int64_t of(TimeoutClass timeout_class) const {
    switch (timeout_class) {
      case TimeoutClass::tcp_opening:
        return tcp_opening;
      case TimeoutClass::tcp_established:
        return tcp_established;
      case TimeoutClass::tcp_closing:
        return tcp_closing;
      case TimeoutClass::tcp_closed:
        return tcp_closed;
      case TimeoutClass::udp_one_way:
        return udp_one_way;
      case TimeoutClass::udp:
        break;
    }
    return udp;
  }
};

}  // namespace parlance::flow
