// What QQ and TIM speak on phones and QQ NT on computers ("SSO" in their code), on TCP, ports 8080,
// 443, 14000 and 80:
//
//   length32 (counts itself)  type32  sealing
//     client, 0A and 0C:  length32 ticket   00  length32 account  payload
//     client, 0B and 0D:  sequence32        00  length32 account  payload
//     server:                               00  length32 account  payload
//
// Numbers are big-endian, every length counts its own four octets, the account is decimal digits.
// Sealing: 0 none, 1 QQ-TEA under the session's key, 2 QQ-TEA under a key of sixteen zero octets,
// which anybody can open. The payload has a head with the command's name ("wtlogin.login"), then a
// body.
//
// Types 0A and 0B are those of phones, 0C and 0D those of QQ NT on computers. Layout as in
// takayama-lily/oicq (lib/core/base-client.js), checked against that client, and
// LagrangeDev/Lagrange.Core (ServicePacker).
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"
#include "protocols/support/qq_tea.h"

namespace parlance {
namespace {

constexpr uint32_t kLogin = 0x0a, kSimple = 0x0b, kLoginNt = 0x0c, kSimpleNt = 0x0d;
constexpr uint8_t kSession = 1, kZeroKey = 2;
constexpr size_t kLength = 4;
constexpr size_t kFixed = 13;  // length, type, sealing, and a length more
constexpr uint32_t kShortest = 20, kLongest = 1U << 20;
constexpr size_t kKeptAtMost = 16 * kKibi;  // of a packet: longer ones are not looked into
constexpr size_t kTicketAtMost = 1024;
constexpr size_t kAccountAtMost = 12;
constexpr size_t kCommandAtMost = 64;
constexpr int kPacketsForProof = 2;  // a side, of one account
constexpr int kPacketsAtMost = 32;

bool is_type(uint32_t type) {
  return type == kLogin || type == kSimple || type == kLoginNt || type == kSimpleNt;
}

/// What is behind a packet's length.
struct Packet {
  uint8_t sealing = 0;
  std::string account;
  Bytes payload;
};

/// The octets of a part whose length counts its own four; not ok() if there are not as many.
Bytes counted(ByteReader& reader) {
  const uint32_t length = reader.be32();
  return reader.bytes(length < kLength ? reader.remaining() + 1 : length - kLength);
}

bool is_account(Bytes octets) {
  return !octets.empty() && octets.size() <= kAccountAtMost &&
         std::all_of(octets.begin(), octets.end(),
                     [](uint8_t each) { return each >= '0' && each <= '9'; });
}

/// The account behind `reader`, which stands at the zero octet in front of it.
bool read_account(ByteReader reader, Packet& packet) {
  if (reader.u8() != 0) return false;
  const Bytes account = counted(reader);
  if (!reader.ok() || !is_account(account)) return false;
  packet.account = std::string(as_text(account));
  packet.payload = reader.rest();
  return true;
}

std::optional<Packet> read_packet(Direction direction, Bytes octets) {
  ByteReader reader(octets);
  const uint32_t type = reader.be32();
  Packet packet;
  packet.sealing = reader.u8();
  if (!reader.ok() || !is_type(type) || packet.sealing > kZeroKey) return std::nullopt;
  if (read_account(reader, packet)) return packet;  // a server's; mid-stream, sides may be turned
  if (direction == Direction::to_client) return std::nullopt;
  if (type == kLogin || type == kLoginNt) {
    if (counted(reader).size() > kTicketAtMost) return std::nullopt;
  } else {
    reader.skip(4);
  }
  if (!reader.ok() || !read_account(reader, packet)) return std::nullopt;
  return packet;
}

/// A command's name has a dot in it and no other mark but '_'; empty if this is none.
std::string command_of(Bytes name) {
  const std::string_view text = as_text(name);
  const bool marks = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_';
  });
  if (!marks || text.size() < 5 || text.size() > kCommandAtMost) return {};
  return text.find('.') == std::string_view::npos ? std::string() : std::string(text);
}

/// The command in the head of a clear payload, of which three forms are known; empty if there is
/// none.
std::string read_command(Bytes payload) {
  ByteReader whole(payload);
  const Bytes head = counted(whole);
  if (!whole.ok()) return {};
  ByteReader simple(head);  // a client's 0B: the command at once
  std::string command = command_of(counted(simple));
  if (!command.empty()) return command;
  ByteReader answer(head);  // a server's: sequence, code, a text
  answer.skip(8);
  counted(answer);
  command = command_of(counted(answer));
  if (!command.empty()) return command;
  ByteReader login(head);  // a client's 0A: sequence, two identifiers, twelve octets, a ticket
  login.skip(24);
  counted(login);
  return command_of(counted(login));
}

class QqSso : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& side = sides_[index(direction)];
    if (over_ || side.lost) return;
    const Bytes view = side.input.append(octets);
    size_t used = 0;
    while (!over_) {
      const size_t step = next(direction, view.subspan(used), side.input.offset() + used, findings);
      if (step == 0) break;
      used += step;
    }
    side.input.consume(over_ ? view.size() : used);
  }

  void gap(Direction direction, uint64_t, Findings& findings) override {
    sides_[index(direction)].lost = true;
    if (sides_[0].lost && sides_[1].lost) finish(findings);
  }

 private:
  struct Side {
    InputBuffer input;
    bool lost = false;
    uint32_t left = 0;  ///< octets of a packet that is passed over
    int packets = 0;
  };

  /// Octets used from the start of `view`, 0 if more are needed.
  size_t next(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    Side& side = sides_[index(direction)];
    if (side.left > 0) {
      const size_t step = std::min<size_t>(side.left, view.size());
      side.left -= static_cast<uint32_t>(step);
      return step;
    }
    ByteReader reader(view);
    const uint32_t length = reader.be32();
    if (!reader.ok()) return 0;
    if (length < kShortest || length > kLongest) return give_up(findings);
    const size_t wanted = std::min<size_t>(length, kKeptAtMost);
    if (view.size() < wanted) return check_start(view, findings);
    const std::optional<Packet> packet =
        read_packet(direction, view.subspan(kLength, wanted - kLength));
    if (!packet) return give_up(findings);
    ++side.packets;
    take(*packet, length <= wanted, {direction, offset, view.first(kFixed)}, findings);
    side.left = length - static_cast<uint32_t>(wanted);
    return over_ ? view.size() : wanted;
  }

  /// Refutes early what does not begin like a packet, before it is kept.
  size_t check_start(Bytes view, Findings& findings) {
    ByteReader reader(view);
    reader.skip(kLength);
    const uint32_t type = reader.be32();
    const uint8_t sealing = reader.u8();
    if (reader.ok() && (!is_type(type) || sealing > kZeroKey)) give_up(findings);
    return 0;
  }

  void take(const Packet& packet, bool whole, const Place& place, Findings& findings) {
    if (whole && packet.sealing != kSession) open(packet, place, findings);
    if (account_.empty()) account_ = packet.account;
    same_account_ = same_account_ && (packet.account == account_ || packet.account == "0");
    findings.confirm(
        Strength::strong, "packet", place,
        "a packet of QQ's: its length, a type, an account in digits, every length fits");
    const int up = sides_[0].packets, down = sides_[1].packets;
    if (up > 0 && down > 0 && up + down > kPacketsForProof && same_account_ && !over_) {
      findings.confirm(
          Strength::proof, "packets", place,
          "packets of QQ's from both sides, each where the one before ends, of one account");
      finish(findings);
    }
    if (!over_ && up + down >= kPacketsAtMost) finish(findings);
  }

  void open(const Packet& packet, const Place& place, Findings& findings) {
    std::string command;
    if (packet.sealing == kZeroKey) {
      const auto opened = open_qq_tea(packet.payload, QqTeaKey{});
      if (!opened) return;
      command = read_command(*opened);
      findings.confirm(Strength::proof, "zero-key", place,
                       "QQ-TEA under a key of zeros opens a packet of QQ's");
    } else {
      command = read_command(packet.payload);
      if (command.empty()) return;
      findings.confirm(Strength::proof, "command", place,
                       "a whole packet of QQ's in clear, its command named where its lengths say");
    }
    if (!command.empty() && !named_) findings.note("qq.command", command);
    named_ = named_ || !command.empty();
  }

  size_t give_up(Findings& findings) {
    if (sides_[0].packets + sides_[1].packets > 0) return finish(findings);
    over_ = true;
    findings.refute("no packet of QQ's");
    return 0;
  }
  size_t finish(Findings& findings) {
    over_ = true;
    findings.finish();
    return 0;
  }

  Side sides_[2];
  std::string account_;
  bool same_account_ = true;
  bool named_ = false;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kQqSso;
const ParserModule kQqSso{"qq_sso", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                            return std::make_unique<QqSso>();
                          }};

}  // namespace parlance
