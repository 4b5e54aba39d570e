// The PROXY protocol, versions 1 and 2 (HAProxy, doc/proxy-protocol.txt): a header in front of a
// connection that names the client it was made for. What follows is the connection itself. The end
// of version 2 may tell what the client's TLS had: its ALPN, server name and version.
#include <algorithm>
#include <optional>
#include <string>

#include "base/byte_reader.h"
#include "base/text.h"
#include "protocols/support/switching_parser.h"

namespace parlance {
namespace {

constexpr size_t kVersion1Octets = 107;  // the longest line, its CRLF included
constexpr size_t kVersion2Fixed = 16;
constexpr size_t kVersion2Octets = 4096;  // the standard asks for 536 at most; TLVs may hold more
constexpr std::string_view kVersion1 = "PROXY ";
constexpr std::string_view kVersion2("\r\n\r\n\0\r\nQUIT\n", 12);

constexpr size_t kHost = 255;

// Octets of two addresses and, but for UNIX, two ports.
constexpr size_t kV4Octets = 12, kV6Octets = 36, kUnixOctets = 216;

// Types of version 2's TLVs (sections 2.2.1 to 2.2.8).
constexpr uint8_t kAlpn = 0x01, kAuthority = 0x02, kSsl = 0x20, kSslVersion = 0x21;
constexpr uint8_t kClientSsl = 0x01;  // a flag of kSsl: the client came by TLS

/// What was made of the octets so far.
struct Header {
  enum class State : uint8_t { need_more, good, wrong } state = State::wrong;
  size_t size = 0;
  int version = 0;
  std::string source, destination;  ///< address and port; empty if the header does not say
  Bytes extra;                      ///< version 2's TLVs
};
const Header kNeedMore{Header::State::need_more, 0, 0, {}, {}, {}};
const Header kWrong{};

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

std::string endpoint_text(std::string_view address, std::string_view port) {
  const bool v6 = address.find(':') != std::string_view::npos;
  std::string text(v6 ? "[" : "");
  text.append(address).append(v6 ? "]:" : ":").append(port);
  return text;
}

// "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n" or "PROXY UNKNOWN…\r\n"
Header read_version1(std::string_view text) {
  const size_t end = text.find("\r\n");
  if (end == std::string_view::npos) return text.size() < kVersion1Octets ? kNeedMore : kWrong;
  if (end + 2 > kVersion1Octets) return kWrong;
  std::string_view rest = text.substr(kVersion1.size(), end - kVersion1.size());
  Header good{Header::State::good, end + 2, 1, {}, {}, {}};
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
  if (!valid) return kWrong;
  good.source = endpoint_text(parts[0], parts[2]);
  good.destination = endpoint_text(parts[1], parts[3]);
  return good;
}

// Octets of the two addresses and ports, by family (the high four bits).
std::optional<size_t> address_octets(uint8_t family) {
  switch (family >> 4) {
    case 0:
      return 0;  // unspecified
    case 1:
      return kV4Octets;
    case 2:
      return kV6Octets;
    case 3:
      return kUnixOctets;
    default:
      return std::nullopt;
  }
}

/// True if types, lengths and values tile the octets.
bool are_tlvs(Bytes octets) {
  ByteReader reader(octets);
  while (!reader.at_end()) {
    reader.u8();
    reader.skip(reader.be16());
  }
  return reader.ok();
}

/// source address, destination address, source port, destination port
void take_addresses(Bytes octets, Header& header) {
  if (octets.size() == kUnixOctets) return;
  const bool v4 = octets.size() == kV4Octets;
  ByteReader reader(octets);
  const auto address = [&] {
    return v4 ? IpAddress::v4(reader.bytes(4)) : IpAddress::v6(reader.bytes(16));
  };
  const IpAddress source = address(), destination = address();
  header.source = to_text(Endpoint{source, reader.be16()});
  header.destination = to_text(Endpoint{destination, reader.be16()});
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
  const Bytes rest = reader.bytes(length);
  Header good{Header::State::good, kVersion2Fixed + length, 2, {}, {}, {}};
  if (*addresses == 0) return good;  // LOCAL headers and unspecified families may carry anything
  good.extra = rest.subspan(*addresses);
  if (!are_tlvs(good.extra)) return kWrong;
  if (command == 0x21) take_addresses(rest.first(*addresses), good);
  return good;
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

class ProxyProtocol : public SwitchingParser {
 private:
  void read_opening(Direction direction, Bytes octets, Findings& findings) override {
    InputBuffer& kept = input(direction);
    kept.keep(octets);
    if (client_.value_or(direction) != direction) {
      // The other side spoke before the header was whole: kept until it is.
      if (kept.kept() > kVersion2Octets) leave("no header before the other side spoke", findings);
      return;
    }
    client_ = direction;
    const Header header = read_header(kept.octets());
    if (header.state == Header::State::wrong) return leave("no PROXY header", findings);
    if (header.state == Header::State::need_more) return;
    confirm(Strength::proof, "header", {direction, 0, kept.octets().first(header.size)},
            "a whole PROXY protocol header with its addresses", findings);
    take_notes(header, direction, findings);
    kept.consume(header.size);
    switch_to_connection(findings);
  }

  static void take_notes(const Header& header, Direction direction, Findings& findings) {
    findings.note("proxy.version", int64_t{header.version});
    if (!header.source.empty()) findings.note("proxy.source", header.source);
    if (!header.destination.empty()) findings.note("proxy.destination", header.destination);
    ByteReader reader(header.extra);
    while (!reader.at_end()) {
      const uint8_t type = reader.u8();
      const Bytes value = reader.bytes(reader.be16());
      const Place place{direction, header.size - reader.remaining() - value.size(), value};
      if (!value.empty()) take_tlv(type, place, findings);
    }
  }

  static void take_tlv(uint8_t type, const Place& place, Findings& findings) {
    switch (type) {
      case kAlpn:
        return findings.note("proxy.alpn", to_valid_utf8(place.octets, kHost));
      case kAuthority:
        findings.note("proxy.authority", to_valid_utf8(place.octets, kHost));
        return findings.field("proxy.host",
                              {place.direction, place.offset, first_of(place.octets, kHost)});
      case kSsl:
        return take_ssl(place.octets, findings);
      default:
        return;
    }
  }

  /// flags, four octets of verification, then TLVs again. Names in the client's certificate are a
  /// person's and not shown.
  static void take_ssl(Bytes value, Findings& findings) {
    ByteReader reader(value);
    const bool tls = (reader.u8() & kClientSsl) != 0;
    reader.skip(4);
    if (!reader.ok()) return;
    findings.note("proxy.tls", tls);
    while (!reader.at_end()) {
      const uint8_t type = reader.u8();
      const Bytes text = reader.bytes(reader.be16());
      if (type == kSslVersion && !text.empty()) {
        findings.note("proxy.tls_version", to_valid_utf8(text, kHost));
      }
    }
  }

  std::optional<Direction> client_;
};

}  // namespace

extern const ParserModule kProxyProtocol;
const ParserModule kProxyProtocol{
    "proxy_protocol", Unit::bytes,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<ProxyProtocol>(); }};

}  // namespace parlance
