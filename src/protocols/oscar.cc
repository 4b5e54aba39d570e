// OSCAR, the protocol of AIM and ICQ: FLAP frames (0x2a, channel, sequence number, length;
// big-endian) from both sides. Channel 1 opens the connection with a version and TLVs, channel 2
// carries SNACs, whose answers repeat the request's identifier. Wireshark's packet-aim.c,
// libpurple's oscar/, and one real login.
#include "base/byte_reader.h"
#include "protocols/support/frame_chain.h"
#include "protocols/support/recent.h"

namespace parlance {
namespace {

constexpr uint8_t kFlapMark = 0x2a;
constexpr size_t kFlapHeader = 6;   // mark, channel, sequence number, length
constexpr size_t kSnacHeader = 10;  // family, subtype, flags (2 each), request identifier (4)
constexpr uint32_t kFlapVersion = 1;
constexpr uint16_t kFamilies = 0x0050;  // above the highest known, which is 0x0025 and a few
constexpr uint16_t kSubtypes = 0x0100;
constexpr uint16_t kIcqFamily = 0x0015;
constexpr int kFramesForStrong = 3, kFramesForProof = 6;
constexpr int kFramesRead = 64;  // once proven

enum FlapChannel : uint8_t { kOpen = 1, kSnac = 2, kError = 3, kClose = 4, kKeepAlive = 5 };

struct Flap {
  uint8_t channel = 0;
  uint16_t sequence = 0;
  Bytes body;
};

Flap flap_of(Bytes frame) {
  ByteReader reader(frame);
  reader.skip(1);
  Flap flap;
  flap.channel = reader.u8();
  flap.sequence = reader.be16();
  flap.body = reader.bytes(reader.be16());
  return flap;
}

struct Snac {
  uint16_t family = 0, subtype = 0;
  uint32_t request = 0;
  bool operator==(const Snac&) const = default;
};

/// Type (2), length (2) and value, one after another, to the very end.
bool are_tlvs(Bytes octets) {
  ByteReader reader(octets);
  while (reader.ok() && !reader.at_end()) {
    reader.skip(2);
    reader.skip(reader.be16());
  }
  return reader.ok();
}

class Oscar : public FrameChain {
 public:
  using FrameChain::FrameChain;

 private:
  struct Side {
    uint16_t sequence = 0;
    bool known = false;  ///< `sequence` is that of the frame before
    bool opened = false;
  };

  std::optional<size_t> size_of(Direction, Bytes octets) const override {
    ByteReader reader(octets);
    if (reader.u8() != kFlapMark) return {};
    const uint8_t channel = reader.u8();
    reader.skip(2);
    const uint16_t length = reader.be16();
    if (!reader.ok()) return 0;
    if (channel < kOpen || channel > kKeepAlive) return {};
    if (channel == kSnac && length < kSnacHeader) return {};
    return kFlapHeader + length;
  }

  bool read(const Place& frame, Findings& findings) override {
    const Flap flap = flap_of(frame.octets);
    Side& side = sides_[index(frame.direction)];
    if (side.known && !follows(flap.sequence, side.sequence)) return false;
    side.known = true;
    side.sequence = flap.sequence;
    // Bodies hold names and texts: they are never shown.
    const Place header{frame.direction, frame.offset, frame.octets.first(kFlapHeader)};
    if (flap.channel == kOpen && !read_opening(side, flap.body)) return false;
    if (flap.channel == kSnac && !read_snac(frame.direction, flap.body, header, findings)) {
      return false;
    }
    weigh(header, findings);
    return true;
  }

  void missed(Direction direction) override { sides_[index(direction)].known = false; }

  /// Numbers go up by one; some clients start over at 0x8000.
  static bool follows(uint16_t next, uint16_t before) {
    return next == static_cast<uint16_t>(before + 1) || (before == 0x7fff && next == 0);
  }

  static bool read_opening(Side& side, Bytes body) {
    ByteReader reader(body);
    const bool fits = reader.be32() == kFlapVersion && reader.ok() && are_tlvs(reader.rest());
    side.opened = side.opened || fits;
    return fits;
  }

  bool read_snac(Direction direction, Bytes body, const Place& header, Findings& findings) {
    ByteReader reader(body);
    Snac snac;
    snac.family = reader.be16();
    snac.subtype = reader.be16();
    reader.skip(2);
    snac.request = reader.be32();
    if (snac.family == 0 || snac.family > kFamilies || snac.subtype > kSubtypes) return false;
    findings.count("oscar.snacs");
    if (snac.family == kIcqFamily) {
      findings.support("icq", Strength::hint, "icq-family", header,
                       "a SNAC of the family that only ICQ uses");
    }
    if (direction == Direction::to_server) {
      requests_.remember(snac);
    } else {
      answered_ = answered_ || answers(snac);
    }
    return true;
  }

  bool answers(const Snac& snac) const {
    const auto asks = [&](const Snac& each) { return each.family == snac.family && each.request == snac.request; };
    return snac.request != 0 && requests_.find(asks) != nullptr;
  }

  /// Called with the last frame read, which frames() does not count yet.
  void weigh(const Place& header, Findings& findings) {
    const int count = frames() + 1;
    const bool opened = sides_[0].opened && sides_[1].opened;
    const bool both = frames(opposite(header.direction)) > 0;
    const bool proven = count >= kFramesForProof || (both && count > 3 && (opened || answered_));
    if (proven && best() < Strength::proof) {
      confirm(
          Strength::proof, "flap-chain", header,
          answered_
              ? "FLAP frames numbered without a hole, and SNACs that answer by their identifiers"
              : "FLAP frames that follow one another exactly and are numbered without a hole",
          findings);
    } else if (best() < Strength::strong && (opened || count >= kFramesForStrong)) {
      confirm(Strength::strong, "flaps", header,
              opened ? "both sides open with FLAP's channel 1 and its version"
                     : "three FLAP frames that follow one another exactly",
              findings);
    }
    if (best() == Strength::proof && count >= kFramesRead) leave({}, findings);
  }

  Side sides_[2];
  Recent<Snac, 8> requests_;
  bool answered_ = false;
};

}  // namespace

extern const ParserModule kOscar;
const ParserModule kOscar{"oscar", Unit::bytes, [](const Start& start) -> std::unique_ptr<Parser> {
                            return std::make_unique<Oscar>(start);
                          }};

}  // namespace parlance
