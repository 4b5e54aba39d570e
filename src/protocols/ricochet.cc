// Ricochet (ricochet-im, doc/protocol.md), where its streams are seen outside Tor: on the loopback
// interface of one of the two. The client says which versions it speaks, the server chooses one;
// then both send packets, whose size counts its own octets:
//
//   client  "IM"  count8  versions[count]      server  version8      both  size16  channel16  data
//
// On channel 0 stand protocol buffers of one field, at first one that opens a channel, by its name.
#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "protocols/support/protobuf.h"
#include "protocols/support/stepping_parser.h"

namespace parlance {
namespace {

constexpr uint8_t kVersion = 1, kVersionsAtMost = 16;
constexpr size_t kHeader = 4;
constexpr uint32_t kOpenChannel = 1, kControlFields = 5;
constexpr std::string_view kChannels = "im.ricochet.";
constexpr int kPacketsAtMost = 16;

enum class Control : uint8_t { none, other, opens_channel };

/// What a packet of channel 0 holds.
Control read_control(Bytes data) {
  ProtobufReader outer(data);
  ProtobufField field;
  if (!outer.next(field) || field.number > kControlFields || field.wire_type != 2 ||
      outer.position() != data.size() || !is_protobuf(field.octets)) {
    return Control::none;
  }
  if (field.number != kOpenChannel) return Control::other;
  ProtobufReader inner(field.octets);
  while (inner.next(field)) {
    const bool named = field.number == 2 && field.wire_type == 2;
    if (named && as_text(field.octets).starts_with(kChannels)) return Control::opens_channel;
  }
  return Control::none;
}

class Ricochet : public SteppingParser {
 private:
  struct Side {
    bool greeted = false;
    int packets = 0;
  };

  size_t step(const Place& at, Findings& findings) override {
    Side& from = sides_[index(at.direction)];
    if (!from.greeted) {
      return at.direction == Direction::to_server ? read_versions(at.octets, findings)
                                                  : read_choice(at.octets, findings);
    }
    ByteReader reader(at.octets);
    const uint16_t size = reader.be16(), channel = reader.be16();
    if (!reader.ok()) return 0;
    if (size < kHeader || (from.packets == 0 && channel != 0)) {
      return refuse("no packet of channel 0 first", findings);
    }
    const Bytes data = reader.bytes(size - kHeader);
    if (!reader.ok()) return 0;
    const Control control = channel == 0 ? read_control(data) : Control::other;
    if (control == Control::none) return refuse("nothing of the control channel", findings);
    ++from.packets;
    if (control == Control::opens_channel) {
      const bool agreed = sides_[0].greeted && sides_[1].greeted;
      confirm(agreed ? Strength::proof : Strength::strong, "channel",
              {at.direction, at.offset, at.octets.first(kHeader)},
              agreed ? "a version that both agreed on, packets that follow one another exactly, and one that opens a "
                       "channel of Ricochet by its name"
                     : "packets that follow one another exactly, and one that opens a channel of Ricochet by its name",
              findings);
      leave({}, findings);
    } else if (from.packets >= kPacketsAtMost) {
      leave("no channel of Ricochet is opened", findings);
    }
    return size;
  }

  size_t read_versions(Bytes view, Findings& findings) {
    ByteReader reader(view);
    const uint16_t magic = reader.be16();
    const uint8_t count = reader.u8();
    const Bytes versions = reader.bytes(count);
    constexpr uint16_t kMagic = 0x494d;  // "IM"
    if (view.size() >= 3 && (magic != kMagic || count == 0 || count > kVersionsAtMost)) {
      return refuse("no versions of Ricochet", findings);
    }
    if (!reader.ok()) return 0;
    if (std::find(versions.begin(), versions.end(), kVersion) == versions.end()) {
      return refuse("other versions of Ricochet", findings);
    }
    sides_[index(Direction::to_server)].greeted = true;
    return reader.position();
  }

  size_t read_choice(Bytes view, Findings& findings) {
    if (view.front() != kVersion) return refuse("no version is chosen", findings);
    sides_[index(Direction::to_client)].greeted = true;
    return 1;
  }

  std::array<Side, 2> sides_;
};

}  // namespace

extern const ParserModule kRicochet;
const ParserModule kRicochet{"ricochet", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                               return std::make_unique<Ricochet>();
                             }};

}  // namespace parlance
