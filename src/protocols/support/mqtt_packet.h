// MQTT control packets: OASIS MQTT 3.1.1 and 5.0, and IBM's MQTT 3.1 before them.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace parlance::mqtt {

enum class Type : uint8_t {
  reserved,
  connect,
  connack,
  publish,
  puback,
  pubrec,
  pubrel,
  pubcomp,
  subscribe,
  suback,
  unsubscribe,
  unsuback,
  pingreq,
  pingresp,
  disconnect,
  auth
};

/// Protocol levels: 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0. Unknown where CONNECT was not seen.
constexpr uint8_t kLevelUnknown = 0;

struct FixedHeader {
  enum class Answer : uint8_t { need_more, bad, good };
  Answer answer = Answer::need_more;
  Type type = Type::reserved;
  uint8_t flags = 0;    ///< the low four bits of the first octet
  uint32_t length = 0;  ///< octets after the fixed header
  size_t octets = 0;    ///< of the fixed header
};

/// The fixed header at the front of `octets`; bad if type, flags or the length's coding are.
FixedHeader read_fixed_header(Bytes octets);

/// Who sends this type of packet (3.1.1 section 2.2.1).
enum class Sender : uint8_t { either, client, server };
Sender sender_of(Type type, uint8_t level);

/// What a CONNECT packet says, as far as it may be shown.
struct Connect {
  bool known = false;   ///< protocol name and level belong together
  bool whole = false;   ///< every field is there and the last of them ends with the packet
  uint8_t level = 0;    ///< without the bridge bit
  bool bridge = false;  ///< bit 7 of the level: another broker connects
  size_t shown = 0;     ///< octets up to the level: protocol name and level, nothing personal
};

/// True if `body` may be the beginning of a CONNECT's variable header.
bool may_start_connect(Bytes body);
/// Reads the variable header and payload of a CONNECT.
Connect read_connect(Bytes body);

/// How much a packet's own layout says.
enum class Shape : uint8_t {
  bad,
  plain,       ///< fixed octets and numbers: pings, acknowledgements
  structured,  ///< strings or properties whose lengths agree with the packet's
};
/// The layout of any packet but CONNECT. Of PUBLISH the topic is enough: `body` may be cut off
/// behind it; `length` is the whole packet's.
Shape shape_of(const FixedHeader& header, Bytes body, uint8_t level);
/// Octets of its body that shape_of() needs, judged from those there are.
size_t needed_of(const FixedHeader& header, Bytes body);

}  // namespace parlance::mqtt
