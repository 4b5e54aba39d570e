// What carries a channel, and in what portions its octets come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parlance {

/// In what portions a channel comes, or a parser wants it.
enum class Unit : uint8_t {
  bytes,    ///< a stream; portions are of any size and mean nothing
  message,  ///< whole messages: UDP datagrams, WebSocket messages, HTTP bodies
};

/// What carries a channel; `carried_by` of a signature names these.
enum class Carrier : uint8_t { tcp, udp, tls, websocket, http, quic };
constexpr size_t kCarriers = 6;
std::string_view name_of(Carrier carrier);

}  // namespace parlance
