// SimpleX inside TLS (simplexmq, protocol/simplex-messaging.md, "SMP transport"): all is sent in
// blocks of 16,384 octets. The first of each side are in the clear: a length, so many octets, and #
// to the end of the block. The server's begins with the lowest and highest version it speaks and
// the id of the TLS session, the client's with the version it chose and the hash of the server's
// key.
#include <algorithm>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/support/verifier.h"

namespace parlance {
namespace {

constexpr size_t kBlock = 16384, kLength = 2;
constexpr size_t kHead = 7;             // length, two versions, length of an id
constexpr size_t kPaddingAtLeast = 64;  // a certificate chain takes some kilobytes at most
constexpr uint16_t kVersions = 256;

class Simplex : public Verifier {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& from = sides_[index(direction)];
    if (over() || from.passed == kBlock) return;
    if (from.content == 0) {
      const Bytes view = from.head.append(octets);
      if (view.size() < kHead) return from.head.consume(0);
      if (!take_head(direction, view)) return leave("no block padded with #", findings);
      pass(direction, view, findings);
      return from.head.consume(view.size());
    }
    pass(direction, octets, findings);
  }

 private:
  struct Side {
    InputBuffer head;
    size_t content = 0;  ///< octets in front of the padding, the length among them
    size_t passed = 0;   ///< of the block
  };

  bool take_head(Direction direction, Bytes view) {
    Side& from = sides_[index(direction)];
    ByteReader reader(view);
    from.content = kLength + reader.be16();
    const uint16_t first = reader.be16();
    const bool server = direction == Direction::to_client;
    const uint16_t second = server ? reader.be16() : first;
    constexpr uint8_t kIdOctets = 32;
    const bool has_id = reader.u8() == kIdOctets;
    return has_id && first > 0 && first <= second && second < kVersions &&
           from.content >= reader.position() + kIdOctets &&
           from.content + kPaddingAtLeast <= kBlock;
  }

  void pass(Direction direction, Bytes octets, Findings& findings) {
    Side& from = sides_[index(direction)];
    const Bytes block = first_of(octets, kBlock - from.passed);
    const size_t in_content = from.content - std::min(from.content, from.passed);
    const Bytes padding = block.subspan(std::min(in_content, block.size()));
    if (std::any_of(padding.begin(), padding.end(), [](uint8_t c) { return c != '#'; })) {
      return leave("no block padded with #", findings);
    }
    from.passed += block.size();
    if (from.passed < kBlock) return;
    const bool both = sides_[0].passed == kBlock && sides_[1].passed == kBlock;
    confirm(
        both ? Strength::proof : Strength::strong, both ? "hellos" : "hello", {direction, 0, {}},
        "a block of 16,384 octets: versions, an id of 32 octets, and # up to its end", findings);
    if (both) leave({}, findings);
  }

  Side sides_[2];
};

}  // namespace

extern const ParserModule kSimplex;
const ParserModule kSimplex{"simplex", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                              return std::make_unique<Simplex>();
                            }};

}  // namespace parlance
