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
#include "protocols/support/message_verifier.h"

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

class Teamspeak2 : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    if (verifies(message.octets)) take(head_of(message, kHeaderOctets), findings);
    if (++datagrams_ >= kDatagramsAtMost) leave("no checksum verifies", findings);
  }

  void take(const Place& header, Findings& findings) {
    constexpr const char* kText = "a class of TeamSpeak 2, and the CRC-32 that verifies";
    if (++sums_ == kSumsForProof) {
      prove("checksums", header, kText, findings);
    } else {
      confirm(Strength::strong, "checksum", header, kText, findings);
    }
  }

  int datagrams_ = 0, sums_ = 0;
};

}  // namespace

extern const ParserModule kTeamspeak2;
const ParserModule kTeamspeak2{
    "teamspeak2", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<Teamspeak2>(); }};

}  // namespace parlance
