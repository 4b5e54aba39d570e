// The PROXY protocol, versions 1 and 2 (HAProxy, doc/proxy-protocol.txt): a header in front of a
// connection that names the client it was made for. What follows is the connection itself.
#include <algorithm>
#include <optional>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "base/text.h"
#include "protocols/parser.h"

namespace parlance {
namespace {

constexpr size_t kVersion1Octets = 107;  // the longest line, its CRLF included
constexpr size_t kVersion2Fixed = 16;
constexpr size_t kVersion2Octets = 4096;  // the standard asks for 536 at most; TLVs may hold more
constexpr std::string_view kVersion1 = "PROXY ";
constexpr std::string_view kVersion2("\r\n\r\n\0\r\nQUIT\n", 12);

/// What was made of the octets so far.
struct Header {
  enum class State : uint8_t { need_more, good, wrong } state = State::wrong;
  size_t size = 0;
};
constexpr Header kNeedMore{Header::State::need_more, 0};
constexpr Header kWrong{};

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5) return false;
  uint32_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<uint32_t>(c - '0');
  }
  return value <= 65535;
}

bool is_address(std::string_view text, bool v6) {
  const std::string_view allowed = v6 ? "0123456789abcdefABCDEF:." : "0123456789.";
  const char separator = v6 ? ':' : '.';
  const auto separators = std::count(text.begin(), text.end(), separator);
  return text.size() <= 39 && text.find_first_not_of(allowed) == std::string_view::npos &&
         (v6 ? separators >= 2 : separators == 3);
}

// "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n" or "PROXY UNKNOWN…\r\n"
Header read_version1(std::string_view text) {
  const size_t end = text.find("\r\n");
  if (end == std::string_view::npos) return text.size() < kVersion1Octets ? kNeedMore : kWrong;
  if (end + 2 > kVersion1Octets) return kWrong;
  std::string_view rest = text.substr(kVersion1.size(), end - kVersion1.size());
  const Header good{Header::State::good, end + 2};
  if (rest == "UNKNOWN" || rest.substr(0, 8) == "UNKNOWN ") return good;
  const bool v6 = rest.substr(0, 5) == "TCP6 ";
  if (!v6 && rest.substr(0, 5) != "TCP4 ") return kWrong;
  rest.remove_prefix(5);
  std::string_view parts[4];
  for (std::string_view& part : parts) {
    const size_t space = rest.find(' ');
    part = rest.substr(0, space);
    rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
  }
  const bool valid = rest.empty() && is_address(parts[0], v6) && is_address(parts[1], v6) &&
                     is_port(parts[2]) && is_port(parts[3]);
  return valid ? good : kWrong;
}

// Octets of the two addresses and ports, by family (the high four bits).
std::optional<size_t> address_octets(uint8_t family) {
  switch (family >> 4) {
    case 0:
      return 0;  // unspecified
    case 1:
      return 12;  // IPv4
    case 2:
      return 36;  // IPv6
    case 3:
      return 216;  // UNIX
    default:
      return std::nullopt;
  }
}

Header read_version2(Bytes octets) {
  if (octets.size() < kVersion2Fixed) return kNeedMore;
  ByteReader reader(octets.subspan(kVersion2.size()));
  const uint8_t command = reader.u8();
  const uint8_t family = reader.u8();
  const size_t length = reader.be16();
  const auto addresses = address_octets(family);
  if ((command != 0x20 && command != 0x21) || !addresses || (family & 0x0f) > 2) return kWrong;
  if (length < *addresses || length > kVersion2Octets) return kWrong;
  if (octets.size() < kVersion2Fixed + length) return kNeedMore;
  ByteReader extra(reader.bytes(length).subspan(*addresses));
  // TLVs tile the rest; LOCAL headers and unspecified families may carry anything.
  while (*addresses > 0 && !extra.at_end()) {
    extra.u8();
    extra.skip(extra.be16());
  }
  return extra.ok() ? Header{Header::State::good, kVersion2Fixed + length} : kWrong;
}

Header read_header(Bytes octets) {
  const std::string_view text = as_text(octets);
  for (const std::string_view start : {kVersion1, kVersion2}) {
    const size_t common = std::min(start.size(), text.size());
    if (text.substr(0, common) != start.substr(0, common)) continue;
    if (common < start.size()) return kNeedMore;
    return start == kVersion1 ? read_version1(text) : read_version2(octets);
  }
  return kWrong;
}

class ProxyProtocol : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (inner_) return pass_on(direction, octets, findings);
    InputBuffer& input = inputs_[index(direction)];
    const Bytes view = input.append(octets);
    if (client_.value_or(direction) != direction) {
      // The other side spoke before the header was whole: kept until it is.
      input.consume(0);
      if (input.kept() > kVersion2Octets) findings.refute("no header before the other side spoke");
      return;
    }
    client_ = direction;
    const Header header = read_header(view);
    if (header.state == Header::State::wrong) return findings.refute("no PROXY header");
    if (header.state == Header::State::need_more) return input.consume(0);
    findings.confirm(Strength::proof, "header", {direction, 0, view.first(header.size)},
                     "a whole PROXY protocol header with its addresses");
    inner_ = findings.open(Carrier::tcp, Unit::bytes);
    const Bytes rest = view.subspan(header.size);
    if (!rest.empty()) findings.deliver(*inner_, direction, rest);
    input.consume(view.size());
    InputBuffer& other = inputs_[index(opposite(direction))];
    const Bytes waiting = other.append({});
    if (!waiting.empty()) findings.deliver(*inner_, opposite(direction), waiting);
    other.consume(waiting.size());
  }

  void gap(Direction direction, uint64_t length, Findings& findings) override {
    if (!inner_) return findings.refute("a hole in the header");
    findings.deliver_gap(*inner_, direction, length);
  }

 private:
  void pass_on(Direction direction, Bytes octets, Findings& findings) {
    findings.deliver(*inner_, direction, octets);
    if (!findings.listening(*inner_)) findings.finish();
  }

  InputBuffer inputs_[2];
  std::optional<Direction> client_;
  std::optional<ChannelId> inner_;
};

}  // namespace

extern const ParserModule kProxyProtocol;
const ParserModule kProxyProtocol{
    "proxy_protocol", Unit::bytes,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<ProxyProtocol>(); }};

}  // namespace parlance
