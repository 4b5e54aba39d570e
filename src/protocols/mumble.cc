// Mumble's control channel (mumble.readthedocs.io, "Protocol stack (TCP)"), inside TLS: messages of
// a type and a length in front of a protocol buffer. Both sides begin with their Version; the
// client goes on with Authenticate, the server with the keys for voice (CryptSetup), channels and
// users.
//
//   type16  length32  message[length]
//
// UDPTunnel (type 1) is no protocol buffer: it carries what UDP would.
#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "protocols/support/protobuf.h"
#include "protocols/support/stepping_parser.h"

namespace parlance {
namespace {

constexpr uint16_t kVersion = 0, kUdpTunnel = 1, kAuthenticate = 2, kTypes = 27;
constexpr size_t kHeader = 6;
constexpr uint32_t kLengthAtMost = 8 * kMebi - 1;  // the server's own bound
constexpr int kWalkedAtMost = 200;                 // messages of a side
constexpr uint32_t kReadAtMost = 16 * kKibi;       // longer ones (pictures) are passed over
constexpr int kMessagesOfEach = 2, kMessagesOneSided = 4;

/// A Version: major, minor and patch in 4 octets (or, since 1.5, in 8), and names of program and
/// system.
bool is_version(Bytes message) {
  ProtobufReader reader(message);
  ProtobufField field;
  bool numbered = false;
  while (reader.next(field)) {
    const bool number = field.number == 1 || field.number == 5;
    if (number ? field.wire_type != 0 : field.number > 5 || field.wire_type != 2) return false;
    numbered = numbered || (number && field.value >> 16 != 0);
  }
  return numbered && !reader.failed();
}

class Mumble : public SteppingParser {
 private:
  struct Side {
    int messages = 0;
    int walked = 0;  ///< with those that are passed over
    bool versioned = false;
    /// Messages that count: a Version is among them.
    int proven() const { return versioned ? messages : 0; }
  };

  size_t step(const Place& at, Findings& findings) override {
    Side& from = sides_[index(at.direction)];
    ByteReader reader(at.octets);
    const uint16_t type = reader.be16();
    const uint32_t length = reader.be32();
    if (!reader.ok()) return 0;
    if (type >= kTypes || length > kLengthAtMost)
      return refuse("no message of its types", findings);
    const bool early = type == kVersion || (type == kAuthenticate && from.messages == 0);
    if (!from.versioned && !early) return refuse("no Version first", findings);
    if (++from.walked > kWalkedAtMost) return refuse("no more to say", findings);
    if (length > kReadAtMost || type == kUdpTunnel) {
      if (from.messages == 0) return refuse("no Version first", findings);
      pass_over(at.direction, length);  // it is not counted
      return kHeader;
    }
    const Bytes message = reader.bytes(length);
    if (!reader.ok()) return 0;
    if (!is_protobuf(message)) return refuse("no protocol buffer", findings);
    if (type == kVersion) {
      if (!is_version(message)) return refuse("no Version", findings);
      from.versioned = true;
      note_version(at.direction, message, findings);
    }
    count({at.direction, at.offset, at.octets.first(kHeader)}, findings);
    return reader.position();
  }

  void note_version(Direction direction, Bytes message, Findings& findings) {
    ProtobufReader reader(message);
    ProtobufField field;
    while (reader.next(field)) {
      if (field.number != 2) continue;
      const std::string release(as_text(first_of(field.octets, 64)));
      if (release.empty()) continue;
      findings.note(direction == Direction::to_server ? "mumble.client" : "mumble.server", release);
    }
  }

  void count(const Place& place, Findings& findings) {
    ++sides_[index(place.direction)].messages;
    const int client = sides_[0].proven(), server = sides_[1].proven();
    if (client >= kMessagesOfEach && server >= kMessagesOfEach) {
      // More than what one side alone may have shown.
      findings.confirm(
          Strength::proof, "messages", place,
          "both sides say their Version; protocol buffers follow one another exactly as "
          "their lengths say");
      return leave({}, findings);
    }
    if (std::max(client, server) == kMessagesOfEach) {
      confirm(Strength::strong, "version", place,
              "a Version and another message, protocol buffers of exact lengths", findings);
    }
    if (std::max(client, server) >= kMessagesOneSided && std::min(client, server) == 0) {
      confirm(Strength::proof, "messages-of-one-side", place,
              "a Version and more messages, protocol buffers of exact lengths", findings);
    }
  }

  std::array<Side, 2> sides_;
};

}  // namespace

extern const ParserModule kMumble;
const ParserModule kMumble{"mumble", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                             return std::make_unique<Mumble>();
                           }};

}  // namespace parlance
