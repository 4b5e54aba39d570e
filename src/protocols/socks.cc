// SOCKS 4, 4a and 5 (RFC 1928, RFC 1929, RFC 1961; Tor's RESOLVE): a client asks a proxy for a
// connection. Once it is granted, what follows is that connection. After UDP ASSOCIATE the
// connection stays silent; the datagrams are socks_udp's.
//
// A handshake of both sides is proof, be it granted or refused. Where one side alone was captured,
// the other's messages are taken to be what this side's make sense with, and no more than strong is
// said.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/text.h"
#include "protocols/support/socks_address.h"
#include "protocols/support/switching_parser.h"

namespace parlance {
namespace {

constexpr uint8_t kVersion4 = 4, kVersion5 = 5;
constexpr uint8_t kConnect = 1, kBind = 2, kUdpAssociate = 3, kResolve = 0xf0,
                  kResolveAddress = 0xf1;
constexpr uint8_t kNoAuthentication = 0, kGssApi = 1, kPassword = 2;
constexpr uint8_t kGranted4 = 0x5a, kLastReply4 = 0x5d, kLastReply5 = 8;
constexpr uint8_t kGssContext = 1, kGssEncapsulated = 3;
constexpr size_t kName = 255;  // of a user or a host in version 4
constexpr int kGssMessages = 16;

std::string_view name_of_command(uint8_t command) {
  switch (command) {
    case kConnect:
      return "connect";
    case kBind:
      return "bind";
    case kUdpAssociate:
      return "udp-associate";
    case kResolve:
      return "resolve";
    case kResolveAddress:
      return "resolve-address";
    default:
      return {};
  }
}

class Socks : public SwitchingParser {
 private:
  enum class Step : uint8_t {
    opening,   ///< client: version 4 request or version 5 greeting
    method,    ///< server: the method that it chose
    password,  ///< client: RFC 1929
    password_answer,
    token,  ///< client: RFC 1961, or the request that follows it
    token_answer,
    request,  ///< client: version 5 request
    reply4,
    reply5,
  };

  Direction speaker() const {
    const bool client = step_ == Step::opening || step_ == Step::password || step_ == Step::token ||
                        step_ == Step::request;
    return client ? Direction::to_server : Direction::to_client;
  }
  bool alone(Direction direction) const { return !heard(opposite(direction)); }
  void read_opening(Direction direction, Bytes octets, Findings& findings) override;
  void end_opening(Direction direction, Findings& findings) override;
  void read(Direction direction, Bytes octets, Findings& findings);
  void read_alone(Direction direction, Findings& findings);
  void assume(uint8_t next, Findings& findings);
  size_t take(Bytes view, Findings& findings);
  bool take_step(ByteReader& reader, Bytes view, Findings& findings);
  bool take_request4(ByteReader& reader, Findings& findings);
  bool take_text(ByteReader& reader, std::string& text);
  bool take_greeting(ByteReader& reader);
  bool take_method(ByteReader& reader);
  bool take_password(ByteReader& reader);
  bool take_password_answer(ByteReader& reader, Bytes view, Findings& findings);
  bool take_token(ByteReader& reader, Bytes view, Findings& findings);
  bool take_request5(ByteReader& reader, Bytes view, Findings& findings);
  bool take_reply4(ByteReader& reader, Bytes view, Findings& findings);
  bool take_reply5(ByteReader& reader, Bytes view, Findings& findings);
  void note_destination(std::string_view host, bool is_name, uint16_t port, Findings& findings);
  void answered(bool granted, Bytes reply, Findings& findings);
  void confirm_answer(Strength strength, std::string_view what, Bytes message, Sentence text,
                      Findings& findings);

  Step step_ = Step::opening;
  uint64_t at_ = 0;  // stream offset of the message being read
  uint8_t version_ = 0, command_ = 0;
  int tokens_ = 0;
  std::vector<uint8_t> request_;  // of version 5
  uint64_t request_at_ = 0;
  bool one_sided_ = false;
};

void Socks::read_opening(Direction direction, Bytes octets, Findings& findings) {
  read(direction, octets, findings);
  // A client may send its request, and more, before it is answered.
  for (Direction next = opposite(direction);
       reading() && speaker() == next && input(next).kept() > 0; next = opposite(next)) {
    const size_t before = input(next).kept();
    read(next, {}, findings);
    if (input(next).kept() == before) break;
  }
}

void Socks::end_opening(Direction direction, Findings& findings) {
  if (heard(direction) && alone(direction)) read_alone(direction, findings);
}

void Socks::read(Direction direction, Bytes octets, Findings& findings) {
  InputBuffer& kept = input(direction);
  const Bytes view = kept.append(octets);
  size_t used = 0;
  while (reading() && speaker() == direction) {
    at_ = kept.offset() + used;
    const size_t taken = take(view.subspan(used), findings);
    if (taken == 0) break;
    used += taken;
  }
  kept.consume(used);
  if (!reading() || one_sided_ || kept.kept() <= findings.limits().head_octets) return;
  if (alone(direction)) return read_alone(direction, findings);
  leave("no answer", findings);
}

/// Nothing of the other side was captured: its messages are passed over.
void Socks::read_alone(Direction direction, Findings& findings) {
  one_sided_ = true;
  InputBuffer& kept = input(direction);
  if (direction == Direction::to_client) {
    version_ = kVersion5;  // an answer of version 4 alone says too little
    step_ = Step::method;
  }
  while (reading() && kept.kept() > 0) {
    if (speaker() != direction) assume(ByteReader(kept.octets()).peek(), findings);
    if (!reading()) break;
    const size_t before = kept.kept();
    read(direction, {}, findings);
    if (kept.kept() == before && speaker() == direction) return leave("no handshake", findings);
  }
}

/// The silent side's message was what `next`, the first octet of this side's next one, fits to.
void Socks::assume(uint8_t next, Findings& findings) {
  switch (step_) {
    case Step::method:
      step_ = next == 1 ? Step::password : Step::request;
      break;
    case Step::password:
      step_ = Step::password_answer;
      break;
    case Step::password_answer:
      step_ = Step::request;
      break;
    case Step::opening:
    case Step::token:
    case Step::token_answer:
      leave("a negotiation of which one side is missing", findings);
      break;
    case Step::request:
      command_ = kConnect;
      step_ = Step::reply5;
      break;
    case Step::reply4:
    case Step::reply5:
      answered(true, {}, findings);
      break;
  }
}

// Octets of the next message if it is whole, else 0.
size_t Socks::take(Bytes view, Findings& findings) {
  if (view.empty()) return 0;
  ByteReader reader(view);
  const bool valid = take_step(reader, view, findings);
  if (!reader.ok()) return 0;
  if (!valid) leave("no SOCKS handshake", findings);
  return valid ? reader.position() : 0;
}

// Reads one message and, if it was whole, goes to the next step. Says whether it is valid; of one
// that is not whole that means nothing.
bool Socks::take_step(ByteReader& reader, Bytes view, Findings& findings) {
  switch (step_) {
    case Step::opening:
      version_ = reader.peek();
      if (version_ == kVersion5) return take_greeting(reader);
      return version_ == kVersion4 && take_request4(reader, findings);
    case Step::method:
      return take_method(reader);
    case Step::password:
      return take_password(reader);
    case Step::password_answer:
      return take_password_answer(reader, view, findings);
    case Step::token:
      if (reader.peek() == kVersion5) return take_request5(reader, view, findings);
      return take_token(reader, view, findings);
    case Step::token_answer:
      return take_token(reader, view, findings);
    case Step::request:
      return take_request5(reader, view, findings);
    case Step::reply4:
      return take_reply4(reader, view, findings);
    case Step::reply5:
      return take_reply5(reader, view, findings);
  }
  return false;
}

// 04 command port address user 00, in version 4a with an address 0.0.0.x also host 00
bool Socks::take_request4(ByteReader& reader, Findings& findings) {
  reader.u8();
  command_ = reader.u8();
  const uint16_t port = reader.be16();
  const Bytes address = reader.bytes(4);
  std::string host;  // the user's name at first, which is not shown
  if ((command_ != kConnect && command_ != kBind) || port == 0 || !take_text(reader, host))
    return false;
  const bool named = ByteReader(address).be32() > 0 && ByteReader(address).be32() < 256;
  if (named && (!take_text(reader, host) || host.empty())) return false;
  if (!reader.ok()) return false;
  step_ = Step::reply4;
  note_destination(named ? host : to_text(IpAddress::v4(address)), named, port, findings);
  return true;
}

/// Text up to its zero octet.
bool Socks::take_text(ByteReader& reader, std::string& text) {
  text.clear();
  for (uint8_t octet = reader.u8(); octet != 0; octet = reader.u8()) {
    if (octet < 0x20 || text.size() == kName) return false;
    text += static_cast<char>(octet);
  }
  return true;
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
  if (!reader.ok() || version != kVersion5) return false;
  switch (method) {
    case kNoAuthentication:
      step_ = Step::request;
      return true;
    case kGssApi:
      step_ = Step::token;
      return true;
    case kPassword:
      step_ = Step::password;
      return true;
    default:
      return false;
  }
}

// 01 length user length password
bool Socks::take_password(ByteReader& reader) {
  const uint8_t version = reader.u8();
  reader.skip(reader.u8());
  reader.skip(reader.u8());
  if (reader.ok()) step_ = Step::password_answer;
  return version == 1;
}

// 01 status; anything but 0 refuses (RFC 1929 section 2)
bool Socks::take_password_answer(ByteReader& reader, Bytes view, Findings& findings) {
  const uint8_t version = reader.u8();
  const uint8_t status = reader.u8();
  if (!reader.ok() || version != 1) return false;
  step_ = Step::request;
  if (status == 0) return true;
  confirm_answer(Strength::strong, "socks5", view.first(2),
                 "a SOCKS 5 greeting, a user with a password, and their refusal", findings);
  leave({}, findings);
  return true;
}

// 01 type length token; type FF, without the rest, gives up (RFC 1961 section 3)
bool Socks::take_token(ByteReader& reader, Bytes view, Findings& findings) {
  const uint8_t version = reader.u8();
  const uint8_t type = reader.u8();
  reader.skip(reader.be16());
  if (!reader.ok()) return false;
  if (version != 1 || type < kGssContext || type > kGssEncapsulated) return false;
  step_ = step_ == Step::token ? Step::token_answer : Step::token;
  // From here on all is inside tokens (section 5), or this is no negotiation.
  if (type < kGssEncapsulated && ++tokens_ <= kGssMessages) return true;
  if (tokens_ < 2) return false;
  confirm_answer(Strength::strong, "socks5", view.first(2),
                 "a SOCKS 5 greeting, and GSSAPI's tokens of both sides", findings);
  leave({}, findings);
  return true;
}

// 05 command 00 kind address port
bool Socks::take_request5(ByteReader& reader, Bytes view, Findings& findings) {
  const uint8_t version = reader.u8();
  command_ = reader.u8();
  const uint8_t reserved = reader.u8();
  const SocksAddress address = read_socks_address(reader);
  const bool valid = version == kVersion5 && reserved == 0 && address.valid() &&
                     !name_of_command(command_).empty();
  if (!reader.ok() || !valid) return false;
  step_ = Step::reply5;
  const Bytes request = view.first(reader.position());
  request_.assign(request.begin(), request.end());
  request_at_ = at_;
  note_destination(address.text(), address.is_name(), address.port, findings);
  return true;
}

// 00 code and six octets that mean nothing
bool Socks::take_reply4(ByteReader& reader, Bytes view, Findings& findings) {
  const uint8_t version = reader.u8();
  const uint8_t code = reader.u8();
  reader.skip(6);
  if (!reader.ok() || version != 0 || code < kGranted4 || code > kLastReply4) return false;
  findings.note("socks.reply", int64_t{code});
  answered(code == kGranted4, view.first(reader.position()), findings);
  return true;
}

// 05 code 00 kind address port
bool Socks::take_reply5(ByteReader& reader, Bytes view, Findings& findings) {
  const uint8_t version = reader.u8();
  const uint8_t code = reader.u8();
  const uint8_t reserved = reader.u8();
  const SocksAddress address = read_socks_address(reader);
  if (!reader.ok()) return false;
  if (version != kVersion5 || code > kLastReply5 || reserved != 0 || !address.valid()) return false;
  findings.note("socks.reply", int64_t{code});
  answered(code == 0, view.first(reader.position()), findings);
  return true;
}

void Socks::note_destination(std::string_view host, bool is_name, uint16_t port,
                             Findings& findings) {
  findings.note("socks.version", int64_t{version_});
  findings.note("socks.command", std::string(name_of_command(command_)));
  findings.note("socks.host", to_valid_utf8(as_bytes(host), kName));
  findings.note("socks.port", int64_t{port});
  if (is_name) findings.field("proxy.host", {Direction::to_server, at_, as_bytes(host)});
}

void Socks::answered(bool granted, Bytes reply, Findings& findings) {
  const bool five = version_ == kVersion5;
  if (five) {
    confirm_answer(one_sided_ ? Strength::strong : Strength::proof, "socks5", reply,
                   granted ? "a whole SOCKS 5 handshake, at its end a connection granted"
                           : "a whole SOCKS 5 handshake, at its end a connection refused",
                   findings);
  } else if (!one_sided_) {
    confirm_answer(Strength::strong, "socks4", reply,
                   granted ? "a SOCKS 4 request, and a connection granted"
                           : "a SOCKS 4 request, and a connection refused",
                   findings);
  }
  if (!granted || !confirmed()) return leave("a request of SOCKS 4 without its answer", findings);
  if (command_ == kBind) {
    command_ = kConnect;  // the second reply tells of the connection that came in
    return;
  }
  if (command_ != kConnect) return leave({}, findings);
  switch_to_connection(findings);
}

void Socks::confirm_answer(Strength strength, std::string_view what, Bytes message, Sentence text,
                           Findings& findings) {
  const Place answer{Direction::to_client, at_, message};
  if (!one_sided_) return confirm(strength, what, answer, std::move(text), findings);
  const Place request{Direction::to_server, request_at_, request_};
  confirm(strength, what, heard(Direction::to_server) ? request : answer,
          "one side's half of a SOCKS 5 handshake; nothing of the other's was captured", findings);
}

}  // namespace

extern const ParserModule kSocks;
const ParserModule kSocks{"socks", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                            return std::make_unique<Socks>();
                          }};

}  // namespace parlance
