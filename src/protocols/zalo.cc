// Zalo's web client in a WebSocket, as its free clients speak it (zca-js, src/apis/listen.ts): each
// message is a version (1), a command (2, little-endian), a subcommand (1) and a JSON object. The
// server first sends a key; later messages are {"encrypt": 0 to 3, "data": ..}.
#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "protocols/support/json_scan.h"
#include "protocols/support/message_verifier.h"

namespace parlance {
namespace {

constexpr uint8_t kVersion = 1;
constexpr uint16_t kKeyCommand = 1, kPingCommand = 2;
// Messages and their receipts of one person and of groups, controls, a second session.
constexpr std::array<uint16_t, 11> kCommands = {1, 2, 501, 502, 510, 521, 522, 601, 602, 612, 3000};
constexpr int kMessagesAtMost = 20;
constexpr size_t kHeader = 4;

class Zalo : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    const Place place = head_of(message, kHeader);
    if (!is_message(message.octets)) {
      if (known_ == 0 || ++others_ > kMessagesAtMost) leave("no message of Zalo's", findings);
      return;
    }
    if (++known_ >= 2 && told_) {
      return prove("messages", place,
                   "messages of version, command and a JSON object of Zalo's members", findings);
    }
    if (told_) {
      confirm(Strength::strong, "message", place,
              "a message of version, command and a JSON object of Zalo's members", findings);
    }
    if (known_ > kMessagesAtMost) leave("no message of Zalo's", findings);
  }

  /// A whole message; told_ once its object has members that no other protocol has.
  bool is_message(Bytes octets) {
    ByteReader reader(octets);
    const bool version = reader.u8() == kVersion;
    const uint16_t command = reader.le16();
    reader.skip(1);
    if (!reader.ok() || !version) return false;
    if (std::find(kCommands.begin(), kCommands.end(), command) == kCommands.end()) return false;
    const auto object = JsonScan::read(as_text(reader.rest()));
    if (!object || object->type() != JsonType::object) return false;
    const bool key = command == kKeyCommand && object->find("key", JsonType::string) != nullptr;
    const bool ping = command == kPingCommand && object->find("eventId") != nullptr;
    const bool data = object->find("encrypt", JsonType::number) != nullptr &&
                      object->find("data", JsonType::string) != nullptr;
    told_ = told_ || key || data;
    return key || ping || data || command >= 501;
  }

  int known_ = 0;
  int others_ = 0;
  bool told_ = false;
};

}  // namespace

extern const ParserModule kZalo;
const ParserModule kZalo{"zalo", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                           return std::make_unique<Zalo>();
                         }};

}  // namespace parlance
