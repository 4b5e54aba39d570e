#include "protocols/support/stun_message.h"

#include <zlib.h>

#include "base/byte_reader.h"

namespace parlance {
namespace {

constexpr std::array<uint8_t, 4> kCookie = {0x21, 0x12, 0xa4, 0x42};
constexpr uint32_t kFingerprintMask = 0x5354554e;  // RFC 8489 section 14.7
constexpr size_t kFingerprintSize = 8;

/// Octets that follow a value of `length` octets (RFC 8489 section 14).
size_t padding(size_t length) {
  return (4 - length % 4) % 4;
}

bool fingerprint_is_right(Bytes message, const StunAttribute& last) {
  if (last.type != stun::kFingerprint || last.value.size() != 4) return false;
  const Bytes covered = message.first(message.size() - kFingerprintSize);
  const auto sum =
      static_cast<uint32_t>(crc32(0, covered.data(), static_cast<uInt>(covered.size())));
  return (sum ^ kFingerprintMask) == ByteReader(last.value).be32();
}

/// Reads all attributes; false if they do not end where the message does.
bool walk(ByteReader& reader, StunMessage& message, StunAttribute& last) {
  while (!reader.at_end()) {
    last.type = reader.be16();
    const uint16_t length = reader.be16();
    last.value = reader.bytes(length);
    const size_t filler = padding(length);
    if (message.cookie && reader.at_end() && filler != 0) {
      message.unpadded = true;
    } else {
      reader.skip(filler);
    }
    if (!reader.ok()) return false;
    if (message.attributes < StunMessage::kAttributesKept) message.kept[message.attributes] = last;
    ++message.attributes;
  }
  return true;
}

}  // namespace

uint16_t StunMessage::method() const {
  return static_cast<uint16_t>((type & 0x000f) | (type & 0x00e0) >> 1 | (type & 0x3e00) >> 2);
}

StunClass StunMessage::message_class() const {
  return static_cast<StunClass>((type & 0x0100) >> 7 | (type & 0x0010) >> 4);
}

const StunAttribute* StunMessage::find(uint16_t attribute_type) const {
  for (size_t i = 0; i < attributes && i < kAttributesKept; ++i) {
    if (kept[i].type == attribute_type) return &kept[i];
  }
  return nullptr;
}

bool may_start_stun(Bytes octets) {
  if (!octets.empty() && octets[0] > 0x3f) return false;  // the two first bits of a type are zero
  for (size_t i = 0; i < kCookie.size() && 4 + i < octets.size(); ++i) {
    if (octets[4 + i] != kCookie[i]) return false;
  }
  return true;
}

std::optional<StunMessage> read_stun_message(Bytes octets) {
  ByteReader reader(octets);
  const uint16_t type = reader.be16();
  const uint16_t length = reader.be16();
  const Bytes transaction = reader.bytes(16);
  if (!reader.ok() || type > 0x3fff || type == 0) return std::nullopt;
  if (length != reader.remaining()) return std::nullopt;
  // Only now, and in its place: it is large, and most datagrams that come here are media.
  std::optional<StunMessage> result(std::in_place);
  StunMessage& message = *result;
  message.type = type;
  message.header = first_of(octets, StunMessage::kHeader);
  message.transaction = transaction;
  message.cookie = may_start_stun(octets);
  StunAttribute last;
  if (!walk(reader, message, last)) return std::nullopt;
  message.fingerprint = message.cookie && fingerprint_is_right(octets, last);
  return result;
}

}  // namespace parlance
