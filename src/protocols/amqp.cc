// AMQP 0-9-1 (0-9, 0-8) and 1.0: the client opens with "AMQP" and four octets of version. An 0-9-1
// server answers with a Connection.Start method frame, a 1.0 server with a header of its own, and
// frames follow (OASIS AMQP 1.0 part 2, sections 2.2 and 2.3). If both headers say TLS, that begins
// behind them (part 5, section 5.2.1).
#include "base/byte_reader.h"
#include "protocols/support/switching_parser.h"

namespace parlance {
namespace {

constexpr size_t kHeader = 8;
constexpr uint32_t kFrameOctets = 1024 * 1024;  // a first frame is far smaller
constexpr uint8_t kFrameEnd = 0xce;
constexpr uint32_t kTlsId = 2;

enum class Version : uint8_t { none, old, one, tls };

// protocol header: "AMQP", then 0 0 9 1 | 1 1 x y (0-8, 0-9) | {0,2,3} 1 0 0 (plain, TLS, SASL)
Version read_header(Bytes octets) {
  ByteReader reader(octets);
  if (as_text(reader.bytes(4)) != "AMQP") return Version::none;
  const uint32_t version = reader.be32();
  if (!reader.ok()) return Version::none;
  if (version == 0x00000901 || version >> 16 == 0x0101) return Version::old;
  const uint32_t id = version >> 24;
  const bool known_id = id == 0 || id == 2 || id == 3;
  if (!known_id || (version & 0xffffff) != 0x010000) return Version::none;
  return id == kTlsId ? Version::tls : Version::one;
}

/// The answer to the header, read as far as it proves something.
enum class Answer : uint8_t { need_more, wrong, good };

// method frame: type 1, channel 0, length, class 10, method 10 (Connection.Start), …, end octet
Answer read_start_frame(Bytes octets) {
  ByteReader reader(octets);
  const uint8_t type = reader.u8();
  const uint16_t channel = reader.be16();
  const uint32_t length = reader.be32();
  if (!reader.ok()) return Answer::need_more;
  if (type != 1 || channel != 0 || length < 4 || length > kFrameOctets) return Answer::wrong;
  ByteReader method = reader.sub(length);
  const uint8_t end = reader.u8();
  if (!reader.ok()) return Answer::need_more;
  return method.be32() == 0x000a000a && end == kFrameEnd ? Answer::good : Answer::wrong;
}

// the header again, then a frame: size, data offset, type 0 (AMQP) or 1 (SASL), channel, and a
// described type 00 53 code
Answer read_header_and_frame(Bytes octets) {
  if (octets.size() < kHeader) return Answer::need_more;
  if (read_header(octets) != Version::one) return Answer::wrong;
  ByteReader reader(octets.subspan(kHeader));
  const uint32_t size = reader.be32();
  const uint8_t offset = reader.u8();
  const uint8_t type = reader.u8();
  reader.skip(2);
  if (!reader.ok()) return Answer::need_more;
  if (size < 8 || size > kFrameOctets || offset != 2 || type > 1) return Answer::wrong;
  const uint16_t descriptor = reader.be16();
  if (!reader.ok()) return Answer::need_more;
  return descriptor == 0x0053 ? Answer::good : Answer::wrong;
}

class Amqp : public SwitchingParser {
 private:
  void read_opening(Direction direction, Bytes octets, Findings& findings) override {
    input(direction).keep(octets);
    if (version_ == Version::none) read_request(findings);
    if (version_ == Version::tls) {
      read_tls_answer(findings);
    } else if (version_ != Version::none) {
      // The client's octets behind its header say nothing more.
      input(Direction::to_server).consume(input(Direction::to_server).kept());
      read_answer(findings);
    }
    if (reading() && input(direction).kept() > findings.limits().head_octets) {
      leave("no answer", findings);
    }
  }

  void read_request(Findings& findings) {
    const Bytes view = input(Direction::to_server).octets();
    if (view.size() < kHeader) return;
    version_ = read_header(view);
    if (version_ == Version::none) return leave("no AMQP header", findings);
    confirm(Strength::strong, "protocol-header", {Direction::to_server, 0, view.first(kHeader)},
            version_ == Version::old ? "the protocol header of AMQP 0-8, 0-9 or 0-9-1"
                                     : "the protocol header of AMQP 1.0",
            findings);
    input(Direction::to_server).consume(kHeader);
  }

  /// The same header agrees, another one says what the server wants instead.
  void read_tls_answer(Findings& findings) {
    const Bytes view = input(Direction::to_client).octets();
    if (view.size() < kHeader) return;
    if (read_header(view) != Version::tls) return leave("TLS was refused", findings);
    confirm(Strength::proof, "starttls", {Direction::to_client, 0, view.first(kHeader)},
            "both sides' protocol headers say that TLS follows", findings);
    input(Direction::to_client).consume(kHeader);
    switch_to_tls("amqp", findings);
  }

  void read_answer(Findings& findings) {
    const Bytes view = input(Direction::to_client).octets();
    const Answer answer =
        version_ == Version::one ? read_header_and_frame(view) : read_start_frame(view);
    if (answer == Answer::need_more) return;
    if (answer == Answer::wrong) return leave("another answer", findings);
    confirm(Strength::proof, "answer", {Direction::to_client, 0, view},
            version_ == Version::one ? "the server's protocol header and its first frame"
                                     : "the server's whole Connection.Start frame",
            findings);
    leave({}, findings);
  }

  Version version_ = Version::none;
};

}  // namespace

extern const ParserModule kAmqp;
const ParserModule kAmqp{"amqp", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                           return std::make_unique<Amqp>();
                         }};

}  // namespace parlance
