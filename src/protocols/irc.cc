// IRC (RFC 1459, RFC 2812, the IRCv3 extensions), on TCP, inside TLS, and inside WebSocket, where a
// message is a line and the line's end may be left out. A client registers with NICK and USER, or
// negotiates with CAP first; the server's lines carry a prefix, most of them a number:
//
//   client: NICK wiz \r\n USER wiz 0 * :Real Name \r\n
//   server: :irc.example.org 001 wiz :Welcome …
//
// PASS and USER alone are FTP's and POP3's as well, STARTTLS alone is everybody's, and numbers
// without a prefix are not IRC's. After STARTTLS is answered with 670 TLS begins at the next octet.
// Text of conversations and passwords are neither kept nor given out.
#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "base/input_buffer.h"
#include "base/text.h"
#include "model/call_signs.h"
#include "protocols/parser.h"
#include "protocols/support/irc_dcc_offer.h"
#include "protocols/support/irc_line.h"

namespace parlance {
namespace {

constexpr size_t kLines = 256;  // of both directions; read before the parser stops
constexpr size_t kStrange = 3;  // lines at the start of a late capture that may be cut off
constexpr size_t kServerOctets = 128;
constexpr uint8_t kTlsHandshake = 0x16;

/// Commands that no other line protocol has.
constexpr std::array<std::string_view, 16> kOwn = {
    "ISON",   "JOIN",  "KICK",    "MONITOR", "NAMES",    "OPER",    "PART", "PONG",
    "TAGMSG", "TOPIC", "SETNAME", "WEBIRC",  "USERHOST", "WALLOPS", "WHO",  "WHOIS"};
/// Commands that others have too.
constexpr std::array<std::string_view, 28> kShared = {
    "ADMIN",  "AUTHENTICATE", "AWAY",     "CAPAB",  "ERROR",  "HELP",    "INFO",
    "INVITE", "LINKS",        "LIST",     "LUSERS", "MAP",    "MODE",    "MOTD",
    "PASS",   "PING",         "PROTOCTL", "QUIT",   "SERVER", "SERVICE", "STARTTLS",
    "STATS",  "SUMMON",       "TIME",     "TRACE",  "USERS",  "VERSION", "WHOWAS"};

bool is_one_of(std::span<const std::string_view> known, std::string_view command) {
  return std::find(known.begin(), known.end(), command) != known.end();
}

bool is_channel(std::string_view name) {
  return name.size() > 1 && (name[0] == '#' || name[0] == '&' || name[0] == '+' || name[0] == '!');
}

bool is_capability_command(std::string_view word) {
  constexpr std::array<std::string_view, 8> kWords = {"LS",  "LIST", "REQ", "ACK",
                                                      "NAK", "END",  "NEW", "DEL"};
  std::string upper(word);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return is_one_of(kWords, upper);
}

class Irc : public Parser {
 public:
  explicit Irc(const Start& start)
      : message_is_line_(start.unit == Unit::message), midstream_(start.midstream) {}

  void data(Direction direction, Bytes octets, Findings& findings) override;
  void gap(Direction direction, uint64_t length, Findings& findings) override;

 private:
  struct Side {
    InputBuffer input;
    size_t searched = 0;    // octets of the unfinished line that hold no line end
    bool skipping = false;  // to the next line's start
    bool tls = false;       // handed to the inner channel
    bool asked_tls = false;
    size_t lines = 0, strange = 0;
    // What its lines were.
    bool nick = false, user = false, full_user = false, capabilities = false;
    size_t own = 0;  // commands of IRC alone
    size_t server_lines = 0, user_lines = 0;
  };
  Side& side(Direction direction) { return sides_[index(direction)]; }

  size_t read_line(Direction direction, Bytes view, uint64_t offset, Findings& findings);
  void take(Direction direction, Bytes octets, uint64_t offset, Findings& findings);
  bool take_prefixed(Side& mine, const IrcLine& line, const Place& place, Findings& findings);
  bool take_command(Side& mine, const IrcLine& line, const Place& place, Findings& findings);
  void take_starttls(Direction direction, const IrcLine& line, const Place& place,
                     Findings& findings);
  void judge(Direction direction, const Place& place, Findings& findings);
  void strange(Side& mine, std::string_view reason, Findings& findings);
  void say(Strength strength, std::string_view what, const Place& place, std::string_view text,
           Findings& findings);
  void start_tls(Direction direction, Findings& findings);
  void pass_on(Direction direction, Bytes octets, Findings& findings);

  Side sides_[2];
  std::array<std::string_view, 8> said_{};
  size_t said_count_ = 0;
  Strength best_ = Strength::none;
  std::optional<ChannelId> inner_;
  bool message_is_line_;
  bool midstream_;
  bool over_ = false;
};

void Irc::data(Direction direction, Bytes octets, Findings& findings) {
  Side& mine = side(direction);
  if (over_) return;
  if (mine.tls) return pass_on(direction, octets, findings);
  const Bytes view = mine.input.append(octets);
  size_t used = 0;
  while (used < view.size() && !over_ && !mine.tls) {
    const size_t length =
        read_line(direction, view.subspan(used), mine.input.offset() + used, findings);
    if (length == 0) break;
    used += length;
  }
  if (mine.tls && !over_) {
    pass_on(direction, view.subspan(used), findings);
    used = view.size();
  }
  mine.input.consume(over_ ? view.size() : used);
  if (!over_ && sides_[0].lines + sides_[1].lines >= kLines) {
    over_ = true;
    if (best_ == Strength::none) return findings.refute("many lines, none of them IRC's own");
    findings.finish();
  }
}

/// The octets of the line at the front of `view`, its end included; 0 if its end has not come.
size_t Irc::read_line(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
  Side& mine = side(direction);
  if (view[0] == kTlsHandshake && (mine.asked_tls || inner_)) {
    start_tls(direction, findings);
    return 0;
  }
  size_t end = as_text(view).find('\n', mine.searched);
  const bool found = end != std::string_view::npos;
  if (!found && !message_is_line_) {
    mine.searched = view.size();
    if (view.size() <= findings.limits().line_octets) return 0;
    if (!mine.skipping) strange(mine, "a line longer than any of IRC", findings);
    mine.skipping = true;
    mine.searched = 0;
    return view.size();
  }
  if (!found) end = view.size();
  mine.searched = 0;
  if (!mine.skipping) take(direction, view.first(end), offset, findings);
  mine.skipping = false;
  return found ? end + 1 : end;
}

void Irc::take(Direction direction, Bytes octets, uint64_t offset, Findings& findings) {
  Side& mine = side(direction);
  while (!octets.empty() && octets.back() == '\r') octets = octets.first(octets.size() - 1);
  if (as_text(octets).find_first_not_of(' ') == std::string_view::npos) return;
  ++mine.lines;
  const auto line = read_irc_line(as_text(octets));
  if (!line) return strange(mine, "a line that is not IRC's", findings);
  // Parameters may be passwords and what people say to each other: the evidence ends before them.
  const Place place{direction, offset, octets.first(line->head)};
  const bool known = line->prefix.empty() ? take_command(mine, *line, place, findings)
                                          : take_prefixed(mine, *line, place, findings);
  if (!known) return strange(mine, "a command that IRC does not have", findings);
  take_starttls(direction, *line, place, findings);
  if (!over_) judge(direction, place, findings);
  if (best_ == Strength::none || line->command != "PRIVMSG") return;  // anybody may write such a line
  if (const auto offer = read_irc_dcc_offer(line->parameter(1))) {
    findings.call_sign(announcement_sign(*offer, "irc-dcc"));
  }
}

/// A line with a prefix: a server's own, or one that it passes on for a user.
bool Irc::take_prefixed(Side& mine, const IrcLine& line, const Place& place, Findings& findings) {
  if (line.count == 0 && line.tags.empty()) return false;
  if (line.from_user()) {
    ++mine.user_lines;
    // The prefix names a person and often an address: the command behind it is shown.
    const size_t before = place.octets.size() - line.command.size();
    const Place shown{place.direction, place.offset + before, place.octets.subspan(before)};
    say(Strength::strong, "user-line", shown, "a line that a server passes on for nick!user@host",
        findings);
    return true;
  }
  const bool is_server_line = line.is_numeric() || line.command == "NOTICE" ||
                              line.command == "CAP" || line.command == "AUTHENTICATE";
  if (!is_server_line) return true;  // its prefix alone is no evidence
  ++mine.server_lines;
  if (mine.server_lines == 1 && line.prefix.size() <= kServerOctets) {
    findings.note("irc.server", to_valid_utf8(as_bytes(line.prefix)));
  }
  say(Strength::strong, "server-line", place,
      "a server's line: its name, then a number or a notice", findings);
  return true;
}

/// A line without a prefix: a client's, or one of the few that servers send so.
bool Irc::take_command(Side& mine, const IrcLine& line, const Place& place, Findings& findings) {
  if (line.is_numeric()) return false;  // FTP, SMTP, NNTP
  const std::string_view command = line.command;
  if (command == "NICK") {
    mine.nick |= line.count > 0;
  } else if (command == "USER") {
    mine.user |= line.count > 0;
    mine.full_user |= line.count >= 4;
  } else if (command == "CAP") {
    if (!is_capability_command(line.parameter(0))) return false;
    mine.capabilities = true;
    say(Strength::strong, "capabilities", place, "a client negotiates capabilities of IRC",
        findings);
  } else if (command == "PRIVMSG") {
    if (line.count < 2) return false;
    ++mine.own;
    say(Strength::strong, "message", place, "a message to a channel or a person", findings);
  } else if (command == "NOTICE") {
    // "NOTICE AUTH :*** Looking up your hostname" is what older servers greet with.
    if (line.count < 2) return false;
    if (line.parameter(0) == "AUTH") {
      ++mine.server_lines;
      say(Strength::strong, "server-line", place, "a server's greeting", findings);
    }
  } else if (is_one_of(kOwn, command)) {
    if (line.count == 0) return false;
    if (command == "JOIN" && !is_channel(line.parameter(0)) && best_ == Strength::none) return true;
    ++mine.own;
  } else {
    return is_one_of(kShared, command);
  }
  return true;
}

void Irc::take_starttls(Direction direction, const IrcLine& line, const Place& place,
                        Findings& findings) {
  if (line.command == "STARTTLS" && line.prefix.empty()) side(direction).asked_tls = true;
  if (line.command != "670" || !side(opposite(direction)).asked_tls) return;
  say(Strength::proof, "starttls", place, "the server agrees to TLS that the client asked for",
      findings);
  start_tls(direction, findings);
}

void Irc::judge(Direction direction, const Place& place, Findings& findings) {
  const Side& mine = side(direction);
  const Side& other = side(opposite(direction));
  if (mine.nick && mine.user) {
    say(Strength::strong, "registration", place, "a client registers with NICK and USER", findings);
  }
  if (mine.own >= 2) {
    say(Strength::strong, "commands", place, "several commands that only IRC has", findings);
  }
  const auto is_client = [](const Side& each) {
    return each.nick || each.capabilities || each.full_user || each.own >= 2;
  };
  const auto is_server = [](const Side& each) {
    return each.server_lines > 0 || each.user_lines > 1;
  };
  if ((is_client(mine) && is_server(other)) || (is_client(other) && is_server(mine))) {
    say(Strength::proof, "conversation", place,
        "a client's commands on one side, a server's lines on the other", findings);
  }
}

/// A line that is not IRC's refutes it, unless that it is IRC is known already (people send
/// anything) or the capture began late and the line may have been cut.
void Irc::strange(Side& mine, std::string_view reason, Findings& findings) {
  if (best_ != Strength::none) return;
  if (midstream_ && ++mine.strange < kStrange) return;
  over_ = true;
  findings.refute(reason);
}

void Irc::say(Strength strength, std::string_view what, const Place& place, std::string_view text,
              Findings& findings) {
  const auto end = said_.begin() + static_cast<ptrdiff_t>(said_count_);
  if (std::find(said_.begin(), end, what) != end || said_count_ == said_.size()) return;
  said_[said_count_++] = what;
  best_ = std::max(best_, strength);
  findings.confirm(strength, what, place, std::string(text));
}

void Irc::start_tls(Direction direction, Findings& findings) {
  if (!inner_) {
    inner_ = findings.open_as("tls", Carrier::tcp, Unit::bytes, {});
    findings.note("irc.tls", std::string("started"));
  }
  side(direction).tls = true;
}

void Irc::pass_on(Direction direction, Bytes octets, Findings& findings) {
  if (octets.empty()) return;
  findings.deliver(*inner_, direction, octets);
  if (findings.listening(*inner_)) return;
  over_ = true;
  findings.finish();
}

/// What is left of the line after the hole is passed over.
void Irc::gap(Direction direction, uint64_t length, Findings& findings) {
  Side& mine = side(direction);
  if (over_) return;
  if (mine.tls) return findings.deliver_gap(*inner_, direction, length);
  mine.input.skip_gap(length);
  mine.searched = 0;
  mine.skipping = !message_is_line_;
}

}  // namespace

extern const ParserModule kIrc;
const ParserModule kIrc{
    .name = "irc", .unit = Unit::bytes, .make = [](const Start& start) -> std::unique_ptr<Parser> {
      return std::make_unique<Irc>(start);
    }};

}  // namespace parlance
