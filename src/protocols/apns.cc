// What Apple's devices speak to their push service inside TLS (application protocol
// apns-security-v3), as published by those who wrote clients (pushproxy,
// doc/apple-push-protocol-ios5-lion.md; pypush, apns/protocol.py): messages of a command (1), a
// length (4, big-endian) and items of a type (1), a length (2, big-endian) and a value. The device
// sends 07, the service answers 08; 0a is a notification, 0b acknowledges it under its number.
//
// A notification says its topic by the SHA-1 of a name: from the service in item 2, from the device in
// item 1, the other holds a token. iMessage has a topic of its own and property lists as payload. Tokens
// and payloads are passed over.
#include <algorithm>
#include <array>
#include <optional>

#include "base/byte_reader.h"
#include "protocols/support/frame_chain.h"
#include "protocols/support/recent.h"

namespace parlance {
namespace {

enum Command : uint8_t { connect = 0x07, connected = 0x08, notification = 0x0a, acknowledgment = 0x0b };
constexpr uint8_t kLastCommand = 0x3f, kLastItem = 0x3f;
constexpr uint8_t kStatusItem = 0x01;                   // of 08, one octet
constexpr uint8_t kTopicItem = 0x01, kTopicItemOfService = 0x02, kPayloadItem = 0x03, kNumberItem = 0x04;
constexpr size_t kHeader = 5, kNumber = 4;
constexpr int kItemsAtMost = 256;
constexpr size_t kNotificationsKept = 16;  // of a side, until they are acknowledged

/// SHA-1 of "com.apple.madrid".
constexpr std::array<uint8_t, 20> kMessageTopic = {0xe4, 0xe6, 0xd9, 0x52, 0x95, 0x41, 0x68, 0xd0, 0xa5, 0xdb,
                                                   0x02, 0xdb, 0xaf, 0x27, 0xcc, 0x35, 0xfc, 0x18, 0xd1, 0x59};

/// What a message's items are.
struct Items {
  int count = 0;
  bool status = false;  ///< the first is one octet of type 1
  bool message_topic = false;
  Bytes payload;
  std::optional<uint32_t> number;
};

void take_item(uint8_t type, Bytes value, Items& items) {
  if (++items.count == 1) items.status = type == kStatusItem && value.size() == 1;
  if (type == kTopicItem || type == kTopicItemOfService) {
    items.message_topic = items.message_topic || std::equal(value.begin(), value.end(), kMessageTopic.begin(),
                                                            kMessageTopic.end());
  } else if (type == kPayloadItem) {
    items.payload = value;
  } else if (type == kNumberItem && value.size() == kNumber) {
    items.number = ByteReader(value).be32();
  }
}

/// Nothing if they do not fill `body` exactly.
std::optional<Items> read_items(Bytes body) {
  Items items;
  ByteReader reader(body);
  while (reader.ok() && !reader.at_end() && items.count < kItemsAtMost) {
    const uint8_t type = reader.u8();
    const Bytes value = reader.bytes(reader.be16());
    if (!reader.ok() || type == 0 || type > kLastItem) return std::nullopt;
    take_item(type, value, items);
  }
  return reader.at_end() ? std::optional(items) : std::nullopt;
}

/// A binary property list: what it begins with, and the trailer, whose table of offsets has to end where the
/// trailer begins.
bool is_property_list(Bytes octets) {
  constexpr std::string_view kMagic = "bplist00";
  constexpr size_t kTrailer = 32, kUnused = 6;
  if (octets.size() < kMagic.size() + kTrailer || as_text(octets.first(kMagic.size())) != kMagic) return false;
  const size_t trailer = octets.size() - kTrailer;
  ByteReader reader(octets.subspan(trailer + kUnused));
  const uint8_t offset_octets = reader.u8(), reference_octets = reader.u8();
  const uint64_t objects = reader.be64(), top = reader.be64(), table = reader.be64();
  if (offset_octets == 0 || offset_octets > 8 || reference_octets == 0 || reference_octets > 8) return false;
  return top < objects && objects <= trailer && table <= trailer && objects * offset_octets == trailer - table;
}

class Apns : public FrameChain {
 public:
  using FrameChain::FrameChain;

 private:
  struct Notification {
    uint32_t number = 0;
    bool message = false;  ///< of iMessage
  };

  std::optional<size_t> size_of(Direction direction, Bytes octets) const override {
    ByteReader reader(octets);
    const uint8_t command = reader.u8();
    const uint32_t length = reader.be32();
    if (command > kLastCommand || !may_begin(direction, command)) return std::nullopt;
    if (!reader.ok()) return 0;
    constexpr size_t kLongest = 128 * kKibi;  // payloads have up to 16,384 octets
    if (length > kLongest) return std::nullopt;
    return kHeader + length;
  }

  /// The first of each side is known, if it was captured.
  bool may_begin(Direction direction, uint8_t command) const {
    if (partial() || frames(direction) > 0) return true;
    return command == (direction == Direction::to_server ? connect : connected);
  }

  bool read(const Place& frame, Findings& findings) override {
    const auto items = read_items(frame.octets.subspan(kHeader));
    if (!items) return false;
    const Place head{frame.direction, frame.offset, frame.octets.first(kHeader)};
    const bool device = frame.direction == Direction::to_server;
    switch (frame.octets[0]) {
      case connect: return !device || take_connect(*items, head, findings);
      case connected: return device || take_connected(*items, head, findings);
      case notification: take_notification(*items, head, findings); break;
      case acknowledgment: take_acknowledgment(*items, head, findings); break;
      default: break;
    }
    return true;
  }

  bool take_connect(const Items& items, const Place& head, Findings& findings) {
    if (items.count == 0) return false;
    asked_ = true;
    confirm(Strength::strong, "connect", head, "a command to connect whose items fill it exactly", findings);
    judge(head, findings);
    return true;
  }

  bool take_connected(const Items& items, const Place& head, Findings& findings) {
    if (!items.status) return false;
    answered_ = true;
    judge(head, findings);
    return true;
  }

  void judge(const Place& head, Findings& findings) {
    if (!asked_ || !answered_) return;
    confirm(Strength::proof, "connected", head,
            "a command to connect and the answer with a status, the items of each fill it exactly", findings);
  }

  /// Only what an acknowledgment repeats is more than what one side says.
  void take_notification(const Items& items, const Place& head, Findings& findings) {
    const bool message = items.message_topic && is_property_list(items.payload);
    if (items.number) notifications_[index(head.direction)].remember({*items.number, message});
    if (message && best() != Strength::none) support_messages(Strength::strong, head, findings);
  }

  void take_acknowledgment(const Items& items, const Place& head, Findings& findings) {
    if (!items.number) return;
    const auto* asked = notifications_[index(opposite(head.direction))].find(
        [&](const Notification& each) { return each.number == *items.number; });
    if (asked == nullptr) return;
    confirm(Strength::proof, "acknowledged", head,
            "a notification and the acknowledgment of it under its number, the items of each fill it exactly",
            findings);
    if (!asked->message) return;
    support_messages(Strength::proof, head, findings);
    leave({}, findings);
  }

  void support_messages(Strength strength, const Place& head, Findings& findings) {
    if (strength <= messages_) return;
    messages_ = strength;
    findings.support("imessage", strength, strength == Strength::proof ? "acknowledged" : "notification", head,
                     "a notification with iMessage's topic and a property list");
  }

  Recent<Notification, kNotificationsKept> notifications_[2];
  bool asked_ = false, answered_ = false;  ///< 07 and 08 were read
  Strength messages_ = Strength::none;     ///< what was said of iMessage
};

}  // namespace

extern const ParserModule kApns;
const ParserModule kApns{"apns", Unit::bytes, [](const Start& start) -> std::unique_ptr<Parser> {
                           return std::make_unique<Apns>(start);
                         }};

}  // namespace parlance
