// The switch to TLS inside other protocols: STARTTLS of SMTP (RFC 3207), IMAP (RFC 9051), NNTP (RFC
// 4642) and ManageSieve (RFC 5804), STLS of POP3 (RFC 2595), AUTH TLS of FTP (RFC 4217) and the
// SSLRequest of PostgreSQL. The signatures of those protocols start it; what follows the server's
// agreement is read as TLS.
#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/text.h"
#include "protocols/support/switching_parser.h"

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

class Starttls : public SwitchingParser {
 private:
  struct Line {
    std::string_view text;  ///< without its end
    size_t size = 0;        ///< with it
  };

  void read_opening(Direction direction, Bytes octets, Findings& findings) override {
    InputBuffer& kept = input(direction);
    const Bytes view = kept.append(octets);
    kept.consume(direction == Direction::to_server ? read_client(view, findings)
                                                   : read_server(view, findings));
    if (!reading() || kept.kept() <= findings.limits().head_octets) return;
    if (is_alone(direction)) return switch_to_connection(findings);
    leave("no answer", findings);
  }

  void end_opening(Direction direction, Findings& findings) override {
    if (is_alone(direction)) switch_to_connection(findings);
  }

  /// A client asked for TLS, and nothing of its server was captured. It goes on with what it asked
  /// for, most likely; its octets tell.
  bool is_alone(Direction direction) const {
    return direction == Direction::to_server && request_ && !heard(Direction::to_client);
  }

  size_t read_client(Bytes view, Findings& findings) {
    size_t used = 0;
    while (!request_ && reading()) {
      const std::string_view text = as_text(view.subspan(used));
      if (lines_[index(Direction::to_server)] == 0 && is_database_request(text)) {
        if (text.size() < kSslRequest.size()) break;
        const bool tls = text.substr(0, kSslRequest.size()) == kSslRequest;
        request_ = Request{"postgresql", tls ? "S" : "G", "N"};
        return used + kSslRequest.size();
      }
      const auto line = take_line(Direction::to_server, text, findings);
      if (!line) break;
      request_ = read_request(line->text, greeting_);
      used += line->size;
    }
    return used;  // what follows a request waits for the answer
  }

  size_t read_server(Bytes view, Findings& findings) {
    const uint64_t offset = input(Direction::to_client).offset();
    size_t used = 0;
    while (reading()) {
      const std::string_view text = as_text(view.subspan(used));
      if (text.empty()) break;
      if (request_ && request_->protocol == "postgresql") {
        const Place place{Direction::to_client, offset + used, as_bytes(text).first(1)};
        return used + read_database_answer(place, findings);
      }
      const auto line = take_line(Direction::to_client, text, findings);
      if (!line) break;
      const Place place{Direction::to_client, offset + used, as_bytes(line->text)};
      used += line->size;
      if (lines_[index(Direction::to_client)] == 1) greeting_ = line->text.substr(0, kGreetingKept);
      if (!request_) continue;
      const Answer answer = answer_to(*request_, line->text);
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
      leave("no TLS was agreed on", findings);
    }
    return 1;
  }

  /// The next line of that side, if it is whole. Too many and too long ones end the reading.
  std::optional<Line> take_line(Direction direction, std::string_view text, Findings& findings) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      if (text.size() > findings.limits().line_octets) leave("a line that is too long", findings);
      return std::nullopt;
    }
    if (++lines_[index(direction)] > kLinesAtMost) {
      leave("many lines and no switch to TLS", findings);
      return std::nullopt;
    }
    const bool with_return = end > 0 && text[end - 1] == '\r';
    return Line{text.substr(0, with_return ? end - 1 : end), end + 1};
  }

  void open(const Place& place, Findings& findings) {
    confirm(Strength::proof, "starttls", place,
            fmt::format("the server agrees to the client's request for TLS, as {} does it",
                        request_->protocol),
            findings);
    switch_to_tls(request_->protocol, findings);
  }

  int lines_[2] = {0, 0};
  std::string greeting_;  ///< how the server's first line begins
  std::optional<Request> request_;
};

}  // namespace

extern const ParserModule kStarttls;
const ParserModule kStarttls{"starttls", Unit::bytes, [](const Start&) -> std::unique_ptr<Parser> {
                               return std::make_unique<Starttls>();
                             }};

}  // namespace parlance
