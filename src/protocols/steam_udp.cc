// Steam's connection in datagrams (SteamRE's SteamKit, UdpPacket), little-endian:
//
//   "VS01"  length16  kind8  flags8  source32  destination32  number32  acknowledged32
//   packets32  first32  size32   and `length` octets
//
// Each side names itself as source; the other sends to that name.
#include "base/byte_reader.h"
#include "protocols/parser.h"

namespace parlance {
namespace {

constexpr uint32_t kMagic = 0x31305356;  // "VS01"
constexpr size_t kHeader = 36, kShown = 16;
constexpr uint8_t kKinds = 9;
constexpr int kOthersAtMost = 4, kDatagramsAtMost = 32;

class SteamUdp : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    const Place place{direction, offset_[index(direction)], first_of(octets, kShown)};
    offset_[index(direction)] += octets.size();
    if (!take(octets, place, findings)) ++others_;
    if (!over_ && (others_ > kOthersAtMost || ++datagrams_ >= kDatagramsAtMost)) leave(findings);
  }

  void gap(Direction, uint64_t, Findings&) override {}  // each datagram stands for itself

 private:
  bool take(Bytes octets, const Place& place, Findings& findings) {
    ByteReader reader(octets);
    const uint32_t magic = reader.le32();
    const size_t length = reader.le16();
    const uint8_t kind = reader.u8();
    reader.skip(1);
    const uint32_t source = reader.le32(), destination = reader.le32();
    if (!reader.ok() || magic != kMagic || kind >= kKinds || octets.size() != kHeader + length) {
      return false;
    }
    said_ = true;
    source_[index(place.direction)] = source;
    if (destination != 0 && destination == source_[index(opposite(place.direction))]) {
      findings.confirm(Strength::proof, "names", place,
                       "VS01, a length that is the datagram's, and sent to the name that the other "
                       "side gave itself");
      leave(findings);
    } else {
      findings.confirm(Strength::strong, "datagram", place,
                       "VS01 and a length that is the datagram's");
    }
    return true;
  }

  void leave(Findings& findings) {
    over_ = true;
    if (!said_) return findings.refute("no VS01, or another length");
    findings.finish();
  }

  uint32_t source_[2] = {0, 0};
  uint64_t offset_[2] = {0, 0};
  int datagrams_ = 0, others_ = 0;
  bool said_ = false, over_ = false;
};

}  // namespace

extern const ParserModule kSteamUdp;
const ParserModule kSteamUdp{
    "steam_udp", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<SteamUdp>(); }};

}  // namespace parlance
