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
#include "protocols/support/qq_tea.h"
#include "protocols/support/stepping_parser.h"

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

class QqSso : public SteppingParser {
 private:
  size_t step(const Place& at, Findings& findings) override {
    ByteReader reader(at.octets);
    const uint32_t length = reader.be32();
    if (!reader.ok()) return 0;
    if (length < kShortest || length > kLongest) return refuse("no length", findings);
    const size_t wanted = std::min<size_t>(length, kKeptAtMost);
    if (at.octets.size() < wanted) return check_start(at.octets, findings);
    const std::optional<Packet> packet =
        read_packet(at.direction, at.octets.subspan(kLength, wanted - kLength));
    if (!packet) return refuse("no packet of QQ's", findings);
    ++packets_[index(at.direction)];
    take(*packet, length <= wanted, {at.direction, at.offset, at.octets.first(kFixed)}, findings);
    pass_over(at.direction, length - wanted);
    return wanted;
  }

  /// Refutes early what does not begin like a packet, before it is kept.
  size_t check_start(Bytes view, Findings& findings) {
    ByteReader reader(view);
    reader.skip(kLength);
    const uint32_t type = reader.be32();
    const uint8_t sealing = reader.u8();
    if (reader.ok() && (!is_type(type) || sealing > kZeroKey)) {
      return refuse("no type of QQ's", findings);
    }
    return 0;
  }

  void take(const Packet& packet, bool whole, const Place& place, Findings& findings) {
    if (account_.empty()) account_ = packet.account;
    same_account_ = same_account_ && (packet.account == account_ || packet.account == "0");
    confirm(Strength::strong, "packet", place,
            "a packet of QQ's: its length, a type, an account in digits, every length fits",
            findings);
    if (whole && packet.sealing != kSession) open(packet, place, findings);
    const int up = packets_[0], down = packets_[1];
    if (up > 0 && down > 0 && up + down > kPacketsForProof && same_account_) {
      findings.confirm(
          Strength::proof, "packets", place,
          "packets of QQ's from both sides, each where the one before ends, of one account");
      return leave({}, findings);
    }
    if (up + down >= kPacketsAtMost) leave({}, findings);
  }

  /// What opens is said of each packet: not all are under the same key.
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

  int packets_[2] = {0, 0};
  std::string account_;
  bool same_account_ = true;
  bool named_ = false;
};

}  // namespace

extern const ParserModule kQqSso;
const ParserModule kQqSso{"qq_sso", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                            return std::make_unique<QqSso>();
                          }};

}  // namespace parlance
