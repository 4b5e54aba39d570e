// MiPush, the push channel of Xiaomi's phones, on TCP ports 5222, 443 and 80; it is no XMPP there.
//
//   C2 FE  version16 (5)  length32  payload  Adler-32 of all before it
//
// Numbers are big-endian. A payload begins with blobs: type16 (2), header length16, payload
// length32, and protocol buffers, in clear up to the login, RC4 behind it. Layout as in
// ZoranLi/thunder's reading of com.xiaomi.slim, whose checksum nDPI's xiaomi capture confirms.
#include <algorithm>

#include <zlib.h>

#include "base/byte_reader.h"
#include "protocols/support/stepping_parser.h"

namespace parlance {
namespace {

constexpr uint16_t kMagic = 0xc2fe, kVersion = 5;
constexpr size_t kHeader = 8, kChecksum = 4;
constexpr uint32_t kLongest = 64 * kKibi;
constexpr int kMessagesForProof = 2;  // where they say nothing but that they are there
constexpr int kMessagesAtMost = 8;

uint32_t adler32_of(Bytes octets) {
  const uLong seed = adler32(0, nullptr, 0);
  return static_cast<uint32_t>(adler32(seed, octets.data(), static_cast<uInt>(octets.size())));
}

class Mipush : public SteppingParser {
 private:
  size_t step(const Place& at, Findings& findings) override {
    ByteReader reader(at.octets);
    const uint16_t magic = reader.be16();
    const uint16_t version = reader.be16();
    const uint32_t length = reader.be32();
    if (!reader.ok()) return 0;
    if (magic != kMagic || version != kVersion || length > kLongest) {
      return refuse("no message of MiPush", findings);
    }
    reader.skip(length);
    const uint32_t checksum = reader.be32();
    if (!reader.ok()) return 0;
    const size_t octets = kHeader + length;
    if (adler32_of(at.octets.first(octets)) != checksum)
      return refuse("a wrong checksum", findings);
    take(length, {at.direction, at.offset, at.octets.first(kHeader)}, findings);
    return octets + kChecksum;
  }

  void take(uint32_t length, const Place& place, Findings& findings) {
    ++messages_;
    if (length > 0 || messages_ >= kMessagesForProof) {
      confirm(Strength::proof, "checksum", place,
              "a whole message of MiPush whose Adler-32 is right", findings);
    } else {
      confirm(Strength::strong, "ping", place, "a ping of MiPush: its twelve octets", findings);
    }
    if (messages_ >= kMessagesAtMost) leave({}, findings);
  }

  int messages_ = 0;
};

}  // namespace

extern const ParserModule kMipush;
const ParserModule kMipush{"mipush", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                             return std::make_unique<Mipush>();
                           }};

}  // namespace parlance
