// TeamSpeak 2 in datagrams (the Wireshark wiki's TeamSpeak2 page; measured on its capture). All
// numbers are little-endian. The class says what kind of datagram it is; those of a connection (F4)
// and those that are acknowledged (F0) carry the CRC-32 of the whole, made with zeros in its own
// place.
//
//   class16 = BEF0 … BEF4  type16  session32  client32  number32  [F0: resent16 fragment16]  crc32
//   …
#include <array>
#include <vector>

#include <zlib.h>

#include "base/byte_reader.h"
#include "protocols/parser.h"

namespace parlance {
namespace {

constexpr uint16_t kReliable = 0xbef0, kConnection = 0xbef4;
constexpr size_t kHeaderOctets = 16, kReliableHeaderOctets = 20, kCrcOctets = 4;
constexpr size_t kOctetsAtMost = 2048;
constexpr int kDatagramsAtMost = 40, kSumsForProof = 2;

/// Whether the CRC of the datagram is the one it carries.
bool verifies(Bytes datagram) {
  const uint16_t group = ByteReader(datagram).le16();
  if (group != kReliable && group != kConnection) return false;
  const size_t at = group == kReliable ? kReliableHeaderOctets : kHeaderOctets;
  if (datagram.size() < at + kCrcOctets || datagram.size() > kOctetsAtMost) return false;
  constexpr std::array<uint8_t, kCrcOctets> kZeros{};
  const Bytes rest = datagram.subspan(at + kCrcOctets);
  uLong sum = crc32(0, datagram.data(), static_cast<uInt>(at));
  sum = crc32(sum, kZeros.data(), kZeros.size());
  if (!rest.empty()) sum = crc32(sum, rest.data(), static_cast<uInt>(rest.size()));
  return sum == ByteReader(datagram.subspan(at)).le32();
}

class Teamspeak2 : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    const Place place{direction, offset_[index(direction)], first_of(octets, kHeaderOctets)};
    offset_[index(direction)] += octets.size();
    if (verifies(octets)) {
      const bool proven = ++sums_ == kSumsForProof;
      findings.confirm(proven ? Strength::proof : Strength::strong,
                       proven ? "checksums" : "checksum", place,
                       "a class of TeamSpeak 2, and the CRC-32 that verifies");
      if (proven) return leave(findings);
    }
    if (++datagrams_ >= kDatagramsAtMost) leave(findings);
  }

  void gap(Direction, uint64_t, Findings&) override {}  // each datagram stands for itself

 private:
  void leave(Findings& findings) {
    over_ = true;
    if (sums_ == 0) return findings.refute("no checksum verifies");
    findings.finish();
  }

  uint64_t offset_[2] = {0, 0};
  int datagrams_ = 0, sums_ = 0;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kTeamspeak2;
const ParserModule kTeamspeak2{
    "teamspeak2", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<Teamspeak2>(); }};

}  // namespace parlance
