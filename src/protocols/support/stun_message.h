// A STUN message: RFC 8489 (and 5389) with the magic cookie, RFC 3489 without it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace parlance {

struct StunAttribute {
  uint16_t type = 0;
  Bytes value;  ///< without padding
};

/// The classes of a message (RFC 8489 section 5).
enum class StunClass : uint8_t { request, indication, success, error };

/// Views into the octets that were read.
struct StunMessage {
  static constexpr size_t kHeader = 20;
  static constexpr size_t kAttributesKept = 24;

  uint16_t type = 0;
  Bytes header;       ///< 20 octets
  Bytes transaction;  ///< the last 16 octets of the header, so that both generations compare alike
  bool cookie = false;
  bool unpadded = false;     ///< the last attribute lacks its padding: a quirk of WhatsApp's calls
  bool fingerprint = false;  ///< FINGERPRINT is there and its checksum is right
  size_t attributes = 0;     ///< how many there are; the first kAttributesKept are in `kept`
  std::array<StunAttribute, kAttributesKept> kept{};

  uint16_t method() const;
  StunClass message_class() const;
  /// The first kept attribute of that type, or nullptr.
  const StunAttribute* find(uint16_t attribute_type) const;
};

namespace stun {
constexpr uint16_t kBinding = 0x001, kAllocate = 0x003, kSend = 0x006, kData = 0x007,
                   kChannelBind = 0x009, kConnectionBind = 0x00b;  // methods
constexpr uint16_t kUsername = 0x0006, kMessageIntegrity = 0x0008, kChannelNumber = 0x000c,
                   kXorPeerAddress = 0x0012, kDataAttribute = 0x0013, kRealm = 0x0014,
                   kXorRelayedAddress = 0x0016, kRequestedTransport = 0x0019,
                   kXorMappedAddress = 0x0020, kSoftware = 0x8022, kFingerprint = 0x8028;      // attributes
constexpr uint16_t kFirstChannel = 0x4000, kLastChannel = 0x4fff;  // RFC 8656 section 12
}  // namespace stun

/// True if the octets begin like a message with the magic cookie; as many as there are decide.
bool may_start_stun(Bytes octets);

/// The message that `octets` are: its length and its attributes end exactly at their end.
std::optional<StunMessage> read_stun_message(Bytes octets);

}  // namespace parlance
