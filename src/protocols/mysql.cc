// MySQL and MariaDB (MySQL internals: Connection Phase Packets; MariaDB: Connection, 1-Connecting).
// Packets of a length (3 octets, little-endian), a number and a body. The server greets; the client
// logs in, or, if the greeting offers TLS, cuts its login short after 32 octets, and TLS follows.
// Inside TLS the login comes first, without a greeting.
#include <algorithm>
#include <optional>

#include "base/byte_reader.h"
#include "protocols/support/switching_parser.h"

namespace parlance {
namespace {

constexpr size_t kHeader = 4;
constexpr size_t kGreetingAtMost = 1024, kLoginAtMost = 64 * kKibi;
constexpr size_t kSslRequest = 32;  // octets of the body
constexpr size_t kVersionAtMost = 128, kUserAtMost = 128;
constexpr uint8_t kProtocol = 10;
constexpr uint32_t kProtocol41 = 0x0200, kSsl = 0x0800;  // capabilities

struct Packet {
  bool whole = false;  ///< else more is needed
  size_t length = 0;   ///< of its body, known from its header on
  uint8_t number = 0;
  Bytes body;
};

/// The packet at the front.
Packet read_packet(Bytes octets) {
  ByteReader reader(octets);
  Packet packet;
  packet.length = reader.le16();
  packet.length |= size_t{reader.u8()} << 16;
  packet.number = reader.u8();
  if (!reader.ok()) return {};
  packet.body = reader.bytes(packet.length);
  packet.whole = reader.ok();
  return packet;
}

/// Printable text up to its zero octet; false if it is none.
bool skip_text(ByteReader& reader, size_t at_most, bool may_be_empty) {
  size_t length = 0;
  for (uint8_t octet = reader.u8(); octet != 0; octet = reader.u8()) {
    if (octet < 0x20 || ++length > at_most) return false;
  }
  return reader.ok() && (may_be_empty || length > 0);
}

// The capabilities of a greeting.
// 0a version 00 thread(4) salt(8) 00 capabilities(2) charset status(2) capabilities(2) …
std::optional<uint32_t> read_greeting(Bytes body) {
  ByteReader reader(body);
  if (reader.u8() != kProtocol || !skip_text(reader, kVersionAtMost, false)) return std::nullopt;
  reader.skip(12);
  const uint8_t zero = reader.u8();
  uint32_t capabilities = reader.le16();
  reader.skip(3);
  capabilities |= uint32_t{reader.le16()} << 16;
  if (!reader.ok() || zero != 0) return std::nullopt;
  return capabilities;
}

// The capabilities of a login.
// capabilities(4) largest packet(4) charset, 19 zeros, 4 more of MariaDB
std::optional<uint32_t> read_login_start(ByteReader& reader) {
  const uint32_t capabilities = reader.le32();
  reader.skip(5);
  const Bytes zeros = reader.bytes(19);
  reader.skip(4);
  const bool plain = std::all_of(zeros.begin(), zeros.end(), [](uint8_t o) { return o == 0; });
  if (!reader.ok() || !plain || (capabilities & kProtocol41) == 0) return std::nullopt;
  return capabilities;
}

class Mysql : public SwitchingParser {
 private:
  enum class Step : uint8_t { opening, login, answer };

  void read_opening(Direction direction, Bytes octets, Findings& findings) override {
    input(direction).keep(octets);
    while (reading() && read_one(findings)) {
    }
    // The side that is not expected to speak: what it says waits for its turn.
    if (reading() && input(direction).kept() > kLoginAtMost) leave("no answer", findings);
  }

  /// Reads the next message of the handshake; false if it is not whole.
  bool read_one(Findings& findings) {
    // Inside TLS the client speaks first.
    if (step_ == Step::opening && !heard(Direction::to_client)) step_ = Step::login;
    const Direction direction = step_ == Step::login ? Direction::to_server : Direction::to_client;
    InputBuffer& kept = input(direction);
    const Packet packet = read_packet(kept.octets());
    const size_t at_most = step_ == Step::opening ? kGreetingAtMost : kLoginAtMost;
    if (packet.length > at_most) leave("a packet that is too long", findings);
    if (!packet.whole || !reading()) return false;
    const Place place{direction, kept.offset(), first_of(kept.octets(), kHeader + 5)};
    take(packet, place, findings);
    kept.consume(kHeader + packet.length);
    return true;
  }

  void take(const Packet& packet, const Place& place, Findings& findings) {
    switch (step_) {
      case Step::opening:
        return take_greeting(packet, place, findings);
      case Step::login:
        return take_login(packet, place, findings);
      case Step::answer:
        return take_answer(packet, place, findings);
    }
  }

  void take_greeting(const Packet& packet, const Place& place, Findings& findings) {
    offered_ = packet.number == 0 ? read_greeting(packet.body) : std::nullopt;
    if (!offered_) return leave("no greeting of protocol version 10", findings);
    confirm(Strength::strong, "greeting", place, "a whole greeting of protocol version 10",
            findings);
    step_ = Step::login;
  }

  void take_login(const Packet& packet, const Place& place, Findings& findings) {
    ByteReader reader(packet.body);
    const auto capabilities = read_login_start(reader);
    const bool numbered = packet.number == 1 || (!offered_ && packet.number == 2);
    if (!capabilities || !numbered) return leave("no login", findings);
    if (packet.body.size() == kSslRequest) return take_ssl_request(*capabilities, place, findings);
    if (!skip_text(reader, kUserAtMost, true)) return leave("no login", findings);
    number_ = packet.number;
    confirm(offered_ ? Strength::proof : Strength::strong, "login", place,
            offered_ ? "a greeting of protocol version 10, and the login that follows it"
                     : "a whole login of protocol version 4.1",
            findings);
    step_ = Step::answer;
  }

  void take_ssl_request(uint32_t capabilities, const Place& place, Findings& findings) {
    if ((capabilities & offered_.value_or(0) & kSsl) == 0) {
      return leave("a login cut short without TLS", findings);
    }
    confirm(Strength::proof, "starttls", place,
            "the greeting offers TLS, and the client asks for it", findings);
    switch_to_tls("mysql", findings);
  }

  /// Success, an error, or more of the same: 00, ff, 01, fe.
  void take_answer(const Packet& packet, const Place& place, Findings& findings) {
    if (packet.number != number_ + 1 || packet.body.empty()) return leave({}, findings);
    const uint8_t kind = packet.body[0];
    if (kind == 0x00 || kind == 0xff || kind == 0x01 || kind == 0xfe) {
      confirm(Strength::proof, "answer", place, "a login, and the packet that answers it",
              findings);
    }
    leave({}, findings);
  }

  Step step_ = Step::opening;
  std::optional<uint32_t> offered_;  ///< the capabilities of the server, once it greeted
  uint8_t number_ = 0;               ///< of the login
};

}  // namespace

extern const ParserModule kMysql;
const ParserModule kMysql{"mysql", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                            return std::make_unique<Mysql>();
                          }};

}  // namespace parlance
