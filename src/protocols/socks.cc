// SOCKS 4, 4a and 5 (RFC 1928, RFC 1929): a client asks a proxy for a connection. Once it is
// granted, what follows is that connection.
#include <algorithm>
#include <optional>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"

namespace parlance {
namespace {

constexpr uint8_t kVersion4 = 4, kVersion5 = 5;
constexpr uint8_t kConnect = 1;
constexpr uint8_t kNoAuthentication = 0, kPassword = 2;
constexpr uint8_t kGranted4 = 0x5a;
constexpr size_t kName = 255;  // of a user or a host in version 4

class Socks : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override;
  void gap(Direction direction, uint64_t length, Findings& findings) override {
    if (!inner_) return leave("a hole in the handshake", findings);
    findings.deliver_gap(*inner_, direction, length);
  }

 private:
  enum class Step : uint8_t {
    opening,   ///< client: version 4 request or version 5 greeting
    method,    ///< server: the method that it chose
    password,  ///< client: RFC 1929
    password_answer,
    request,  ///< client: version 5 request
    reply4,
    reply5,
    tunnel,
  };

  Direction speaker() const {
    const bool client = step_ == Step::opening || step_ == Step::password || step_ == Step::request;
    return client ? Direction::to_server : Direction::to_client;
  }
  void read(Direction direction, Bytes octets, Findings& findings);
  size_t take(Bytes view, Findings& findings);
  bool take_request4(ByteReader& reader);
  bool take_greeting(ByteReader& reader);
  bool take_method(ByteReader& reader);
  bool take_password(ByteReader& reader);
  bool take_address(ByteReader& reader);
  bool take_request5(ByteReader& reader);
  bool take_reply(ByteReader& reader, Bytes view, Findings& findings);
  bool take_step(ByteReader& reader, Bytes view, Findings& findings);
  void granted(Bytes reply, Findings& findings);
  void leave(std::string_view reason, Findings& findings);

  Step step_ = Step::opening;
  InputBuffer inputs_[2];
  uint64_t at_ = 0;  // stream offset of the message being read
  uint8_t version_ = 0;
  std::optional<ChannelId> inner_;
  bool confirmed_ = false, over_ = false;
};

void Socks::data(Direction direction, Bytes octets, Findings& findings) {
  if (inner_) {
    findings.deliver(*inner_, direction, octets);
    if (!findings.listening(*inner_)) leave({}, findings);
    return;
  }
  read(direction, octets, findings);
  // A client may send its request, and more, before it is answered.
  const Direction other = opposite(direction);
  if (!over_ && !inner_ && speaker() == other && inputs_[index(other)].kept() > 0) {
    read(other, {}, findings);
  }
  if (over_ || !inner_) return;
  for (const Direction each : {Direction::to_server, Direction::to_client}) {
    InputBuffer& input = inputs_[index(each)];
    const Bytes rest = input.append({});
    if (!rest.empty()) findings.deliver(*inner_, each, rest);
    input.consume(rest.size());
  }
}

void Socks::read(Direction direction, Bytes octets, Findings& findings) {
  InputBuffer& input = inputs_[index(direction)];
  const Bytes view = input.append(octets);
  size_t used = 0;
  while (!over_ && step_ != Step::tunnel && speaker() == direction) {
    at_ = input.offset() + used;
    const size_t taken = take(view.subspan(used), findings);
    if (taken == 0) break;
    used += taken;
  }
  if (over_) return;
  input.consume(used);
  if (input.kept() > findings.limits().head_octets) leave("no answer", findings);
}

// Octets of the next message if it is whole, else 0.
size_t Socks::take(Bytes view, Findings& findings) {
  if (view.empty()) return 0;
  ByteReader reader(view);
  const bool valid = take_step(reader, view, findings);
  if (!reader.ok()) return 0;
  if (!valid) leave("no SOCKS handshake, or one refused", findings);
  return over_ ? 0 : reader.position();
}

// Reads one message and, if it was whole, goes to the next step. Says whether it is valid.
bool Socks::take_step(ByteReader& reader, Bytes view, Findings& findings) {
  switch (step_) {
    case Step::opening:
      version_ = reader.peek();
      if (version_ == kVersion5) return take_greeting(reader);
      return version_ == kVersion4 && take_request4(reader);
    case Step::method:
      return take_method(reader);
    case Step::password:
      return take_password(reader);
    case Step::password_answer: {
      const uint16_t answer = reader.be16();
      if (reader.ok()) step_ = Step::request;
      return answer == 0x0100;  // version 1, success
    }
    case Step::request:
      return take_request5(reader);
    case Step::reply4:
    case Step::reply5:
      return take_reply(reader, view, findings);
    case Step::tunnel:
      break;
  }
  return false;
}

// 04 command port address user 00, in version 4a with an address 0.0.0.x also host 00
bool Socks::take_request4(ByteReader& reader) {
  reader.u8();
  const uint8_t command = reader.u8();
  const uint16_t port = reader.be16();
  const uint32_t address = reader.be32();
  const int names = address > 0 && address < 256 ? 2 : 1;
  for (int i = 0; i < names; ++i) {
    size_t length = 0;
    for (uint8_t octet = reader.u8(); octet != 0; octet = reader.u8()) {
      if (octet < 0x20 || ++length > kName) return false;
    }
  }
  if (reader.ok()) step_ = Step::reply4;
  return command == kConnect && port != 0;
}

// 05 count method…
bool Socks::take_greeting(ByteReader& reader) {
  reader.u8();
  const uint8_t count = reader.u8();
  reader.skip(count);
  if (reader.ok()) step_ = Step::method;
  return count > 0;
}

// 05 method; FF says that none will do
bool Socks::take_method(ByteReader& reader) {
  const uint8_t version = reader.u8();
  const uint8_t method = reader.u8();
  if (reader.ok()) step_ = method == kPassword ? Step::password : Step::request;
  return version == kVersion5 && (method == kNoAuthentication || method == kPassword);
}

// 01 length user length password
bool Socks::take_password(ByteReader& reader) {
  const uint8_t version = reader.u8();
  reader.skip(reader.u8());
  reader.skip(reader.u8());
  if (reader.ok()) step_ = Step::password_answer;
  return version == 1;
}

// 00 kind address port
bool Socks::take_address(ByteReader& reader) {
  const uint8_t reserved = reader.u8();
  const uint8_t kind = reader.u8();
  switch (kind) {
    case 1:
      reader.skip(4);
      break;
    case 3:
      reader.skip(reader.u8());
      break;
    case 4:
      reader.skip(16);
      break;
    default:
      return false;
  }
  reader.skip(2);
  return reserved == 0;
}

// 05 command 00 kind address port
bool Socks::take_request5(ByteReader& reader) {
  const uint8_t version = reader.u8();
  const uint8_t command = reader.u8();
  const bool valid = take_address(reader) && version == kVersion5 && command == kConnect;
  if (reader.ok()) step_ = Step::reply5;
  return valid;
}

// 05 00 00 kind address port, or 00 5A and six octets that mean nothing
bool Socks::take_reply(ByteReader& reader, Bytes view, Findings& findings) {
  const uint8_t version = reader.u8();
  const uint8_t code = reader.u8();
  bool valid = false;
  if (step_ == Step::reply4) {
    reader.skip(6);
    valid = version == 0 && code == kGranted4;
  } else {
    valid = take_address(reader) && version == kVersion5 && code == 0;
  }
  if (reader.ok() && valid) granted(view.first(reader.position()), findings);
  return valid;
}

void Socks::granted(Bytes reply, Findings& findings) {
  step_ = Step::tunnel;
  confirmed_ = true;
  const bool five = version_ == kVersion5;
  findings.confirm(five ? Strength::proof : Strength::strong, five ? "socks5" : "socks4",
                   {Direction::to_client, at_, reply},
                   five ? "a whole SOCKS 5 handshake, at its end a connection granted"
                        : "a SOCKS 4 request, and a connection granted");
  inner_ = findings.open(Carrier::tcp, Unit::bytes);
}

void Socks::leave(std::string_view reason, Findings& findings) {
  over_ = true;
  if (confirmed_) {
    findings.finish();
  } else {
    findings.refute(reason);
  }
}

}  // namespace

extern const ParserModule kSocks;
const ParserModule kSocks{"socks", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                            return std::make_unique<Socks>();
                          }};

}  // namespace parlance
