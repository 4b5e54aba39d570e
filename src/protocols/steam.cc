// Steam's connection on TCP (SteamRE's SteamKit, TcpConnection; node-steam-user, tcp.js): messages
// of a length, "VT01" and so many octets, little-endian. The first three are in the clear and say
// what they are: the server asks for encryption, the client answers with a key, the server grants
// it. All others are encrypted.
//
//   length32  "VT01"  [kind32 target64 source64 …]      kinds 1303, 1304, 1305
#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "protocols/support/stepping_parser.h"

namespace parlance {
namespace {

constexpr uint32_t kMagic = 0x31305456;                // "VT01"
constexpr uint32_t kRequest = 1303, kResponse = 1304;  // the result is 1305
constexpr size_t kHeader = 8;
constexpr uint32_t kLengthAtLeast = 4, kLengthAtMost = 16 * kMebi;
constexpr int kChainForProof = 4;  // of both directions together, each whole

class Steam : public SteppingParser {
 private:
  struct Side {
    uint32_t kind = 0;  ///< of the first message
    int messages = 0;
  };

  size_t step(const Place& at, Findings& findings) override {
    Side& from = sides_[index(at.direction)];
    ByteReader reader(at.octets);
    const uint32_t length = reader.le32(), magic = reader.le32();
    const uint32_t kind = from.messages == 0 ? reader.le32() : 0;
    if (!reader.ok()) return 0;
    if (magic != kMagic || length < kLengthAtLeast || length > kLengthAtMost)
      return refuse("no length and VT01 where a message begins", findings);
    if (from.messages++ == 0) from.kind = kind;
    pass_over(at.direction, length);
    judge({at.direction, at.offset, at.octets.first(kHeader)}, findings);
    return kHeader;
  }

  /// A message is whole once the next one's magic stands behind it.
  void judge(const Place& place, Findings& findings) {
    const bool greeted = sides_[1].kind == kRequest && sides_[0].kind == kResponse;
    const int chained = std::max(sides_[0].messages - 1, 0) + std::max(sides_[1].messages - 1, 0);
    if (greeted || chained >= kChainForProof) {
      return prove(greeted ? "encryption" : "chain", place,
                   greeted ? "the server's request for encryption and the client's answer, in "
                             "messages of a length and VT01"
                           : "messages of a length and VT01 that follow one another exactly",
                   findings);
    }
    confirm(Strength::strong, "message", place, "a length and VT01", findings);
  }

  std::array<Side, 2> sides_;
};

}  // namespace

extern const ParserModule kSteam;
const ParserModule kSteam{"steam", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                            return std::make_unique<Steam>();
                          }};

}  // namespace parlance
