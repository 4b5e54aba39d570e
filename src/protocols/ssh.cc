// SSH (RFC 4253): both sides send an identification line (section 4.2), then binary packets
// (section 6), the first of which is SSH_MSG_KEXINIT with ten name-lists that fill it exactly
// (section 7.1).
#include <algorithm>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"

namespace parlance {
namespace {

constexpr size_t kLongestLine = 255;           // section 4.2, CR LF included
constexpr int kLinesBeforeIdentification = 8;  // a server may send some; a bound of ours
constexpr uint32_t kLongestPacket = 35000;     // section 6.1
constexpr uint8_t kKexInit = 20;
constexpr int kNameLists = 10;

bool is_name_list(Bytes names) {
  return std::all_of(names.begin(), names.end(), [](uint8_t c) { return c > 0x20 && c < 0x7f; });
}

/// Whether the payload of a packet is a whole KEXINIT.
bool is_kex_init(Bytes payload) {
  ByteReader reader(payload);
  if (reader.u8() != kKexInit) return false;
  reader.skip(16);  // cookie
  for (int i = 0; i < kNameLists; ++i) {
    if (!is_name_list(reader.bytes(reader.be32()))) return false;
  }
  reader.skip(5);  // first_kex_packet_follows, reserved
  return reader.ok() && reader.at_end();
}

class Ssh final : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& side = sides_[index(direction)];
    if (side.done) return;
    const Bytes all = side.input.append(octets);
    size_t used = 0;
    if (!side.identified) used = read_lines(side, direction, all, findings);
    if (refuted_) return;
    if (side.identified) used += read_packet(side, direction, all.subspan(used), used, findings);
    if (refuted_) return;
    side.input.consume(used);
    if (sides_[0].done && sides_[1].done) findings.finish();
  }

 private:
  struct Side {
    InputBuffer input;
    int lines = 0;
    bool identified = false;
    bool done = false;
  };

  void refute(const char* reason, Findings& findings) {
    refuted_ = true;
    findings.refute(reason);
  }

  /// Passes over lines up to the identification; returns the octets used up.
  size_t read_lines(Side& side, Direction direction, Bytes all, Findings& findings) {
    size_t used = 0;
    while (!side.identified) {
      const Bytes rest = all.subspan(used);
      const auto end = std::find(rest.begin(), rest.end(), '\n');
      if (end == rest.end()) {
        if (rest.size() > kLongestLine) refute("a line longer than SSH allows", findings);
        return used;
      }
      const auto length = static_cast<size_t>(end - rest.begin()) + 1;
      const Bytes line = rest.first(length);
      side.identified = as_text(line).starts_with("SSH-");
      if (side.identified) {
        findings.confirm(Strength::strong, "identification",
                         {direction, side.input.offset() + used, line},
                         "an SSH identification line");
      } else if (direction == Direction::to_server || ++side.lines > kLinesBeforeIdentification) {
        refute("no SSH identification line", findings);
        return used;
      }
      used += length;
    }
    return used;
  }

  /// Reads the first binary packet; returns the octets used up.
  size_t read_packet(Side& side, Direction direction, Bytes rest, size_t before,
                     Findings& findings) {
    ByteReader reader(rest);
    const uint32_t length = reader.be32();
    const uint8_t padding = reader.u8();
    if (!reader.ok()) return 0;
    if (length > kLongestPacket || length < padding + 1u) {
      refute("a packet length that SSH does not allow", findings);
      return 0;
    }
    const Bytes body = reader.bytes(length - 1);
    if (!reader.ok()) return 0;
    if (!is_kex_init(body.first(body.size() - padding))) {
      refute("the first packet is no key exchange", findings);
      return 0;
    }
    side.done = true;
    findings.confirm(Strength::proof, "key-exchange",
                     {direction, side.input.offset() + before, rest.first(4 + size_t{length})},
                     "a whole SSH key exchange offer: ten name-lists that fill their packet");
    return 4 + size_t{length};
  }

  Side sides_[2];
  bool refuted_ = false;
};

std::unique_ptr<Parser> make(const Start&) {
  return std::make_unique<Ssh>();
}

}  // namespace

extern const ParserModule kSsh;
const ParserModule kSsh{"ssh", Unit::bytes, make};

}  // namespace parlance
