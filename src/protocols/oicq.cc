// OICQ, the protocol of QQ on computers, in UDP datagrams (port 8000) and on TCP (443, 80, 8000),
// there each packet behind its length, which counts itself:
//
//   [length16]  02  version16  command16  sequence16  account32  sealed  03
//
// Numbers are big-endian. What is sealed is whole blocks of QQ-TEA (support/qq_tea.h), often behind
// eight zero octets or a fixed head. The server repeats command, sequence and account of what it
// answers; its version may be another. Commands as in Wireshark's packet-oicq.c and libqq, those
// from 2013 on as in published clients; lengths as in nDPI's oicq capture, where all fit.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/qq_tea.h"
#include "protocols/support/recent.h"

namespace parlance {
namespace {

constexpr uint8_t kFirst = 0x02, kLast = 0x03;
constexpr size_t kHead = 11;
constexpr size_t kShortest = kHead + 1;
constexpr size_t kTeaBlock = 8, kTeaKey = 16;
constexpr size_t kOpenAtMost = 2048;        // octets of a packet that are tried to be opened
constexpr uint32_t kLowestAccount = 10000;  // the first that was given out
constexpr size_t kShown = 7;  // up to the sequence: the account stands behind it
constexpr uint16_t kLowestVersion = 0x0100, kHighestVersion = 0x3fff;
constexpr size_t kFraming = 2, kUncounted = 16;  // octets that other protocols' lengths count, or do not
constexpr size_t kRequests = 8;             // remembered until their answers come
constexpr int kPacketsAtMost = 64;
constexpr size_t kLengthOctets = 2;
constexpr std::array<uint16_t, 63> kCommands = {
    0x0001, 0x0002, 0x0004, 0x0005, 0x0006, 0x0009, 0x000a, 0x000b, 0x000d, 0x0011, 0x0012,
    0x0016, 0x0017, 0x0018, 0x001a, 0x001c, 0x001d, 0x0021, 0x0022, 0x0026, 0x0027, 0x0029,
    0x002d, 0x0030, 0x0031, 0x003c, 0x003d, 0x003e, 0x0058, 0x005c, 0x0062, 0x0065, 0x0067,
    0x0080, 0x0081, 0x0091, 0x00a1, 0x00a6, 0x00a7, 0x00a8, 0x00ae, 0x00b5, 0x00ba, 0x00bb,
    0x00cd, 0x00ce, 0x00d1, 0x00dd, 0x00e3, 0x00e5, 0x00ec, 0x0115, 0x0126, 0x0134, 0x018e,
    0x0195, 0x01bb, 0x0391, 0x0818, 0x0825, 0x0826, 0x0828, 0x0836};

/// How much of a packet agrees.
enum class Fit : uint8_t {
  none,
  blocks,  ///< the ends, a known command, whole blocks: some 31 bits
  fixed,   ///< eight zero octets or the fixed head as well
  opened,  ///< sealed under a key that stands in clear in front of it
};

struct Packet {
  uint16_t version = 0, command = 0, sequence = 0;
  uint32_t account = 0;
  Fit fit = Fit::none;
};

bool are_blocks(Bytes sealed) {
  return sealed.size() >= 2 * kTeaBlock && sealed.size() % kTeaBlock == 0;
}

bool has_zeros(Bytes sealed) {
  return sealed.size() > kTeaBlock && are_blocks(sealed.subspan(kTeaBlock)) &&
         std::all_of(sealed.begin(), sealed.begin() + kTeaBlock,
                     [](uint8_t each) { return each == 0; });
}

/// Clients from 2009 on: 02|03 00 00 00 01 01 01 00 00 and a number of the build.
bool has_fixed_head(Bytes sealed) {
  static constexpr std::array<uint8_t, 8> kFixed = {0, 0, 0, 1, 1, 1, 0, 0};
  return sealed.size() > kFixed.size() && (sealed[0] == 2 || sealed[0] == 3) &&
         std::equal(kFixed.begin(), kFixed.end(), sealed.begin() + 1);
}

/// Where packets before a key was agreed on have one in clear: at once, or behind the fixed head.
bool opens_by_its_own_key(Bytes sealed) {
  if (sealed.size() > kOpenAtMost) return false;
  for (const size_t at : {size_t{0}, size_t{11}, size_t{15}}) {
    if (sealed.size() < at + kTeaKey + 2 * kTeaBlock) break;
    QqTeaKey key;
    std::copy_n(sealed.begin() + static_cast<ptrdiff_t>(at), kTeaKey, key.begin());
    if (open_qq_tea(sealed.subspan(at + kTeaKey), key)) return true;
  }
  return false;
}

Fit fit_of(Bytes sealed) {
  if (opens_by_its_own_key(sealed)) return Fit::opened;
  if (has_zeros(sealed) || has_fixed_head(sealed)) return Fit::fixed;
  return are_blocks(sealed) ? Fit::blocks : Fit::none;
}

std::optional<Packet> read_packet(Bytes octets) {
  if (octets.size() < kShortest || octets.back() != kLast) return std::nullopt;
  ByteReader reader(octets.first(octets.size() - 1));
  if (reader.u8() != kFirst) return std::nullopt;
  Packet packet;
  packet.version = reader.be16();
  packet.command = reader.be16();
  packet.sequence = reader.be16();
  packet.account = reader.be32();
  const bool known = std::binary_search(kCommands.begin(), kCommands.end(), packet.command);
  const bool may_be_account = packet.account == 0 || packet.account >= kLowestAccount;
  // STX and ETX frame much; what stands behind STX there is often a length, of more or of less.
  const bool is_length = packet.version <= octets.size() + kFraming &&
                         packet.version + kUncounted >= octets.size();
  if (!known || !may_be_account || is_length || packet.version < kLowestVersion ||
      packet.version > kHighestVersion) {
    return std::nullopt;
  }
  packet.fit = fit_of(reader.rest());
  return packet;
}

class Oicq : public Parser {
 public:
  explicit Oicq(const Start& start) : messages_(start.unit == Unit::message) {}

  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    InputBuffer& input = input_[index(direction)];
    if (messages_) {
      take(octets, {direction, input.offset(), octets}, findings);
      input.skip_gap(octets.size());
      return;
    }
    if (lost_[index(direction)]) return;
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
    lost_[index(direction)] = !messages_;
    if (lost_[0] && lost_[1]) finish(findings);
  }

 private:
  /// Octets used from the start of `view`, 0 if more are needed. Lengths have 16 bits.
  size_t next(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    ByteReader reader(view);
    const uint16_t length = reader.be16();
    if (!reader.ok()) return 0;
    if (length < kLengthOctets + kShortest || (!reader.at_end() && reader.peek() != kFirst)) {
      give_up(findings);
      return 0;
    }
    const Bytes packet = reader.bytes(length - kLengthOctets);
    if (!reader.ok()) return 0;
    take(packet, {direction, offset, view.first(length)}, findings);
    return length;
  }

  void take(Bytes octets, const Place& place, Findings& findings) {
    const std::optional<Packet> packet = read_packet(octets);
    if (!packet) return give_up(findings);
    judge(*packet, {place.direction, place.offset, first_of(place.octets, messages_ ? kShown : kLengthOctets + kShown)}, findings);
    if (!noted_) {
      noted_ = true;
      findings.note("qq.version", fmt::format("{:04x}", packet->version));
    }
    if (!over_ && ++packets_ >= kPacketsAtMost) finish(findings);
  }

  void judge(const Packet& packet, const Place& place, Findings& findings) {
    if (packet.fit == Fit::opened) {
      findings.confirm(Strength::proof, "own-key", place,
                       "a packet of OICQ sealed with QQ-TEA under the key in front of it");
      return finish(findings);
    }
    if (is_answer(packet, place.direction)) {
      findings.confirm(
          Strength::proof, "answer", place,
          "a packet of OICQ and its answer, with the same command, sequence and account");
      return finish(findings);
    }
    if (packet.fit == Fit::fixed) {
      findings.confirm(
          Strength::strong, "packet", place,
          "a packet of OICQ: both ends, a known command, the fixed part, whole blocks");
    } else if (follows(packet, place.direction)) {
      findings.confirm(Strength::strong, "packets", place,
                       "packets of OICQ of one account with sequence numbers that go up");
    } else if (packet.fit == Fit::blocks) {
      findings.confirm(Strength::hint, "blocks", place,
                       "what may be a packet of OICQ: both ends, a known command, whole blocks");
    }
    remember(packet, place.direction);
  }

  bool is_answer(const Packet& packet, Direction direction) const {
    const auto asks = [&](const Packet& each) {
      return each.account == packet.account && each.command == packet.command &&
             each.sequence == packet.sequence && std::max(each.fit, packet.fit) >= Fit::blocks;
    };
    return packet.account != 0 && asked_[index(opposite(direction))].find(asks) != nullptr;
  }

  bool follows(const Packet& packet, Direction direction) const {
    const Packet* const last = asked_[index(direction)].last();
    if (last == nullptr || packet.account == 0 || packet.fit == Fit::none) return false;
    const uint16_t step = static_cast<uint16_t>(packet.sequence - last->sequence);
    return last->account == packet.account && last->version == packet.version && step > 0 && step < 64;
  }

  void remember(const Packet& packet, Direction direction) {
    asked_[index(direction)].remember(packet);
  }

  void give_up(Findings& findings) {
    over_ = true;
    if (packets_ > 0) return findings.finish();
    findings.refute("no packet of OICQ");
  }
  void finish(Findings& findings) {
    over_ = true;
    findings.finish();
  }

  InputBuffer input_[2];
  Recent<Packet, kRequests> asked_[2];
  int packets_ = 0;
  bool lost_[2] = {false, false};
  bool messages_;
  bool noted_ = false;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kOicq;
const ParserModule kOicq{"oicq", Unit::bytes, [](const Start& start) -> std::unique_ptr<Parser> {
                           return std::make_unique<Oicq>(start);
                         }};

}  // namespace parlance
