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
#include "base/input_buffer.h"
#include "protocols/parser.h"

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

class Mipush : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_ || lost_[index(direction)]) return;
    InputBuffer& input = input_[index(direction)];
    const Bytes view = input.append(octets);
    size_t used = 0;
    while (!over_) {
      const size_t step = next(direction, view.subspan(used), input.offset() + used, findings);
      if (step == 0) break;
      used += step;
    }
    input.consume(over_ ? view.size() : used);
  }

  void gap(Direction direction, uint64_t, Findings& findings) override {
    lost_[index(direction)] = true;
    if (lost_[0] && lost_[1]) finish(findings);
  }

 private:
  /// Octets used from the start of `view`, 0 if more are needed.
  size_t next(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    ByteReader reader(view);
    const uint16_t magic = reader.be16();
    const uint16_t version = reader.be16();
    const uint32_t length = reader.be32();
    if (!reader.ok()) return 0;
    if (magic != kMagic || version != kVersion || length > kLongest) return give_up(findings);
    reader.skip(length);
    const uint32_t checksum = reader.be32();
    if (!reader.ok()) return 0;
    const size_t octets = kHeader + length;
    if (adler32_of(view.first(octets)) != checksum) return give_up(findings);
    take(length, {direction, offset, view.first(kHeader)}, findings);
    return octets + kChecksum;
  }

  void take(uint32_t length, const Place& place, Findings& findings) {
    ++messages_;
    if (length > 0 || messages_ >= kMessagesForProof) {
      findings.confirm(Strength::proof, "checksum", place,
                       "a whole message of MiPush whose Adler-32 is right");
    } else {
      findings.confirm(Strength::strong, "ping", place, "a ping of MiPush: its twelve octets");
    }
    if (messages_ >= kMessagesAtMost) finish(findings);
  }

  size_t give_up(Findings& findings) {
    over_ = true;
    if (messages_ > 0) {
      findings.finish();
    } else {
      findings.refute("no message of MiPush");
    }
    return 0;
  }
  void finish(Findings& findings) {
    over_ = true;
    findings.finish();
  }

  InputBuffer input_[2];
  int messages_ = 0;
  bool lost_[2] = {false, false};
  bool over_ = false;
};

}  // namespace

extern const ParserModule kMipush;
const ParserModule kMipush{"mipush", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                             return std::make_unique<Mipush>();
                           }};

}  // namespace parlance
