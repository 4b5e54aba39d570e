// MSNP, the protocol of MSN Messenger (hypothetic.org/docs/msn, Wireshark's packet-msnms.c, and
// real conversations): lines of a command in three capitals and its arguments, most with a
// transaction number that the answer repeats; some end with the length of a payload that follows
// the line.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "protocols/support/frame_chain.h"
#include "protocols/support/recent.h"

namespace parlance {
namespace {

constexpr size_t kLineAtMost = 4096;  // pictures are described in a line
constexpr size_t kPayloadAtMost = 65536;
constexpr int kCommandsForProof = 6, kRead = 100;

using Names = std::string_view;  // of three letters each
constexpr Names kNumbered =      // the first argument is a transaction number
    "VER CVR USR INF ANS CAL XFR SYN CHG ADD ADC ADG REM REG REA BLP GTC PRP SBP SBS SDC URL FND "
    "LSG "
    "LST MSG QRY UUX ADL RML FQY UUM UUN UBM ACK NAK IRO ILN CHL GCF SND IMS PAG PUT DEL SDG NFY "
    "RFS";
constexpr Names kUnnumbered =  // what the server tells of others, and what has no arguments
    "NLN FLN RNG JOI BYE MSG UBX UBN UBM NOT IPG QNG PNG OUT LSG LST BPR PRP ADL RML SBP NFY PUT "
    "DEL "
    "SDG GCF";
constexpr Names kWithPayload =
    "MSG QRY UUX ADL RML FQY UUM UUN UBM UBX UBN NOT GCF IPG PAG SDC PUT DEL SDG NFY";

bool is_among(std::string_view name, Names names) {
  for (size_t at = 0; at + 3 <= names.size(); at += 4) {
    if (names.substr(at, 3) == name) return true;
  }
  return false;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 10 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Of digits; more than anything allowed if there are many.
size_t number_of(std::string_view text) {
  size_t value = 0;
  for (const char c : text)
    value = std::min<size_t>(value * 10 + static_cast<size_t>(c - '0'), 1U << 30);
  return value;
}

/// A command's line, without its CRLF.
struct Line {
  explicit Line(std::string_view line) : text(line) {}
  std::string_view text;

  std::string_view name() const { return text.substr(0, 3); }
  std::string_view arguments() const { return text.substr(std::min<size_t>(4, text.size())); }
  std::string_view first() const { return arguments().substr(0, arguments().find(' ')); }
  std::string_view last() const { return arguments().substr(arguments().rfind(' ') + 1); }

  /// The server's errors are three digits, and the number of what they answer.
  bool is_error() const { return is_number(name()) && is_number(first()); }
  bool fits() const {
    if (text.size() < 3 || (text.size() > 3 && text[3] != ' ')) return false;
    if (is_error() || (is_among(name(), kNumbered) && is_number(first()))) return true;
    return is_among(name(), kUnnumbered);
  }
  /// Octets that follow the line; a number above what is allowed if it says nonsense.
  size_t payload(Direction direction) const {
    if (!is_among(name(), kWithPayload) || !is_number(last())) return 0;
    // The server answers these with no more than their number.
    const bool is_answer =
        direction == Direction::to_client && arguments() == first() && is_among(name(), "QRY");
    return is_answer ? 0 : number_of(last());
  }
};

bool is_message(std::string_view payload) {
  return payload.starts_with("MIME-Version: 1.0\r\n");
}
bool is_payload(std::string_view payload) {
  return is_message(payload) || payload.starts_with("<");
}

class Msnp : public FrameChain {
 public:
  using FrameChain::FrameChain;

 private:
  std::optional<size_t> size_of(Direction direction, Bytes octets) const override {
    const std::string_view text = as_text(octets);
    const size_t end = text.substr(0, kLineAtMost).find("\r\n");
    if (end == text.npos) {
      if (text.size() >= kLineAtMost) return {};
      return 0;
    }
    const Line line(text.substr(0, end));
    if (!line.fits()) return {};
    const size_t payload = line.payload(direction);
    if (payload > kPayloadAtMost) return {};
    return end + 2 + payload;
  }

  bool read(const Place& frame, Findings& findings) override {
    const std::string_view text = as_text(frame.octets);
    const size_t end = text.find("\r\n");
    const Line line(text.substr(0, end));
    const std::string_view payload = text.substr(end + 2);
    if (line.name() == "MSG" && !is_message(payload)) return false;
    findings.count("msnp.commands");
    if (is_payload(payload)) ++payloads_;
    if (frame.direction == Direction::to_server) {
      remember(line);
    } else {
      answered_ = answered_ || answers(line);
    }
    entered_ = entered_ || enters(line, frame.direction);
    pinged_ = pinged_ || line.name() == "PNG";
    ponged_ = ponged_ || (line.name() == "QNG" && is_number(line.first()));
    // Arguments name people.
    weigh(line, {frame.direction, frame.offset, frame.octets.first(3)}, findings);
    return true;
  }

  /// A switchboard is entered with an account and a ticket; the roster names accounts, one a line.
  static bool enters(const Line& line, Direction direction) {
    const size_t account = line.text.find('@');
    if (account == line.text.npos) return false;
    if (direction == Direction::to_client) return line.name() == "IRO";
    return (line.name() == "ANS" || line.name() == "USR") &&
           line.text.find(' ', account) != line.text.npos;
  }

  void remember(const Line& line) {
    if (!is_among(line.name(), kNumbered) || !is_number(line.first())) return;
    asked_.remember(fmt::format("{} {}", line.name(), line.first()));
  }

  bool answers(const Line& line) const {
    const auto asked = [&](std::string_view name) {
      return asked_.holds(fmt::format("{} {}", name, line.first()));
    };
    return asked(line.name()) || (line.name() == "IRO" && asked("ANS")) ||
           (line.name() == "ACK" && asked("MSG")) || (line.name() == "ILN" && asked("CHG"));
  }

  void weigh(const Line& line, const Place& name, Findings& findings) {
    const int count = frames() + 1;
    const bool both = frames(opposite(name.direction)) > 0;
    const bool opened = line.name() == "VER" && line.text.find(" MSNP") != line.text.npos;
    const bool chained =
        count >= kCommandsForProof && both && (payloads_ > 0 || (pinged_ && ponged_));
    if (best() == Strength::proof) {
      if (count >= kRead) leave({}, findings);
    } else if ((answered_ && count >= 3) || (opened && answered_) || payloads_ >= 2 || chained) {
      confirm(Strength::proof, "commands", name,
              answered_
                  ? "an MSNP server repeats the numbers of the client's commands"
                  : "MSNP commands and payloads of the lengths that they say, one after another",
              findings);
    } else if (best() == Strength::none &&
               (opened || answered_ || entered_ || payloads_ > 0 || (pinged_ && ponged_))) {
      confirm(Strength::strong, "command", name,
              fmt::format("an MSNP command ({}) as it must be", line.name()), findings);
    }
  }

  Recent<std::string, 16> asked_;  ///< "NAME number" of the client's last commands
  int payloads_ = 0;
  bool answered_ = false, entered_ = false, pinged_ = false, ponged_ = false;
};

}  // namespace

extern const ParserModule kMsnp;
const ParserModule kMsnp{"msnp", Unit::bytes, [](const Start& start) -> std::unique_ptr<Parser> {
                           return std::make_unique<Msnp>(start);
                         }};

}  // namespace parlance
