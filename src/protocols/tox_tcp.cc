// Tox through a relay (toktok.ltd/spec, "TCP client" and "TCP server"): a handshake of two
// messages, then boxes, each behind its length. Nothing but lengths is in the clear, and the
// client's key:
//
//   client  key[32]  nonce[24]  box[72]      length16  box[length] …
//   server           nonce[24]  box[72]      length16  box[length] …
//
// Each side's first box is a ping (or its answer), 1 and 8 octets and the 16 of its tag.
#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "protocols/support/randomness.h"
#include "protocols/support/stepping_parser.h"

namespace parlance {
namespace {

constexpr size_t kClientHandshake = 128, kServerHandshake = 96;
constexpr size_t kKeyOctets = 32, kNonceOctets = 24, kKeyDistinct = 20, kNonceDistinct = 15;
constexpr uint16_t kPingBox = 25;
constexpr int kBoxesAtMost = 64;  // of one side
constexpr uint16_t kBoxAtLeast = 17, kBoxAtMost = 2048;
constexpr int kBoxesOfEach = 3, kBoxesForProof = 8;

class ToxTcp : public SteppingParser {
 private:
  struct Side {
    bool greeted = false;
    int boxes = 0;                  ///< whole ones
    uint64_t at = 0;                ///< where the length stands of the box that is passed over
    std::array<uint8_t, 2> head{};  ///< and the octets of that
  };

  size_t step(const Place& at, Findings& findings) override {
    Side& from = sides_[index(at.direction)];
    if (!from.greeted) return greet(at.direction, at.octets, findings);
    ByteReader reader(at.octets);
    const uint16_t length = reader.be16();
    if (!reader.ok()) return 0;
    const bool fits =
        from.boxes == 0 ? length == kPingBox : length >= kBoxAtLeast && length <= kBoxAtMost;
    if (!fits) return refuse("a length that no box has", findings);
    pass_over(at.direction, length);
    from.at = at.offset;
    std::copy_n(at.octets.begin(), from.head.size(), from.head.begin());
    return reader.position();
  }

  size_t greet(Direction direction, Bytes view, Findings& findings) {
    const bool client = direction == Direction::to_server;
    ByteReader reader(view);
    const bool has_key = !client || distinct_octets(reader.bytes(kKeyOctets)) >= kKeyDistinct;
    const bool has_nonce = distinct_octets(reader.bytes(kNonceOctets)) >= kNonceDistinct;
    if (!reader.ok()) return 0;
    if (!has_key || !has_nonce) return refuse("no handshake", findings);
    const size_t length = client ? kClientHandshake : kServerHandshake;
    if (view.size() < length) return 0;
    sides_[index(direction)].greeted = true;
    return length;
  }

  void passed(Direction direction, Findings& findings) override {
    Side& from = sides_[index(direction)];
    ++from.boxes;
    judge({direction, from.at, from.head}, findings);
    if (from.boxes > kBoxesAtMost) leave("boxes of one side alone", findings);
  }

  void judge(const Place& place, Findings& findings) {
    const int client = sides_[0].boxes, server = sides_[1].boxes;
    if (client >= 1 && server >= 1) {
      confirm(Strength::strong, "pings", place,
              "handshakes of 128 and 96 octets, behind each a box as long as a ping", findings);
    }
    if (client < kBoxesOfEach || server < kBoxesOfEach || client + server < kBoxesForProof) return;
    confirm(
        Strength::proof, "boxes", place,
        "a relay's handshake, a ping of each side, and boxes that follow one another exactly as "
        "their lengths say",
        findings);
    leave({}, findings);
  }

  std::array<Side, 2> sides_;
};

}  // namespace

extern const ParserModule kToxTcp;
const ParserModule kToxTcp{"tox_tcp", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                             return std::make_unique<ToxTcp>();
                           }};

}  // namespace parlance
