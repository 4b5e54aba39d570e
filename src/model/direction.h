// Which way octets of a two-way conversation go.
#pragma once

#include <cstdint>
#include <string_view>

namespace parlance {

/// The client is who opened the conversation.
enum class Direction : uint8_t { to_server = 0, to_client = 1 };

constexpr Direction opposite(Direction direction) {
  return direction == Direction::to_server ? Direction::to_client : Direction::to_server;
}
constexpr size_t index(Direction direction) { return static_cast<size_t>(direction); }

/// "toserver" or "toclient", the names of the flow record.
constexpr std::string_view name_of(Direction direction) {
  return direction == Direction::to_server ? "toserver" : "toclient";
}

}  // namespace parlance
