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
#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/randomness.h"

namespace parlance {
namespace {

constexpr size_t kClientHandshake = 128, kServerHandshake = 96;
constexpr size_t kKeyOctets = 32, kNonceOctets = 24, kKeyDistinct = 20, kNonceDistinct = 15;
constexpr uint16_t kPingBox = 25;
constexpr uint16_t kBoxAtLeast = 17, kBoxAtMost = 2048;
constexpr int kBoxesOfEach = 3, kBoxesForProof = 8;

class ToxTcp : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& from = sides_[index(direction)];
    Bytes view = from.input.append(octets);
    size_t used = 0;
    while (!over_ && used < view.size()) {
      const size_t step = next(direction, view.subspan(used), from.input.offset() + used, findings);
      if (step == 0) break;
      used += step;
    }
    from.input.consume(over_ ? view.size() : used);
  }

 private:
  struct Side {
    InputBuffer input;
    bool greeted = false;
    int boxes = 0;                  ///< whole ones
    size_t left = 0;                ///< of the box that is passed over
    uint64_t at = 0;                ///< where its length stands
    std::array<uint8_t, 2> head{};  ///< and the octets of that
  };

  /// Octets used from the start of `view`; 0 if more are needed, or it is over.
  size_t next(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    Side& from = sides_[index(direction)];
    if (!from.greeted) return greet(direction, view, findings);
    if (from.left > 0) return pass_box(direction, view, findings);
    ByteReader reader(view);
    const uint16_t length = reader.be16();
    if (!reader.ok()) return 0;
    const bool fits =
        from.boxes == 0 ? length == kPingBox : length >= kBoxAtLeast && length <= kBoxAtMost;
    if (!fits) return refuse(findings);
    from.left = length;
    from.at = offset;
    std::copy_n(view.begin(), from.head.size(), from.head.begin());
    return reader.position();
  }

  size_t greet(Direction direction, Bytes view, Findings& findings) {
    const bool client = direction == Direction::to_server;
    ByteReader reader(view);
    const bool has_key = !client || distinct_octets(reader.bytes(kKeyOctets)) >= kKeyDistinct;
    const bool has_nonce = distinct_octets(reader.bytes(kNonceOctets)) >= kNonceDistinct;
    if (!reader.ok()) return 0;
    if (!has_key || !has_nonce) return refuse(findings);
    const size_t length = client ? kClientHandshake : kServerHandshake;
    if (view.size() < length) return 0;
    sides_[index(direction)].greeted = true;
    return length;
  }

  size_t pass_box(Direction direction, Bytes view, Findings& findings) {
    Side& from = sides_[index(direction)];
    const Bytes box = first_of(view, from.left);
    from.left -= box.size();
    if (from.left == 0) {
      ++from.boxes;
      judge({direction, from.at, from.head}, findings);
    }
    return box.size();
  }

  void judge(const Place& place, Findings& findings) {
    const int client = sides_[0].boxes, server = sides_[1].boxes;
    if (client >= 1 && server >= 1 && !pinged_) {
      pinged_ = true;
      findings.confirm(Strength::strong, "pings", place,
                       "handshakes of 128 and 96 octets, behind each a box as long as a ping");
    }
    if (client < kBoxesOfEach || server < kBoxesOfEach || client + server < kBoxesForProof) return;
    over_ = true;
    findings.confirm(Strength::proof, "boxes", place,
                     "a relay's handshake, a ping of each side, and boxes that follow one another "
                     "exactly as their lengths say");
    findings.finish();
  }

  size_t refuse(Findings& findings) {
    over_ = true;
    findings.refute("no handshake, or lengths that no box has");
    return 0;
  }

  std::array<Side, 2> sides_;
  bool pinged_ = false, over_ = false;
};

}  // namespace

extern const ParserModule kToxTcp;
const ParserModule kToxTcp{"tox_tcp", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                             return std::make_unique<ToxTcp>();
                           }};

}  // namespace parlance
