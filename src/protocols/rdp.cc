// RDP's connection request and its answer (MS-RDPBCGR 2.2.1.1 and 2.2.1.2): TPKT, X.224 and a
// negotiation of eight octets. If the server chooses TLS, alone or with CredSSP, TLS begins at the
// next octet.
#include <algorithm>
#include <optional>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/hand_over.h"

namespace parlance {
namespace {

constexpr size_t kTpktAtMost = 512;
constexpr uint8_t kRequest = 0xe0, kConfirm = 0xd0;  // X.224
constexpr uint8_t kAsk = 1, kChoose = 2, kFail = 3;  // negotiation
constexpr uint32_t kTls = 1, kHybrid = 2, kRdsTls = 4, kHybridEx = 8, kRdsAad = 16;
constexpr std::string_view kCookie = "Cookie: ";

struct Negotiation {
  uint8_t type = 0;  ///< 0: there is none
  uint32_t protocols = 0;
};
struct Reply {
  bool need_more = false, valid = false;
  size_t size = 0;
  Negotiation negotiation;
};

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
Reply read_packet(Bytes octets, uint8_t code) {
  Reply reply;
  ByteReader reader(octets);
  const uint16_t version = reader.be16();
  const size_t length = reader.be16();
  reply.need_more = !reader.ok();
  if (reply.need_more || version != 0x0300 || length < 11 || length > kTpktAtMost) return reply;
  ByteReader body(reader.bytes(length - 4));
  reply.need_more = !reader.ok();
  if (reply.need_more) return reply;
  reply.size = length;
  const size_t indicated = body.u8();
  if (indicated != length - 5 || body.u8() != code) return reply;
  body.skip(5);
  if (as_text(first_of(body.rest(), kCookie.size())) == kCookie) {
    const size_t end = as_text(body.rest()).find("\r\n");
    if (end == std::string_view::npos) return reply;
    body.skip(end + 2);
  }
  reply.valid = read_negotiation(body, reply.negotiation);
  return reply;
}

class Rdp : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    if (inner_) return hand_on(direction, octets, findings);
    inputs_[index(direction)].append(octets);
    inputs_[index(direction)].consume(0);
    if (!asked_) read(Direction::to_server, kRequest, findings);
    if (asked_ && !over_) read(Direction::to_client, kConfirm, findings);
    if (inner_) return hand_over(inputs_, *inner_, findings);
    if (inputs_[index(direction)].kept() > findings.limits().head_octets) {
      leave("no answer", findings);
    }
  }

  void gap(Direction direction, uint64_t length, Findings& findings) override {
    if (inner_) return findings.deliver_gap(*inner_, direction, length);
    leave("octets are missing in the negotiation", findings);
  }

 private:
  void read(Direction direction, uint8_t code, Findings& findings) {
    InputBuffer& input = inputs_[index(direction)];
    const Bytes view = input.append({});
    const Reply packet = read_packet(view, code);
    if (packet.valid) {
      const Place place{direction, 0, view.first(11)};  // a cookie may name a user
      take(packet.negotiation, place, findings);
    } else if (!packet.need_more) {
      leave("no negotiation of RDP", findings);
    }
    input.consume(over_ ? view.size() : packet.valid ? packet.size : 0);
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
    confirmed_ = true;
    findings.confirm(Strength::proof, "negotiation", place,
                     "a whole connection request and its answer, each with its negotiation");
    const uint32_t chosen = negotiation.protocols;
    const bool tls = chosen == kTls || chosen == kHybrid || chosen == kRdsTls ||
                     chosen == kHybridEx || chosen == kRdsAad;
    if (negotiation.type == kFail || !tls || (*asked_ & chosen) == 0) return leave({}, findings);
    findings.note("starttls.protocol", std::string("rdp"));
    inner_ = findings.open_as("tls", Carrier::tcp, Unit::bytes, {});
  }

  void hand_on(Direction direction, Bytes octets, Findings& findings) {
    findings.deliver(*inner_, direction, octets);
    if (!findings.listening(*inner_)) leave({}, findings);
  }

  void leave(std::string_view reason, Findings& findings) {
    over_ = true;
    if (confirmed_) {
      findings.finish();
    } else {
      findings.refute(reason);
    }
  }

  InputBuffer inputs_[2];
  std::optional<uint32_t> asked_;  ///< the protocols that the client can
  std::optional<ChannelId> inner_;
  bool confirmed_ = false, over_ = false;
};

}  // namespace

extern const ParserModule kRdp;
const ParserModule kRdp{"rdp", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                          return std::make_unique<Rdp>();
                        }};

}  // namespace parlance
