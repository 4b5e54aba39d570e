// SCCP ("Skinny"), between Cisco's phones and their call manager: messages of length, header
// version and message number (32 bits each, little-endian), one after another from both sides.
// Wireshark's packet-skinny.c and real calls.
#include <algorithm>

#include "base/byte_reader.h"
#include "protocols/support/frame_chain.h"

namespace parlance {
namespace {

constexpr size_t kHeader = 12;      // length, version, message number
constexpr uint32_t kUncounted = 8;  // octets that the length does not count
constexpr uint32_t kLengthLeast = 4, kLengthMost = 4096;
constexpr uint32_t kVersionFirst = 0x0a, kVersionLast = 0x19;  // and 0, the oldest
constexpr uint32_t kRegister = 0x0001, kKeepAlive = 0x0000, kKeepAliveAnswer = 0x0100;
constexpr size_t kDeviceName = 16;  // of Register: "SEP" and a MAC address, mostly
constexpr int kMessagesForStrong = 3, kMessagesForProof = 6, kKindsForProof = 3;

bool is_version(uint32_t version) {
  return version == 0 || (version >= kVersionFirst && version <= kVersionLast);
}

constexpr uint32_t kLastOfPhone = 0x80;  // of the numbers that phones send; managers' are above
constexpr uint32_t kNumbers = 0x0180;

bool is_message_number(uint32_t number) {
  return number < kNumbers || (number >= 0x8000 && number <= 0x8210);
}

/// A name in capitals and digits, zeros behind it.
bool is_device_name(Bytes field) {
  const std::string_view text = as_text(field);
  const size_t end = std::min(text.find('\0'), text.size());
  return end >= 6 &&
         std::all_of(text.begin(), text.begin() + static_cast<ptrdiff_t>(end), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
         });
}

class Sccp : public FrameChain {
 public:
  using FrameChain::FrameChain;

 private:
  std::optional<size_t> size_of(Direction, Bytes octets) const override {
    ByteReader reader(octets);
    const uint32_t length = reader.le32(), version = reader.le32(), number = reader.le32();
    if (!reader.ok()) return 0;
    const bool fits = length >= kLengthLeast && length <= kLengthMost && is_version(version) &&
                      is_message_number(number);
    if (!fits) return {};
    return kUncounted + length;
  }

  bool read(const Place& frame, Findings& findings) override {
    ByteReader reader(frame.octets);
    reader.skip(4);
    const uint32_t version = reader.le32(), number = reader.le32();
    if (!is_agreed(frame.direction, version)) return false;
    findings.count("sccp.messages");
    if (number != kKeepAlive && number != kKeepAliveAnswer) note_kind(number);
    note_side(frame.direction, number);
    registered_ = registered_ || (number == kRegister && frame.direction == Direction::to_server &&
                                  is_device_name(reader.bytes(kDeviceName)));
    weigh({frame.direction, frame.offset, frame.octets.first(kHeader)}, findings);
    return true;
  }

  /// Once the two have agreed, each says the same version for good.
  bool is_agreed(Direction direction, uint32_t version) {
    uint32_t& agreed = versions_[index(direction)];
    if (version != 0 && agreed == 0) agreed = version;
    return version == 0 || version == agreed;
  }

  /// Zeros and small numbers are everywhere: it takes different ones to be sure.
  void note_kind(uint32_t number) {
    if (kinds_ < kKindsForProof && std::find(seen_, seen_ + kinds_, number) == seen_ + kinds_) {
      seen_[kinds_++] = number;
    }
  }

  /// Phones send numbers up to 0x80, managers those above.
  void note_side(Direction direction, uint32_t number) {
    if (number >= 1 && number <= kLastOfPhone) low_[index(direction)] = true;
    if (number > kLastOfPhone && number < kNumbers) high_[index(direction)] = true;
  }

  bool told_apart() const {
    return (high_[1] && !low_[1] && low_[0]) || (high_[0] && !low_[0] && low_[1]);
  }

  void weigh(const Place& header, Findings& findings) {
    // Without a version a header is a length of 64 bits and a small number, as many protocols have.
    const bool has_version = versions_[0] != 0 || versions_[1] != 0;
    if (!registered_ && !has_version && !told_apart()) return;
    const int count = frames() + 1;
    if (count >= kMessagesForProof && kinds_ >= kKindsForProof) {
      prove("message-chain", header,
            "SCCP messages of several kinds that follow one another exactly", findings);
    } else if (best() < Strength::strong &&
               (registered_ || (count >= kMessagesForStrong && kinds_ >= 2))) {
      confirm(Strength::strong, "messages", header,
              registered_ ? "an SCCP registration with a device's name"
                          : "three SCCP messages that follow one another exactly",
              findings);
    }
  }

  uint32_t versions_[2] = {0, 0};
  uint32_t seen_[kKindsForProof] = {};
  bool low_[2] = {false, false}, high_[2] = {false, false};
  int kinds_ = 0;
  bool registered_ = false;
};

}  // namespace

extern const ParserModule kSccp;
const ParserModule kSccp{"sccp", Unit::bytes, [](const Start& start) -> std::unique_ptr<Parser> {
                           return std::make_unique<Sccp>(start);
                         }};

}  // namespace parlance
