// TeamSpeak 3, 5 and 6 in datagrams (ReSpeak's ts3protocol.md). Each begins with eight octets of an
// authentication code and ends its header with a kind; the client says its number in between:
//
//   client  mac[8]  id16  client16  kind8  …        server  mac[8]  id16  kind8  …
//
// Five messages ("TS3INIT1" for a code) pose and solve a puzzle, each repeating what the one before
// had. The first commands are sealed with EAX under a key that everybody knows; their codes can be
// verified. Later ones cannot, but pings are answered with their number, and the code of what is
// not encrypted is the same for both sides.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "protocols/support/eax.h"
#include "protocols/support/message_verifier.h"

namespace parlance {
namespace {

constexpr std::string_view kInit = "TS3INIT1";
constexpr std::string_view kKey = "c:\\windows\\syste", kNonce = "m\\firewall32.cpl";
constexpr uint16_t kInitId = 101;
constexpr uint8_t kCommand = 2, kPing = 4, kPong = 5, kAck = 6, kInitKind = 0x88;
constexpr uint8_t kKindBits = 0x0f, kUnencrypted = 0x80, kCompressed = 0x40, kNewProtocol = 0x20;
constexpr size_t kMacOctets = 8, kDatagramOctetsAtMost = 500;
constexpr int kSealedAtMost = 12;  // tried to open: each costs some microseconds
constexpr int kPingsForProof = 3, kDatagramsAtMost = 200, kOthersAtMost = 40;

/// One of the five, by its parts; those that it has not are empty.
struct Init {
  uint8_t step = 0;
  Bytes random;  ///< 0: as made; 1, 2: reversed
  Bytes ticket;  ///< 1, 2: of 16 octets
  Bytes puzzle;  ///< 3, 4: of 232 octets: x, n, level, ticket
  bool exact = false;
};

Init read_init(Direction direction, ByteReader reader) {
  Init init;
  const bool client = direction == Direction::to_server;
  if (client) reader.skip(4);  // version
  init.step = reader.u8();
  switch (init.step) {
    case 0: {
      reader.skip(4);  // time
      init.random = reader.bytes(4);
      const Bytes zeros = reader.bytes(8);
      init.exact =
          client && std::all_of(zeros.begin(), zeros.end(), [](uint8_t c) { return c == 0; });
      break;
    }
    case 1:
    case 2:
      init.ticket = reader.bytes(16);
      init.random = reader.bytes(4);
      init.exact = client == (init.step == 2);
      break;
    case 3:
      init.puzzle = reader.bytes(64 + 64 + 4 + 100);
      init.exact = !client;
      break;
    case 4: {
      init.puzzle = reader.bytes(64 + 64 + 4 + 100);
      reader.skip(64);  // what solves it
      const std::string_view command = as_text(reader.bytes(reader.remaining()));
      init.exact = client && command.starts_with("clientinitiv ");
      break;
    }
    default:
      break;
  }
  init.exact = init.exact && reader.ok() && reader.at_end();
  return init;
}

class Teamspeak : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    ++datagrams_;
    if (!take(message, findings)) ++others_;
    const bool foreign = best() == Strength::none && others_ > kOthersAtMost;
    if (foreign || datagrams_ >= kDatagramsAtMost) leave("no datagrams of TeamSpeak", findings);
  }

  struct Ping {
    std::array<uint8_t, kMacOctets> mac{};
    uint16_t id = 0;
  };

  bool take(const Place& place, Findings& findings) {
    const bool client = place.direction == Direction::to_server;
    ByteReader reader(place.octets);
    const Bytes mac = reader.bytes(kMacOctets);
    const uint16_t id = reader.be16();
    const uint16_t number = client ? reader.be16() : uint16_t{0};
    const uint8_t kind = reader.u8();
    if (!reader.ok() || place.octets.size() > kDatagramOctetsAtMost) return false;
    if (as_text(mac) == kInit) {
      return id == kInitId && number == 0 && kind == kInitKind &&
             take_init(read_init(place.direction, reader), place, findings);
    }
    if ((kind & kUnencrypted) != 0) {
      if ((kind & kKindBits) == kPing && reader.at_end())
        return take_ping(place.direction, mac, id);
      return (kind & kKindBits) == kPong && take_pong(mac, reader, place, findings);
    }
    const uint8_t sealed_kind = kind & kKindBits;
    // The first few only: their ids begin with 0.
    const bool first = id <= 3 && number == 0 && (kind & kNewProtocol) != 0;
    if (!first || (sealed_kind != kCommand && sealed_kind != kAck)) return false;
    return take_sealed(mac, place.octets.subspan(kMacOctets, reader.position() - kMacOctets),
                       reader.rest(), place, findings);
  }

  bool take_init(const Init& init, const Place& place, Findings& findings) {
    if (!init.exact) return false;
    const Place shown = head_of(place, 13);
    if (repeats(init)) {
      prove("init-echo", shown, "TS3INIT1 that repeats what the other side sent before", findings);
    } else {
      confirm(Strength::strong, "init", shown, "TS3INIT1, and as many octets as that step has",
              findings);
    }
    if (init.random.size() == random_.size()) {
      std::copy(init.random.begin(), init.random.end(), random_.begin());
      if (init.step == 0) std::reverse(random_.begin(), random_.end());
      has_random_ = true;
    }
    if (init.step == 1) ticket_.assign(init.ticket.begin(), init.ticket.end());
    if (init.step == 3) puzzle_.assign(init.puzzle.begin(), init.puzzle.end());
    return true;
  }

  bool repeats(const Init& init) const {
    if (init.step == 1 || init.step == 2) {
      // The ticket is the server's; without its message there is the random number alone.
      const bool other_ticket = init.step == 2 && !ticket_.empty() &&
                                !std::equal(init.ticket.begin(), init.ticket.end(),
                                            ticket_.begin(), ticket_.end());
      return !other_ticket && has_random_ && std::equal(init.random.begin(), init.random.end(), random_.begin());
    }
    return init.step == 4 && !puzzle_.empty() &&
           std::equal(init.puzzle.begin(), init.puzzle.end(), puzzle_.begin(), puzzle_.end());
  }

  bool take_sealed(Bytes mac, Bytes meta, Bytes sealed, const Place& place, Findings& findings) {
    if (++sealed_ > kSealedAtMost) return false;
    const auto plain = open_eax(as_bytes(kKey), as_bytes(kNonce), meta, sealed, mac);
    if (!plain) return false;
    const std::string_view text = as_text(*plain);
    const std::string_view command = (meta.back() & kCompressed) == 0 ? command_of(text) : "";
    if (!command.empty()) findings.note("teamspeak.command", std::string(command));
    prove("public-key", head_of(place, kMacOctets + meta.size()),
          "its code verifies under the key that TeamSpeak's first messages are sealed with",
          findings);
    return true;
  }

  /// What names the command; its parameters are keys.
  static std::string_view command_of(std::string_view text) {
    const std::string_view name =
        text.substr(0, text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"));
    return name.substr(0, 24);
  }

  bool take_ping(Direction direction, Bytes mac, uint16_t id) {
    Ping ping;
    std::copy(mac.begin(), mac.end(), ping.mac.begin());
    ping.id = id;
    pings_[index(direction)] = ping;
    return true;
  }

  bool take_pong(Bytes mac, ByteReader reader, const Place& place, Findings& findings) {
    const uint16_t answered = reader.be16();
    const std::optional<Ping>& ping = pings_[index(opposite(place.direction))];
    if (!reader.ok() || !reader.at_end() || !ping || ping->id != answered) return false;
    if (!std::equal(mac.begin(), mac.end(), ping->mac.begin())) return false;
    constexpr const char* kText =
        "pings answered with their numbers, under one code of eight octets";
    if (++answered_ >= kPingsForProof) {
      prove("pings", place, kText, findings);
    } else {
      confirm(Strength::strong, "ping", place, kText, findings);
    }
    return true;
  }

  std::optional<Ping> pings_[2];  ///< the last of each side
  std::array<uint8_t, 4> random_{};
  bool has_random_ = false;
  std::vector<uint8_t> ticket_, puzzle_;
  int datagrams_ = 0, others_ = 0, sealed_ = 0, answered_ = 0;
};

}  // namespace

extern const ParserModule kTeamspeak;
const ParserModule kTeamspeak{
    "teamspeak", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<Teamspeak>(); }};

}  // namespace parlance
