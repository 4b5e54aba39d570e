// The switch to TLS inside other protocols: STARTTLS of SMTP (RFC 3207), IMAP (RFC 9051), NNTP (RFC
// 4642) and ManageSieve (RFC 5804), STLS of POP3 (RFC 2595), AUTH TLS of FTP (RFC 4217) and the
// SSLRequest of PostgreSQL. The signatures of those protocols start it; what follows the server's
// agreement is read as TLS.
#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/input_buffer.h"
#include "base/text.h"
#include "protocols/parser.h"

namespace parlance {
namespace {

constexpr int kLinesAtMost = 200;  // of a side, before the switch
constexpr std::string_view kSslRequest("\0\0\0\x08\x04\xd2\x16\x2f", 8);
constexpr std::string_view kGssRequest("\0\0\0\x08\x04\xd2\x16\x30", 8);

constexpr size_t kGreetingKept = 8;

enum class Answer : uint8_t { other, agrees, refuses };

/// What the client asked for, and how its server agrees.
struct Request {
  std::string protocol;  ///< "smtp", …
  std::string agrees;    ///< how the agreeing line begins
  std::string refuses;   ///< first octets of which refuse; empty: see answer_to()
};

bool begins(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && equals_ignoring_case(text.substr(0, with.size()), with);
}

/// STARTTLS without a tag is said in several protocols: the server's first line tells which.
Request read_bare_request(std::string_view greeting) {
  if (begins(greeting, "200") || begins(greeting, "201")) return {"nntp", "382", "45"};
  if (begins(greeting, "\"")) return {"managesieve", "OK", "NnBb"};  // NO, BYE
  return {"smtp", "220", "45"};
}

/// The request that a client's line is, if it is one.
std::optional<Request> read_request(std::string_view line, std::string_view greeting) {
  if (equals_ignoring_case(line, "STARTTLS")) return read_bare_request(greeting);
  if (equals_ignoring_case(line, "STLS")) return Request{"pop3", "+OK", "-"};
  if (begins(line, "AUTH TLS") || begins(line, "AUTH SSL")) {
    // "AUTH LOGIN" and the like of SMTP do not come here.
    return Request{"ftp", "234", "45"};
  }
  const size_t space = line.find(' ');
  if (space == 0 || space > 32 || space == std::string_view::npos) return std::nullopt;
  if (!equals_ignoring_case(line.substr(space + 1), "STARTTLS")) return std::nullopt;
  const std::string tag(line.substr(0, space));
  return Request{"imap", tag + " OK", {}};
}

Answer answer_to(const Request& request, std::string_view line) {
  if (begins(line, request.agrees)) return Answer::agrees;
  const size_t tag = request.agrees.find(' ');
  if (request.protocol == "imap" && begins(line, request.agrees.substr(0, tag + 1))) {
    return Answer::refuses;
  }
  const bool refuses = !line.empty() && request.refuses.find(line[0]) != std::string::npos;
  return refuses ? Answer::refuses : Answer::other;
}

class Starttls : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    Side& side = sides_[index(direction)];
    if (inner_) return hand_on(direction, octets, findings);
    const Bytes view = side.input.append(octets);
    const size_t used = direction == Direction::to_server ? read_client(side, view, findings)
                                                          : read_server(side, view, findings);
    side.heard = true;
    side.input.consume(over_ ? view.size() : used);
    if (inner_) return hand_over_kept(findings);
    if (side.input.kept() <= findings.limits().head_octets) return;
    if (is_alone(direction)) return go_on_unanswered(findings);
    give_up("no answer", findings);
  }

  void end(Direction direction, Findings& findings) override {
    if (!over_ && !inner_ && is_alone(direction)) go_on_unanswered(findings);
  }

  void gap(Direction direction, uint64_t length, Findings& findings) override {
    if (inner_) return findings.deliver_gap(*inner_, direction, length);
    give_up("octets are missing before the switch", findings);
  }

 private:
  struct Side {
    InputBuffer input;
    int lines = 0;
    bool heard = false;
  };

  /// A client asked for TLS, and nothing of its server was captured.
  bool is_alone(Direction direction) const {
    return direction == Direction::to_server && request_ && !sides_[1].heard;
  }
  /// It goes on with what it asked for, most likely; its octets tell.
  void go_on_unanswered(Findings& findings) {
    inner_ = findings.open(Carrier::tcp, Unit::bytes);
    hand_over_kept(findings);
  }

  void hand_on(Direction direction, Bytes octets, Findings& findings) {
    findings.deliver(*inner_, direction, octets);
    if (findings.listening(*inner_)) return;
    over_ = true;
    findings.finish();
  }

  size_t read_client(Side& side, Bytes view, Findings& findings) {
    size_t used = 0;
    while (!request_ && !over_) {
      const std::string_view text = as_text(view.subspan(used));
      if (side.lines == 0 && is_database_request(text)) {
        if (text.size() < kSslRequest.size()) break;
        const bool tls = text.substr(0, kSslRequest.size()) == kSslRequest;
        request_ = Request{"postgresql", tls ? "S" : "G", "N"};
        return used + kSslRequest.size();
      }
      const std::optional<std::string_view> line = take_line(side, text, findings);
      if (!line) break;
      request_ = read_request(*line, greeting_);
      used += line_size_;
    }
    return used;  // what follows a request waits for the answer
  }

  size_t read_server(Side& side, Bytes view, Findings& findings) {
    size_t used = 0;
    while (!over_ && !inner_) {
      const std::string_view text = as_text(view.subspan(used));
      if (text.empty()) break;
      if (request_ && request_->protocol == "postgresql") {
        const Place place{Direction::to_client, side.input.offset() + used,
                          as_bytes(text).first(1)};
        return used + read_database_answer(place, findings);
      }
      const std::optional<std::string_view> line = take_line(side, text, findings);
      if (!line) break;
      const Place place{Direction::to_client, side.input.offset() + used, as_bytes(*line)};
      used += line_size_;
      if (side.lines == 1) greeting_ = line->substr(0, kGreetingKept);
      if (!request_) continue;
      const Answer answer = answer_to(*request_, *line);
      if (answer == Answer::agrees) open(place, findings);
      if (answer == Answer::refuses) request_.reset();
    }
    return used;
  }

  static bool is_database_request(std::string_view text) {
    const std::string_view start = text.substr(0, kSslRequest.size());
    return !text.empty() && (start == kSslRequest.substr(0, start.size()) ||
                             start == kGssRequest.substr(0, start.size()));
  }

  size_t read_database_answer(const Place& place, Findings& findings) {
    const char answer = static_cast<char>(place.octets[0]);
    if (answer == 'S') {
      open(place, findings);
    } else if (answer == 'N') {
      request_.reset();  // the client may ask for the other one, or go on without
    } else {
      give_up("no TLS was agreed on", findings);
    }
    return 1;
  }

  /// The next line of `text` without its end, whose octets are left in line_size_.
  std::optional<std::string_view> take_line(Side& side, std::string_view text, Findings& findings) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      if (text.size() > findings.limits().line_octets) give_up("a line that is too long", findings);
      return std::nullopt;
    }
    if (++side.lines > kLinesAtMost) {
      give_up("many lines and no switch to TLS", findings);
      return std::nullopt;
    }
    line_size_ = end + 1;
    const std::string_view line = text.substr(0, end);
    return line.empty() || line.back() != '\r' ? line : line.substr(0, end - 1);
  }

  void open(const Place& place, Findings& findings) {
    findings.confirm(Strength::proof, "starttls", place,
                     fmt::format("the server agrees to the client's request for TLS, as {} does it",
                                 request_->protocol));
    findings.note("starttls.protocol", request_->protocol);
    inner_ = findings.open_as("tls", Carrier::tcp, Unit::bytes, {});
  }

  /// Octets that came before the switch was known, in either direction.
  void hand_over_kept(Findings& findings) {
    for (const Direction direction : {Direction::to_server, Direction::to_client}) {
      InputBuffer& input = sides_[index(direction)].input;
      const Bytes kept = input.append({});
      if (!kept.empty()) findings.deliver(*inner_, direction, kept);
      input.consume(kept.size());
    }
  }

  void give_up(std::string_view reason, Findings& findings) {
    over_ = true;
    findings.refute(reason);
  }

  Side sides_[2];
  std::string greeting_;  ///< how the server's first line begins
  std::optional<Request> request_;
  std::optional<ChannelId> inner_;
  size_t line_size_ = 0;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kStarttls;
const ParserModule kStarttls{"starttls", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                               return std::make_unique<Starttls>();
                             }};

}  // namespace parlance
