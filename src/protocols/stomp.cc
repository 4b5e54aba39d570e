// STOMP 1.0 to 1.2 (stomp.github.io), on TCP, inside TLS and inside WebSocket: frames of a command
// line, header lines, a blank line, a body, and a NUL. Between frames line ends are heart-beats.
//
//   client: CONNECT|STOMP \n accept-version:1.2 \n host:… \n \n NUL
//   server: CONNECTED \n version:1.2 \n \n NUL
//
// HTTP has a CONNECT too, followed by a space. Values of headers other than version are not given
// out: login and passcode are among them.
#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "base/input_buffer.h"
#include "base/text.h"
#include "protocols/parser.h"

namespace parlance {
namespace {

constexpr size_t kFrames = 64;         // of both directions, then everything is known
constexpr size_t kFramesInChain = 2;   // without a CONNECT, for a late capture
constexpr size_t kCommandOctets = 16;  // of a command line

constexpr std::array<std::string_view, 11> kClientCommands = {
    "CONNECT", "STOMP", "SEND",   "SUBSCRIBE", "UNSUBSCRIBE", "ACK",
    "NACK",    "BEGIN", "COMMIT", "ABORT",     "DISCONNECT"};
constexpr std::array<std::string_view, 4> kServerCommands = {"CONNECTED", "MESSAGE", "RECEIPT",
                                                             "ERROR"};

struct Head {
  std::string command;  ///< upper case; some servers send lower
  std::string version;
  bool accept_version = false, login = false, host = false;
  bool destination = false, message_id = false, id = false;
  bool has_length = false;
  uint64_t length = 0;
  size_t fields = 0;
};

std::string to_upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return result;
}

bool is_client_command(std::string_view word) {
  return std::find(kClientCommands.begin(), kClientCommands.end(), word) != kClientCommands.end();
}
bool is_server_command(std::string_view word) {
  return std::find(kServerCommands.begin(), kServerCommands.end(), word) != kServerCommands.end();
}
/// True if `text` may be the start of a command line.
bool may_be_command(std::string_view text) {
  const std::string upper = to_upper(text);
  const auto starts = [&](std::string_view each) { return each.starts_with(upper); };
  return std::any_of(kClientCommands.begin(), kClientCommands.end(), starts) ||
         std::any_of(kServerCommands.begin(), kServerCommands.end(), starts);
}

bool is_version(std::string_view text) {
  return !text.empty() && text.size() <= 8 && std::all_of(text.begin(), text.end(), [](char c) {
    return c == '.' || (c >= '0' && c <= '9');
  });
}

std::optional<uint64_t> read_number(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  return value;
}

/// Takes a header line in; false if it is none.
bool take_header(Head& head, std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view name = line.substr(0, colon), value = line.substr(colon + 1);
  head.accept_version |= name == "accept-version";
  head.login |= name == "login" || name == "passcode";
  head.host |= name == "host";
  head.destination |= name == "destination";
  head.message_id |= name == "message-id";
  head.id |= name == "id" || name == "subscription" || name == "transaction" || name == "receipt" ||
             name == "receipt-id";
  if (name == "version" && is_version(value)) head.version = value;
  if (name == "content-length" && !head.has_length) {  // the first of a name counts
    const auto number = read_number(trim(value));
    if (!number) return false;
    head.has_length = true;
    head.length = *number;
  }
  return true;
}

class Stomp : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    Side& mine = sides_[index(direction)];
    const Bytes view = mine.input.append(octets);
    size_t used = 0;
    while (used < view.size() && !over_) {
      const size_t length =
          step(direction, view.subspan(used), mine.input.offset() + used, findings);
      if (length == 0) break;
      used += length;
    }
    mine.input.consume(over_ ? view.size() : used);
  }

  /// Where a frame begins after a hole cannot be told from its body.
  void gap(Direction, uint64_t, Findings& findings) override {
    over_ = true;
    findings.finish();
  }

 private:
  enum class State : uint8_t { command, header, counted_body, body };
  struct Side {
    InputBuffer input;
    State state = State::command;
    size_t searched = 0;  // octets of the unfinished line that hold no line end
    uint64_t frame_offset = 0;
    std::string command_line;  // as it was sent
    Head head;
    uint64_t left = 0;  // octets of a counted body
    size_t frames = 0;  // whole, with the headers that their commands need
    size_t header_octets = 0;
    bool greeted = false;
  };

  size_t step(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    Side& mine = sides_[index(direction)];
    switch (mine.state) {
      case State::command:
        return read_command(direction, view, offset, findings);
      case State::header:
        return read_header(mine, view, findings);
      case State::counted_body: {
        const size_t length = static_cast<size_t>(std::min<uint64_t>(mine.left, view.size()));
        mine.left -= length;
        if (mine.left > 0 || length == view.size()) return length;
        if (view[length] != 0) return refuse("a body that is not followed by NUL", findings);
        end_frame(direction, findings);
        return length + 1;
      }
      case State::body:
        break;
    }
    const size_t end = as_text(view).find('\0');
    if (end == std::string_view::npos) return view.size();
    end_frame(direction, findings);
    return end + 1;
  }

  size_t read_command(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    Side& mine = sides_[index(direction)];
    if (view[0] == '\n' || (view[0] == '\r' && view.size() > 1 && view[1] == '\n')) return 1;
    const std::string_view head = as_text(first_of(view, kCommandOctets));
    size_t end = head.find('\n');
    const bool whole = end != std::string_view::npos;
    std::string_view line = head.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!may_be_command(line)) return refuse("no frame starts with that", findings);
    if (!whole) {
      return head.size() == kCommandOctets ? refuse("no command ends there", findings) : 0;
    }
    const std::string command = to_upper(line);
    if (!is_client_command(command) && !is_server_command(command)) {
      return refuse("no command of STOMP", findings);
    }
    mine.frame_offset = offset;
    mine.command_line = line;
    mine.head = {};
    mine.head.command = command;
    mine.header_octets = 0;
    mine.searched = 0;
    mine.state = State::header;
    return end + 1;
  }

  size_t read_header(Side& mine, Bytes view, Findings& findings) {
    const size_t end = as_text(view).find('\n', mine.searched);
    if (end == std::string_view::npos) {
      mine.searched = view.size();
      if (view.size() <= findings.limits().line_octets) return 0;
      return refuse("an endless header line", findings);
    }
    mine.searched = 0;
    std::string_view line = as_text(view.first(end));
    if (line.ends_with('\r')) line.remove_suffix(1);
    mine.header_octets += end + 1;
    if (line.empty()) {
      mine.left = mine.head.length;
      mine.state = mine.head.has_length ? State::counted_body : State::body;
      return end + 1;
    }
    if (!take_header(mine.head, line) || line.find('\0') != std::string_view::npos) {
      return refuse("a header line without a colon", findings);
    }
    if (++mine.head.fields > findings.limits().header_fields ||
        mine.header_octets > findings.limits().header_block_octets) {
      return refuse("headers above the limit", findings);
    }
    return end + 1;
  }

  void end_frame(Direction direction, Findings& findings) {
    Side& mine = sides_[index(direction)];
    mine.state = State::command;
    const Place place{direction, mine.frame_offset, as_bytes(mine.command_line)};
    const Head& head = mine.head;
    if (head.command == "CONNECT" || head.command == "STOMP") {
      say_greeting(direction, "connect-frame", place, head.accept_version, findings);
    } else if (head.command == "CONNECTED") {
      if (!head.version.empty()) findings.note("stomp.version", head.version);
      say_greeting(direction, "connected-frame", place, false, findings);
    } else if (has_its_headers(head) && ++mine.frames == kFramesInChain && !is_proven_) {
      findings.confirm(Strength::strong, "frames", place,
                       "whole STOMP frames in a row, with the headers that they need");
      is_confirmed_ = true;
    }
    if (++frames_ >= kFrames) {
      over_ = true;
      if (!is_confirmed_) return findings.refute("frames without the headers that they need");
      findings.finish();
    }
  }

  /// A frame that opens the conversation. `distinct`: its headers are no other protocol's.
  void say_greeting(Direction direction, std::string_view what, const Place& place, bool distinct,
                    Findings& findings) {
    Side& mine = sides_[index(direction)];
    if (mine.greeted) return;
    mine.greeted = true;
    const bool both = sides_[index(opposite(direction))].greeted;
    const bool proven = both || distinct;
    is_proven_ |= proven;
    is_confirmed_ = true;
    findings.confirm(proven ? Strength::proof : Strength::strong, what, place,
                     both ? "whole STOMP frames open the conversation on both sides"
                          : "a whole STOMP frame opens the conversation");
  }

  static bool has_its_headers(const Head& head) {
    if (head.command == "SEND" || head.command == "SUBSCRIBE") return head.destination;
    if (head.command == "MESSAGE") return head.destination && head.message_id;
    return head.id || head.message_id;
  }

  size_t refuse(std::string_view reason, Findings& findings) {
    over_ = true;
    if (is_proven_) {
      findings.finish();
    } else {
      findings.refute(reason);
    }
    return 0;
  }

  Side sides_[2];
  size_t frames_ = 0;
  bool is_confirmed_ = false, is_proven_ = false;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kStomp;
const ParserModule kStomp{
    .name = "stomp", .unit = Unit::bytes, .make = [](const Start&) -> std::unique_ptr<Parser> {
      return std::make_unique<Stomp>();
    }};

}  // namespace parlance
