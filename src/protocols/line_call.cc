// LINE's calls, its own protocol in datagrams on any port, as measured in captures of 2017 to 2022
// (nothing is published). A packet of signalling, all of it big-endian:
//
//   kind (6 bits)  length of the datagram less 4 (10 bits)  sequence (2)
//   kind 34:       inner kind (6 bits)  the length less 18 (10 bits)  ciphertext
//   kind 36:       06 02  ciphertext                                       the call is set up
//
// Each side counts its packets up by one. Media that looks like RTP shares the ports and is passed
// over. An older form (before 2017) has b6, a type (1), the length less 4 (2) and is told by its
// lengths alone.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"

namespace parlance {
namespace {

constexpr unsigned kTransfer = 0x34, kSetUp = 0x36;
constexpr uint16_t kSetUpHead = 0x0602;
constexpr size_t kShortest = 8;
constexpr int kOthersAtMost = 60;   // media may come in between
constexpr int kStepsForProof = 2;   // of each side
constexpr int kStepsOfOneSide = 4;  // where the other is missing: strong
constexpr int kOldForStrong = 3;    // of each side, and of two types
constexpr int kDatagramsAtMost = 400;
constexpr uint16_t kLostAtMost = 16;  // packets that may be missing in between

// Of the older form as libprotoident knows them (lib/udp/lpi_line_udp.cc).
constexpr std::array<uint8_t, 5> kOldTypes = {0x07, 0x09, 0x12, 0x13, 0x18};

enum class Form : uint8_t { none, today, old, broken };

bool is_old(Bytes datagram) {
  ByteReader reader(datagram);
  if (reader.u8() != 0xb6) return false;
  const uint8_t type = reader.u8();
  return std::find(kOldTypes.begin(), kOldTypes.end(), type) != kOldTypes.end() &&
         reader.be16() + size_t{4} == datagram.size();
}

/// Which form a datagram has; `sequence` is set for today's.
Form form_of(Bytes datagram, uint16_t& sequence) {
  ByteReader reader(datagram);
  const uint16_t first = reader.be16();
  sequence = reader.be16();
  const uint16_t inner = reader.be16();
  const unsigned kind = first >> 10;
  if (is_old(datagram)) return Form::old;
  if (kind < kTransfer || kind > kSetUp) return Form::none;
  const size_t length = first & 0x3ff;
  if (datagram.size() < kShortest || length + 4 != datagram.size()) return Form::broken;
  if (kind == kSetUp) return inner == kSetUpHead ? Form::today : Form::broken;
  return kind == kTransfer && (inner & 0x3ff) + size_t{18} == length ? Form::today : Form::broken;
}

class LineCall : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    const Place place = head_of(message, 6);
    uint16_t sequence = 0;
    switch (form_of(message.octets, sequence)) {
      case Form::today:
        take(sequence, place, findings);
        break;
      case Form::old:
        take_old(message.octets[1], place, findings);
        break;
      case Form::broken:
        return leave("a length that does not fit", findings);
      case Form::none:
        if (++others_ > kOthersAtMost) leave("no signalling among many datagrams", findings);
    }
    if (++datagrams_ > kDatagramsAtMost) leave("no signalling", findings);
  }

  struct Side {
    int packets = 0;
    int steps = 0;  // packets whose number follows the one before
    int old = 0;
    uint16_t last = 0;
  };

  void take(uint16_t sequence, const Place& place, Findings& findings) {
    Side& from = sides_[index(place.direction)];
    if (from.packets++ == 0) from.last = sequence;
    const auto step = static_cast<uint16_t>(sequence - from.last);
    const bool late = step >= 0x10000 - kLostAtMost;
    if (step > kLostAtMost && !late) {
      return leave("numbers that do not follow one another", findings);
    }
    from.steps += step == 1 ? 1 : 0;
    if (!late) from.last = sequence;
    judge(place, findings);
  }

  void judge(const Place& place, Findings& findings) {
    const Side &client = sides_[0], &server = sides_[1];
    if (client.steps >= kStepsForProof && server.steps >= kStepsForProof) {
      return prove("sequence", place,
                   fmt::format("{} datagrams of both sides: both lengths of each are right, and "
                               "numbers follow one another",
                               client.packets + server.packets),
                   findings);
    }
    const bool both = client.packets > 0 && server.packets > 0 && client.steps + server.steps > 0;
    if (both || client.steps + server.steps >= kStepsOfOneSide) {
      confirm(Strength::strong, "lengths", place,
              "datagrams whose both lengths are right and whose numbers follow "
              "one another",
              findings);
    }
  }

  /// Types that differ: what always begins alike and has its length is not LINE's alone.
  void take_old(uint8_t type, const Place& place, Findings& findings) {
    ++sides_[index(place.direction)].old;
    if (old_type_ == 0) old_type_ = type;
    old_types_differ_ = old_types_differ_ || type != old_type_;
    if (!old_types_differ_) return;
    if (sides_[0].old < kOldForStrong || sides_[1].old < kOldForStrong) return;
    confirm(Strength::strong, "old-lengths", place,
            "datagrams of both sides that begin with b6 and have their length", findings);
    leave({}, findings);
  }

  std::array<Side, 2> sides_;
  int others_ = 0;
  int datagrams_ = 0;
  uint8_t old_type_ = 0;
  bool old_types_differ_ = false;
};

}  // namespace

extern const ParserModule kLineCall;
const ParserModule kLineCall{
    "line_call", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<LineCall>(); }};

}  // namespace parlance
