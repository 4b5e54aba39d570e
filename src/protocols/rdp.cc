// RDP's connection request and its answer (MS-RDPBCGR 2.2.1.1 and 2.2.1.2): TPKT, X.224 and a
// negotiation of eight octets. If the server chooses TLS, alone or with CredSSP, TLS begins at the
// next octet.
#include <algorithm>
#include <optional>

#include "base/byte_reader.h"
#include "protocols/support/switching_parser.h"

namespace parlance {
namespace {

constexpr uint16_t kTpkt = 0x0300;
constexpr size_t kTpktAtMost = 512, kShortestPacket = 11;  // without a negotiation
constexpr uint8_t kRequest = 0xe0, kConfirm = 0xd0;        // X.224
constexpr uint8_t kAsk = 1, kChoose = 2, kFail = 3;        // negotiation
constexpr uint32_t kTls = 1, kHybrid = 2, kRdsTls = 4, kHybridEx = 8, kRdsAad = 16;
constexpr std::string_view kCookie = "Cookie: ";

struct Negotiation {
  uint8_t type = 0;  ///< 0: there is none
  uint32_t protocols = 0;
};
struct Packet {
  enum class State : uint8_t { need_more, good, wrong } state = State::wrong;
  size_t size = 0;
  Negotiation negotiation;
};

const Packet kNeedMore{Packet::State::need_more, 0, {}};
const Packet kWrong{};

// type flags length(08 00) protocols(4), all little-endian
bool read_negotiation(ByteReader& reader, Negotiation& negotiation) {
  if (reader.at_end()) return true;
  negotiation.type = reader.u8();
  reader.skip(1);
  const uint16_t length = reader.le16();
  negotiation.protocols = reader.le32();
  return reader.ok() && length == 8 && negotiation.type >= kAsk && negotiation.type <= kFail;
}

// 03 00 length(2) | length code destination(2) source(2) class | cookie | negotiation …
Packet read_packet(Bytes octets, uint8_t code) {
  ByteReader reader(octets);
  const uint16_t version = reader.be16();
  const size_t length = reader.be16();
  if (!reader.ok()) return kNeedMore;
  if (version != kTpkt || length < kShortestPacket || length > kTpktAtMost) return kWrong;
  ByteReader body = reader.sub(length - reader.position());
  if (!reader.ok()) return kNeedMore;
  const size_t indicated = body.u8();
  if (indicated != body.remaining() || body.u8() != code) return kWrong;
  body.skip(5);
  if (as_text(first_of(body.rest(), kCookie.size())) == kCookie) {
    const size_t end = as_text(body.rest()).find("\r\n");
    if (end == std::string_view::npos) return kWrong;
    body.skip(end + 2);
  }
  Packet packet{Packet::State::good, length, {}};
  return read_negotiation(body, packet.negotiation) ? packet : kWrong;
}

class Rdp : public SwitchingParser {
 private:
  void read_opening(Direction direction, Bytes octets, Findings& findings) override {
    input(direction).keep(octets);
    if (!asked_) read(Direction::to_server, kRequest, findings);
    if (asked_ && reading()) read(Direction::to_client, kConfirm, findings);
    if (reading() && input(direction).kept() > findings.limits().head_octets) {
      leave("no answer", findings);
    }
  }

  void read(Direction direction, uint8_t code, Findings& findings) {
    InputBuffer& kept = input(direction);
    const Packet packet = read_packet(kept.octets(), code);
    if (packet.state == Packet::State::need_more) return;
    if (packet.state == Packet::State::wrong) return leave("no negotiation of RDP", findings);
    // Without what follows: a cookie may name a user.
    const Place place{direction, 0, first_of(kept.octets(), kShortestPacket)};
    take(packet.negotiation, place, findings);
    kept.consume(packet.size);
  }

  void take(const Negotiation& negotiation, const Place& place, Findings& findings) {
    if (place.direction == Direction::to_server) {
      if (negotiation.type != kAsk) return leave("a request without a negotiation", findings);
      asked_ = negotiation.protocols;
      return;
    }
    if (negotiation.type != kChoose && negotiation.type != kFail) {
      return leave("an answer without a negotiation", findings);
    }
    confirm(Strength::proof, "negotiation", place,
            "a whole connection request and its answer, each with its negotiation", findings);
    const uint32_t chosen = negotiation.protocols;
    const bool tls = chosen == kTls || chosen == kHybrid || chosen == kRdsTls ||
                     chosen == kHybridEx || chosen == kRdsAad;
    if (negotiation.type == kFail || !tls || (*asked_ & chosen) == 0) return leave({}, findings);
    switch_to_tls("rdp", findings);
  }

  std::optional<uint32_t> asked_;  ///< the protocols that the client can
};

}  // namespace

extern const ParserModule kRdp;
const ParserModule kRdp{"rdp", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                          return std::make_unique<Rdp>();
                        }};

}  // namespace parlance
