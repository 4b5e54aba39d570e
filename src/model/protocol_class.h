// What sort of protocol a label names (`label.class` of the flow record).
#pragma once

#include <cstdint>
#include <string_view>

namespace parlance {

enum class ProtocolClass : uint8_t {
  xmpp,
  websocket,    ///< WebSocket with nothing more specific known inside
  proprietary,  ///< a messenger's own protocol
  open,         ///< a published messaging protocol: MQTT, IRC, SIP, Matrix, …
  other,        ///< known, and no messaging
  unknown,
};
/// As signatures and the flow record write it.
std::string_view name_of(ProtocolClass protocol_class);

/// True for classes whose protocols carry messages between people or devices.
constexpr bool is_messaging(ProtocolClass value) {
  return value != ProtocolClass::other && value != ProtocolClass::unknown;
}

}  // namespace parlance
