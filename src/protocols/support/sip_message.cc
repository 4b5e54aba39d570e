#include "protocols/support/sip_message.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace parlance {
namespace {

constexpr std::string_view kVersion = "SIP/2.0";
constexpr size_t kMethodAtMost = 32;
constexpr size_t kSchemeAtMost = 8;
constexpr std::string_view kSchemes[] = {"sip", "sips", "tel", "urn", "im", "pres"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_token_char(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || is_digit(c) || std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

/// Takes the next line off `text`, without its line end.
std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

void read_request_line(std::string_view line, SipHead& head) {
  const size_t space = line.find(' ');
  const std::string_view method = line.substr(0, space);
  if (space == std::string_view::npos || method.size() > kMethodAtMost || !is_token(method)) return;
  const std::string_view rest = line.substr(space + 1);
  const size_t colon = rest.substr(0, kSchemeAtMost).find(':');
  const bool known = colon != std::string_view::npos &&
                     std::any_of(std::begin(kSchemes), std::end(kSchemes), [&](auto scheme) {
                       return equals_ignoring_case(scheme, rest.substr(0, colon));
                     });
  if (!known || rest.size() < kVersion.size() + 2) return;
  const size_t version = rest.size() - kVersion.size();
  if (rest.substr(version) != kVersion || rest[version - 1] != ' ') return;
  head.kind = SipHead::Kind::request;
  head.method = method;
  head.shown = space + 1 + colon + 1;
}

void read_status_line(std::string_view line, SipHead& head) {
  const std::string_view code = line.substr(std::min(line.size(), kVersion.size() + 1), 3);
  if (code.size() < 3 || !std::all_of(code.begin(), code.end(), is_digit)) return;
  const int status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
  if (status < 100 || status > 699) return;
  head.kind = SipHead::Kind::response;
  head.status = status;
  head.shown = kVersion.size() + 4;
}

/// The long name of a compact form (RFC 3261 section 7.3.3, RFC 6665 section 8.4).
std::string_view long_name_of(char compact) {
  switch (compact) {
    case 'v':
    case 'V':
      return "via";
    case 'f':
    case 'F':
      return "from";
    case 't':
    case 'T':
      return "to";
    case 'i':
    case 'I':
      return "call-id";
    case 'l':
    case 'L':
      return "content-length";
    case 'c':
    case 'C':
      return "content-type";
    case 'o':
    case 'O':
      return "event";
    default:
      return "";
  }
}

std::optional<size_t> read_number(std::string_view text) {
  if (text.empty() || text.size() > 9 || !std::all_of(text.begin(), text.end(), is_digit)) {
    return std::nullopt;
  }
  size_t value = 0;
  for (const char c : text) value = value * 10 + static_cast<size_t>(c - '0');
  return value;
}

void keep_field(std::string_view name, std::string_view value, SipHead& head) {
  struct Place {
    std::string_view name;
    std::string_view SipHead::*field;
  };
  static constexpr std::array<Place, 9> kPlaces = {{{"via", &SipHead::via},
                                                    {"call-id", &SipHead::call_id},
                                                    {"cseq", &SipHead::cseq},
                                                    {"from", &SipHead::from},
                                                    {"to", &SipHead::to},
                                                    {"content-type", &SipHead::content_type},
                                                    {"event", &SipHead::event},
                                                    {"user-agent", &SipHead::user_agent},
                                                    {"server", &SipHead::server}}};
  if (name.size() == 1) name = long_name_of(name[0]);
  for (const Place& place : kPlaces) {
    if (!equals_ignoring_case(name, place.name)) continue;
    if ((head.*place.field).empty()) head.*place.field = value;
    return;
  }
  if (equals_ignoring_case(name, "content-length")) head.content_length = read_number(value);
}

void read_field(std::string_view line, SipHead& head) {
  if (line.front() == ' ' || line.front() == '\t') return;  // a folded line: goes on with the last
  const size_t colon = line.find(':');
  const std::string_view name = trim(line.substr(0, colon));
  if (colon == std::string_view::npos || !is_token(name)) {
    ++head.malformed;
  } else {
    keep_field(name, trim(line.substr(colon + 1)), head);
  }
}

}  // namespace

bool SipHead::has_own_fields() const {
  // "SIP / 2.0 / UDP" may hold spaces around the slashes.
  const bool via_fits = via.substr(0, 3) == "SIP" && via.substr(0, 16).find("2.0") != via.npos;
  const size_t space = cseq.find(' ');
  if (!via_fits || call_id.empty() || space == std::string_view::npos) return false;
  const std::string_view named = trim(cseq.substr(space + 1));
  if (!read_number(cseq.substr(0, space)).has_value() && space > 10) return false;
  return is_digit(cseq.front()) && is_token(named) &&
         (kind != Kind::request || equals_ignoring_case(named, method));
}

int SipHead::mandatory_fields() const {
  int count = 0;
  for (const std::string_view each : {via, call_id, cseq, from, to}) count += each.empty() ? 0 : 1;
  return count;
}

size_t sip_head_size(std::string_view text) {
  for (size_t end = text.find('\n'); end != std::string_view::npos;
       end = text.find('\n', end + 1)) {
    const std::string_view next = text.substr(end + 1, 2);
    if (next.substr(0, 1) == "\n") return end + 2;
    if (next == "\r\n") return end + 3;
  }
  return 0;
}

SipHead read_sip_head(std::string_view text, size_t fields_at_most) {
  SipHead head;
  const std::string_view start = take_line(text);
  if (start.substr(0, kVersion.size() + 1) == "SIP/2.0 ") {
    read_status_line(start, head);
  } else {
    read_request_line(start, head);
  }
  for (size_t i = 0; i < fields_at_most && !text.empty(); ++i) {
    const std::string_view line = take_line(text);
    if (line.empty()) break;
    read_field(line, head);
  }
  return head;
}

bool may_start_sip(std::string_view text) {
  constexpr std::string_view kStatus = "SIP/2.0 ";
  if (text.substr(0, kStatus.size()) == kStatus.substr(0, text.size())) return true;
  const size_t space = text.find(' ');
  const std::string_view method = text.substr(0, space);
  if (method.size() > kMethodAtMost || (!method.empty() && !is_token(method))) return false;
  if (space == std::string_view::npos) return true;
  const std::string_view uri = text.substr(space + 1, kSchemeAtMost);
  const std::string_view scheme = uri.substr(0, uri.find(':'));
  return std::any_of(std::begin(kSchemes), std::end(kSchemes), [&](std::string_view each) {
    const bool whole = scheme.size() < uri.size();
    return equals_ignoring_case(scheme, whole ? each : each.substr(0, scheme.size()));
  });
}

}  // namespace parlance
