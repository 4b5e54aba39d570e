// MSRP, the messages of a SIP session (RFC 4975; in WebSocket RFC 7977): a start line "MSRP id
// SEND", To-Path first and From-Path second, and an end line of seven hyphens, the same id and one
// of $ + #. Bodies and the users in paths are never shown. Where a capture begins inside a message,
// or behind a hole, reading goes on behind the next end line.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/input_buffer.h"
#include "protocols/parser.h"

namespace parlance {
namespace {

constexpr int kMessagesAtMost = 200;
constexpr int kSeeksAtMost = 64;
constexpr size_t kHeadAtMost = 2048;       // octets from the start line to the end of From-Path
constexpr size_t kMessageAtMost = 131072;  // searched for the end line
constexpr size_t kEndLineAtMost = 48;      // hyphens, identifier, flag and CRLF
constexpr std::string_view kName = "MSRP ";
constexpr std::string_view kHyphens = "-------";

bool is_flag(char c) {
  return c == '$' || c == '+' || c == '#';
}

bool is_identifier(std::string_view text) {
  return text.size() >= 4 && text.size() <= 32 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

/// The next line of `text` from `position` on, which moves behind its CRLF; not whole: `position`
/// becomes npos.
std::string_view take_line(std::string_view text, size_t& position) {
  const size_t end = position == text.npos ? text.npos : text.find("\r\n", position);
  const std::string_view line =
      end == text.npos ? std::string_view{} : text.substr(position, end - position);
  position = end == text.npos ? text.npos : end + 2;
  return line;
}

bool is_path(std::string_view line, std::string_view name) {
  if (line.substr(0, name.size()) != name) return false;
  const std::string_view uri = line.substr(name.size());
  return uri.substr(0, 7) == "msrp://" || uri.substr(0, 8) == "msrps://";
}

/// What stands behind the start line's identifier: a method or a status.
bool is_kind(std::string_view text) {
  const std::string_view word = text.substr(0, text.find(' '));
  return word == "SEND" || word == "REPORT" || word == "AUTH" || word == "NICKNAME" ||
         (word.size() == 3 &&
          std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

class Msrp : public Parser {
 public:
  explicit Msrp(bool midstream) : partial_(midstream) {}

  void data(Direction direction, Bytes octets, Findings& findings) override {
    Side& side = sides_[index(direction)];
    if (over_ || side.lost) return;
    const Bytes view = side.input.append(octets);
    size_t used = 0;
    while (!over_ && !side.lost) {
      const Place place{direction, side.input.offset() + used, view.subspan(used)};
      const size_t step = side.seeking              ? seek(side, place, findings)
                          : side.identifier.empty() ? read_head(side, place, findings)
                                                    : read_end(side, place, findings);
      if (step == 0) break;
      used += step;
    }
    side.input.consume(over_ || side.lost ? view.size() : used);
  }

  void gap(Direction direction, uint64_t length, Findings&) override {
    Side& side = sides_[index(direction)];
    partial_ = true;
    if (over_ || side.lost) return;
    side.input.skip_gap(length);
    side.identifier.clear();
    side.seeking = true;
  }

 private:
  struct Side {
    InputBuffer input;
    std::string identifier;  ///< of the message whose end is awaited
    size_t searched = 0;
    size_t passed = 0;     ///< octets in which no end line was found
    bool seeking = false;  ///< for the next end line
    int sought = 0;        ///< end lines
    bool lost = false;
  };

  /// Passes over what is left of a message whose beginning is not known.
  size_t seek(Side& side, const Place& place, Findings& findings) {
    const std::string_view text = as_text(place.octets);
    size_t at = 0;
    while ((at = text.find(kHyphens, at)) != text.npos) {
      const size_t end = text.find("\r\n", at);
      if (end == text.npos) break;
      if (end - at > kEndLineAtMost) {  // nearer than that it may begin
        at = end - kEndLineAtMost;
        continue;
      }
      if (end > at + kHyphens.size() && is_flag(text[end - 1]) &&
          is_identifier(text.substr(at + kHyphens.size(), end - 1 - at - kHyphens.size()))) {
        side.seeking = false;
        side.passed = 0;
        if (++side.sought > kSeeksAtMost) return lose(side, findings);
        return end + 2;
      }
      ++at;
    }
    // A part of the line may be there already.
    const size_t kept = std::min(text.size(), kEndLineAtMost);
    const size_t used = text.size() - kept;
    side.passed += used;
    return side.passed > kMessageAtMost ? lose(side, findings) : used;
  }

  /// Octets used, 0 if more are needed or the side is lost.
  size_t read_head(Side& side, const Place& place, Findings& findings) {
    const std::string_view text = as_text(place.octets);
    if (text.substr(0, kName.size()) != kName.substr(0, text.size())) {
      if (!partial_ || side.passed > 0) return lose(side, findings);
      side.seeking = true;
      return seek(side, place, findings);
    }
    // Three lines make a head: no use in taking fewer apart at each delivery.
    if (std::count(text.begin(), text.end(), '\n') < 3) {
      return text.size() > kHeadAtMost ? lose(side, findings) : 0;
    }
    size_t position = 0;
    const std::string_view start = take_line(text, position);
    const std::string_view to = take_line(text, position);
    const std::string_view from = take_line(text, position);
    if (position == text.npos) return text.size() > kHeadAtMost ? lose(side, findings) : 0;
    const std::string_view rest = start.substr(kName.size());
    const size_t space = std::min(rest.find(' '), rest.size());
    const bool fits = is_identifier(rest.substr(0, space)) && space + 1 < rest.size() &&
                      is_kind(rest.substr(space + 1)) && is_path(to, "To-Path: ") &&
                      is_path(from, "From-Path: ");
    if (!fits) return lose(side, findings);
    side.identifier = rest.substr(0, space);
    side.searched = 0;
    confirm_start(rest.substr(space + 1), {place.direction, place.offset, as_bytes(start)},
                  findings);
    return position - 2;  // the end line may follow at once; its search begins at a line end
  }

  void confirm_start(std::string_view kind, const Place& place, Findings& findings) {
    findings.count("msrp.messages");
    if (messages_++ > 0) return;
    findings.confirm(Strength::strong, "message-head", place,
                     fmt::format("an MSRP {} message with To-Path and From-Path in their places",
                                 kind.substr(0, kind.find(' '))));
  }

  void confirm_end(const Place& place, Findings& findings) {
    if (!proven_) {
      findings.confirm(Strength::proof, "message", place,
                       "an MSRP message whose end line repeats the identifier of its start line");
    }
    proven_ = true;
    if (messages_ < kMessagesAtMost) return;
    over_ = true;
    findings.finish();
  }

  size_t read_end(Side& side, const Place& place, Findings& findings) {
    const std::string end_line = fmt::format("\r\n{}{}", kHyphens, side.identifier);
    const std::string_view text = as_text(place.octets);
    const size_t found = text.find(end_line, side.searched);
    const size_t whole = found + end_line.size() + 3;  // the flag and CRLF
    if (found == text.npos || whole > text.size()) {
      if (text.size() > kMessageAtMost) return lose(side, findings);
      const size_t kept = std::min(found, text.size() - std::min(text.size(), end_line.size()));
      side.searched = kept;
      return 0;
    }
    if (!is_flag(text[whole - 3])) return lose(side, findings);
    confirm_end({place.direction, place.offset + found + 2,
                 place.octets.subspan(found + 2, end_line.size() - 1)},
                findings);
    side.identifier.clear();
    return whole;
  }

  size_t lose(Side& side, Findings& findings) {
    side.lost = true;
    if ((proven_ || partial_) && !(sides_[0].lost && sides_[1].lost)) return 0;
    over_ = true;
    if (messages_ > 0) {
      findings.finish();
    } else {
      findings.refute("no MSRP message");
    }
    return 0;
  }

  Side sides_[2];
  int messages_ = 0;
  bool partial_;  ///< the beginning was not captured, or octets are missing
  bool proven_ = false;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kMsrp;
const ParserModule kMsrp{"msrp", Unit::bytes, [](const Start& start) -> std::unique_ptr<Parser> {
                           return std::make_unique<Msrp>(start.midstream);
                         }};

}  // namespace parlance
