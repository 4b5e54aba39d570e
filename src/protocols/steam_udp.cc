// Steam's connection in datagrams (SteamRE's SteamKit, UdpPacket), little-endian:
//
//   "VS01"  length16  kind8  flags8  source32  destination32  number32  acknowledged32
//   packets32  first32  size32   and `length` octets
//
// Each side names itself as source; the other sends to that name.
#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"

namespace parlance {
namespace {

constexpr uint32_t kMagic = 0x31305356;  // "VS01"
constexpr size_t kHeader = 36, kShown = 16;
constexpr uint8_t kKinds = 9;
constexpr int kOthersAtMost = 4, kDatagramsAtMost = 32;

class SteamUdp : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    if (!take(message.octets, head_of(message, kShown), findings)) ++others_;
    if (others_ > kOthersAtMost || ++datagrams_ >= kDatagramsAtMost) {
      leave("no VS01, or another length", findings);
    }
  }

  bool take(Bytes octets, const Place& place, Findings& findings) {
    ByteReader reader(octets);
    const uint32_t magic = reader.le32();
    const size_t length = reader.le16();
    const uint8_t kind = reader.u8();
    reader.skip(1);
    const uint32_t source = reader.le32(), destination = reader.le32();
    const uint32_t number = reader.le32();
    reader.skip(4);
    const uint32_t packets = reader.le32(), first = reader.le32(), size = reader.le32();
    if (!reader.ok() || magic != kMagic || kind >= kKinds || octets.size() != kHeader + length) {
      return false;
    }
    // A datagram is one of the message's, and no longer than that.
    if (packets != 0 && (number - first >= packets || length > size)) return false;
    source_[index(place.direction)] = source;
    if (destination != 0 && destination == source_[index(opposite(place.direction))]) {
      prove("names", place,
            "VS01, a length that is the datagram's, and sent to the name that the other side gave "
            "itself",
            findings);
    } else {
      confirm(Strength::strong, "datagram", place, "VS01 and a length that is the datagram's",
              findings);
    }
    return true;
  }

  uint32_t source_[2] = {0, 0};
  int datagrams_ = 0, others_ = 0;
};

}  // namespace

extern const ParserModule kSteamUdp;
const ParserModule kSteamUdp{
    "steam_udp", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<SteamUdp>(); }};

}  // namespace parlance
