#include "protocols/support/http_head.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace parlance {
namespace {

constexpr size_t kMethodOctets = 32;  // longest registered: 17 (UPDATEREDIRECTREF)
constexpr size_t kEmptyLinesBefore =
    4;                                 // RFC 9112 section 2.2: a server should ignore at least one
constexpr size_t kMalformedLines = 8;  // some real senders make one or two

constexpr size_t kFieldsExpected = 8;  // in a head

/// A set of octets that costs one look-up to ask; the library's searches for one of several
/// characters start a search of their own at each.
class OctetSet {
 public:
  constexpr explicit OctetSet(std::string_view members) {
    for (const char each : members) holds_[static_cast<uint8_t>(each)] = true;
  }
  constexpr bool holds(char c) const { return holds_[static_cast<uint8_t>(c)]; }
  /// Where the first of them is in `text`, or its size.
  size_t first_in(std::string_view text) const {
    size_t at = 0;
    while (at < text.size() && !holds(text[at])) ++at;
    return at;
  }

 private:
  std::array<bool, 256> holds_{};
};

constexpr OctetSet kTokenChars(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'*+-.^_`|~");
constexpr OctetSet kNotShown("?#;@");
constexpr OctetSet kPathEnds("?#");
constexpr OctetSet kAuthorityEnds("/?#");

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return kTokenChars.holds(c); });
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_method_char(char c) {
  return (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

// Header values may hold any octet but these controls (RFC 9110 section 5.5).
bool has_control(std::string_view text) {
  text.remove_prefix(printable_length(as_bytes(text)));  // mostly all of it
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<uint8_t>(c);
    return (octet < 0x20 && c != '\t') || octet == 0x7f;
  });
}

// "HTTP/1." and a digit.
bool is_version(std::string_view text) {
  return text.size() == 8 && text.substr(0, 7) == "HTTP/1." && is_digit(text[7]);
}

}  // namespace

const HttpField* HttpHead::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const HttpField& each) { return each.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

std::string_view HttpHead::value(std::string_view name) const {
  const HttpField* field = find(name);
  return field == nullptr ? std::string_view{} : field->value;
}

std::string HttpHead::joined(std::string_view name) const {
  std::string result;
  for (const HttpField& each : fields) {
    if (each.name != name) continue;
    if (!result.empty()) result += ", ";
    result += each.value;
  }
  return result;
}

bool HttpHead::has_token(std::string_view name, std::string_view token) const {
  for (const HttpField& each : fields) {
    if (each.name != name) continue;
    for (const std::string_view item : split_list(each.value)) {
      if (equals_ignoring_case(item, token)) return true;
    }
  }
  return false;
}

HttpHeadReader::Answer HttpHeadReader::take(std::string_view line, uint64_t offset,
                                            const Limits& limits) {
  if (!inside()) {
    if (line.empty()) return ++empty_lines_ > kEmptyLinesBefore ? Answer::not_http : Answer::more;
    if (!take_start(line)) return Answer::not_http;
    head_.start_line = line;
    head_.offset = offset;
    octets_ = line.size();
    return Answer::started;
  }
  if (line.empty()) return Answer::done;
  octets_ += line.size() + 2;
  if (octets_ > limits.header_block_octets) return Answer::not_http;
  return take_field(line, offset, limits);
}

bool HttpHeadReader::take_start(std::string_view line) {
  if (has_control(line)) return false;
  line = trim(line);
  if (is_version(line.substr(0, 8))) {
    // status-line: HTTP-version SP status-code SP [reason-phrase]; some leave the last SP out
    if (line.size() < 12 || line[8] != ' ') return false;
    if (!is_digit(line[9]) || !is_digit(line[10]) || !is_digit(line[11])) return false;
    if (line.size() > 12 && line[12] != ' ') return false;
    head_.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    if (head_.status < 100) return false;
    head_.minor = line[7] - '0';
    head_.kind = HttpHead::Kind::response;
    return true;
  }
  // request-line: method SP request-target SP HTTP-version; targets with unescaped spaces are met
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0 || first >= last) return false;
  const std::string_view method = line.substr(0, first);
  if (!is_http_method(method) || !is_version(line.substr(last + 1))) return false;
  head_.method = method;
  head_.target = trim(line.substr(first + 1, last - first - 1));
  if (head_.target.empty()) return false;
  head_.minor = line.back() - '0';
  head_.kind = HttpHead::Kind::request;
  return true;
}

HttpHeadReader::Answer HttpHeadReader::take_field(std::string_view line, uint64_t offset,
                                                  const Limits& limits) {
  // More lines than any honest sender makes: each is at least "a:" and counts against the block.
  if (++lines_ > limits.header_fields * 8) return Answer::not_http;
  if (has_control(line)) return Answer::not_http;
  if (line.front() == ' ' || line.front() == '\t') {  // obs-fold, RFC 9112 section 5.2
    if (head_.fields.empty()) return Answer::not_http;
    std::string& value = head_.fields.back().value;
    const std::string_view more = trim(line);
    if (!value.empty() && !more.empty()) value += ' ';
    value += more;
    return Answer::more;
  }
  const size_t colon = line.find(':');
  const std::string_view name =
      colon == std::string_view::npos ? std::string_view{} : trim(line.substr(0, colon));
  if (!is_token(name)) {
    return ++head_.malformed > kMalformedLines ? Answer::not_http : Answer::more;
  }
  if (head_.fields.size() < limits.header_fields) {
    if (head_.fields.empty()) head_.fields.reserve(kFieldsExpected);
    HttpField& field = head_.fields.emplace_back();
    append_lower(field.name, name);
    field.value = trim(line.substr(colon + 1));
    field.offset = offset;
  }
  return Answer::more;
}

void HttpHeadReader::clear() {
  head_.kind = HttpHead::Kind::none;
  head_.minor = 1;
  head_.method.clear();
  head_.target.clear();
  head_.protocol.clear();
  head_.status = 0;
  head_.start_line.clear();
  head_.offset = 0;
  head_.fields.clear();  // its memory is for the next message
  head_.malformed = 0;
  octets_ = lines_ = empty_lines_ = 0;
}

bool may_start_http(Bytes octets) {
  std::string_view text = as_text(octets);
  // No more than the empty lines that may stand before a message: this is asked at each delivery.
  text.remove_prefix(std::min(text.find_first_not_of("\r\n"), text.size()));
  if (octets.size() - text.size() > 2 * kEmptyLinesBefore) return false;
  constexpr std::string_view kVersion = "HTTP/1.";
  const size_t common = std::min(text.size(), kVersion.size());
  if (text.substr(0, common) == kVersion.substr(0, common)) return true;
  const size_t space = text.substr(0, kMethodOctets + 1).find(' ');
  if (space == 0) return false;
  const bool unfinished = space == std::string_view::npos;
  if (unfinished && text.size() > kMethodOctets) return false;
  const std::string_view method = text.substr(0, space);
  return std::all_of(method.begin(), method.end(), is_method_char);
}

std::vector<std::string_view> split_list(std::string_view list, size_t most) {
  std::vector<std::string_view> items;
  while (!list.empty() && items.size() < most) {
    const size_t comma = list.find(',');
    const std::string_view item = trim(list.substr(0, comma));
    if (!item.empty()) items.push_back(item);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  }
  return items;
}

std::string_view shown_of(const HttpHead& head) {
  const std::string_view line = head.start_line;
  if (head.kind == HttpHead::Kind::response) return line;
  return line.substr(0, kNotShown.first_in(line));
}

std::string_view path_of(std::string_view target) {
  const size_t first = kAuthorityEnds.first_in(target);
  // A scheme and "://" come before the first of them, which is the first slash here.
  if (first > 0 && target[first - 1] == ':' && target.substr(first, 2) == "//") {
    target.remove_prefix(first + 2);
    target.remove_prefix(kAuthorityEnds.first_in(target));
  }
  return target.substr(0, kPathEnds.first_in(target));
}

std::string_view parameter_of(std::string_view target, std::string_view name) {
  const size_t mark = target.find('?');
  if (mark == std::string_view::npos) return {};
  std::string_view query = target.substr(mark + 1, target.find('#', mark) - mark - 1);
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    if (pair.size() > name.size() && pair[name.size()] == '=' &&
        pair.substr(0, name.size()) == name) {
      return pair.substr(name.size() + 1);
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return {};
}

bool is_http_method(std::string_view text) {
  return !text.empty() && text.size() <= kMethodOctets &&
         std::all_of(text.begin(), text.end(), is_method_char);
}

bool is_plain_connect(const HttpHead& head) {
  return head.method == "CONNECT" && head.protocol.empty();
}

std::string_view host_of(std::string_view authority) {
  const size_t at = authority.rfind('@');
  if (at != std::string_view::npos) authority.remove_prefix(at + 1);
  if (!authority.empty() && authority.front() == '[') {
    return authority.substr(0, authority.find(']') + 1);
  }
  return authority.substr(0, authority.find(':'));
}

}  // namespace parlance
