// mmtls, what WeChat speaks in place of TLS: records like those of TLS 1.3 under a version of its
// own, F1 03 or F1 04. The long link is a TCP connection of them, the short link an HTTP request
// and its answer whose bodies are whole runs of them (POST /mmtls/…, "Upgrade: mmtls").
//
//   record:       type (15 alert, 16 handshake, 17 data, 19 early)  F1  03|04  length16  octets
//   client hello: length32  01  03|04 F1  count  suites16…  random[32]  time32  extensions
//   server hello: length32  02  03|04 F1         suite16    random[32]          extensions
//   extensions:   length32  count  (length32  type16 …)…
//
// Numbers are big-endian. The first record of a side is in clear, all others are sealed. Layout as
// in Citizen Lab's report on WeChat's security (docs/mmtls-layer) and anonymous5l/mmtls; checked
// against Citizen Lab's capture, all of whose records fit to the last octet.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/byte_reader.h"
#include "base/input_buffer.h"
#include "protocols/parser.h"

namespace parlance {
namespace {

constexpr uint8_t kAlert = 0x15, kHandshake = 0x16, kData = 0x17, kEarly = 0x19;
constexpr uint8_t kMark = 0xf1;  // where TLS has its major version, 3
constexpr uint8_t kClientHello = 1, kServerHello = 2;
constexpr size_t kHeader = 5;
constexpr size_t kHelloHead = kHeader + 7;   // length32, kind, version: what tells a hello
constexpr size_t kClearAlert = kHeader + 4;  // an alert in clear: length32 as well
constexpr uint16_t kClearAlertLength = 7;
constexpr uint32_t kHelloAtMost = 4096;  // those seen have 46 to 366 octets
// Headers where the record before ends: 21 bits each (type, mark, version).
constexpr int kLinksForStrong = 1;
constexpr int kLinksForProof = 3;
constexpr int kLinksAtMost = 32;                // watched when no server hello comes
constexpr uint64_t kSearchAtMost = 64 * kKibi;  // for a header, behind a hole

struct Header {
  uint8_t type = 0;
  uint8_t version = 0;
  uint16_t length = 0;
};

bool is_header(const Header& header, uint8_t mark) {
  const bool known = header.type == kAlert || header.type == kHandshake || header.type == kData ||
                     header.type == kEarly;
  return known && mark == kMark && (header.version == 3 || header.version == 4) &&
         header.length > 0;
}

/// The record header at the front; nothing if there is none. Needs kHeader octets.
std::optional<Header> read_header(Bytes octets) {
  ByteReader reader(octets);
  Header header;
  header.type = reader.u8();
  const uint8_t mark = reader.u8();
  header.version = reader.u8();
  header.length = reader.be16();
  if (!reader.ok() || !is_header(header, mark)) return std::nullopt;
  return header;
}

struct Hello {
  uint8_t kind = 0;
  std::vector<std::string> suites;
};

/// `head`: what follows the record header, seven octets or more. Whether a hello of `length` begins
/// so.
bool begins_hello(Bytes head, uint32_t length) {
  ByteReader reader(head);
  const uint32_t section = reader.be32();
  const uint8_t kind = reader.u8();
  const uint8_t version = reader.u8();
  return reader.u8() == kMark && reader.ok() && (version == 3 || version == 4) &&
         (kind == kClientHello || kind == kServerHello) && length > 4 && section == length - 4;
}

/// Walks `extensions` to their end.
bool are_extensions(ByteReader reader) {
  const uint32_t length = reader.be32();
  if (!reader.ok() || length != reader.remaining()) return false;
  for (uint8_t left = reader.u8(); left > 0 && reader.ok(); --left) {
    ByteReader extension = reader.sub(reader.be32());
    extension.skip(2);
    if (!extension.ok()) return false;
  }
  return reader.ok() && reader.at_end();
}

/// A whole hello: all lengths nested in one another end with the record.
std::optional<Hello> read_hello(Bytes record) {
  if (!begins_hello(record, static_cast<uint32_t>(record.size()))) return std::nullopt;
  ByteReader reader(record);
  reader.skip(4);
  Hello hello;
  hello.kind = reader.u8();
  reader.skip(2);
  for (uint8_t left = hello.kind == kClientHello ? reader.u8() : 1; left > 0 && reader.ok();
       --left) {
    hello.suites.push_back(fmt::format("{:04x}", reader.be16()));
  }
  reader.skip(32);
  if (hello.kind == kClientHello) reader.skip(4);
  if (!reader.ok() || !are_extensions(ByteReader(reader.rest()))) return std::nullopt;
  return hello;
}

class Mmtls : public Parser {
 public:
  explicit Mmtls(const Start& start) : messages_(start.unit == Unit::message) {
    for (Side& side : sides_) side.lost = start.midstream && !messages_;
  }

  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    Side& side = sides_[index(direction)];
    if (messages_) side.begin_message();
    const Bytes view = side.input.append(octets);
    size_t used = 0;
    while (!over_ && used < view.size()) {
      const size_t step = next(direction, view.subspan(used), side.input.offset() + used, findings);
      if (step == 0) break;
      used += step;
    }
    side.input.consume(messages_ || over_ ? view.size() : used);
  }

  void gap(Direction direction, uint64_t length, Findings&) override {
    Side& side = sides_[index(direction)];
    side.input.skip_gap(length);
    if (length > 0 && length <= side.left) {
      side.left -= static_cast<uint32_t>(length);  // the hole is inside a record
    } else {
      side.lose();
    }
  }

 private:
  struct Side {
    InputBuffer input;
    bool lost = false;   ///< where the next record begins is not known
    bool begun = false;  ///< its first record, which may be in clear, is behind
    bool head_told = false;
    uint32_t left = 0;     ///< octets of the record that is being passed over
    bool chained = false;  ///< the next header stands where a record ends
    int links = 0;
    uint64_t searched = 0;

    void lose() {
      lost = true;
      left = 0;
      chained = false;
      links = 0;
    }
    void begin_message() {
      lost = false;
      chained = false;
      links = 0;
      begun = false;
      head_told = false;
      left = 0;
    }
  };

  /// Octets used from the start of `view`, 0 if more are needed.
  size_t next(Direction direction, Bytes view, uint64_t offset, Findings& findings) {
    Side& side = sides_[index(direction)];
    if (side.left > 0) {
      const size_t step = std::min<size_t>(side.left, view.size());
      side.left -= static_cast<uint32_t>(step);
      return step;
    }
    if (side.lost) {
      const size_t passed = search(side, view, findings);
      if (passed > 0 || side.lost) return passed;
    }
    if (view.size() < kHeader) return 0;
    const std::optional<Header> header = read_header(view);
    if (!header) return break_off(side, findings);
    const Place place{direction, offset, view};
    if (!side.begun) return read_first(side, *header, place, findings);
    return pass(side, *header, place, findings);
  }

  size_t pass(Side& side, const Header& header, const Place& place, Findings& findings) {
    side.begun = true;
    side.left = header.length;
    if (side.chained)
      count_link(side, {place.direction, place.offset, place.octets.first(kHeader)}, findings);
    side.chained = true;
    return kHeader;
  }

  void count_link(Side& side, const Place& place, Findings& findings) {
    ++side.links;
    const int links = sides_[0].links + sides_[1].links;
    if (links == kLinksForStrong) {
      findings.confirm(Strength::strong, "records", place,
                       "two records of mmtls, one where the other ends");
    }
    if (links == kLinksForProof) {
      findings.confirm(Strength::proof, "records", place,
                       "records of mmtls, three of them where the one before ends");
    }
    if (links == kLinksAtMost) finish(findings);
  }

  /// A side's first record may be a hello or an alert in clear.
  size_t read_first(Side& side, const Header& header, const Place& place, Findings& findings) {
    if (header.type == kAlert && header.length == kClearAlertLength) {
      return read_alert(side, header, place, findings);
    }
    const bool may_be_hello = (header.type == kHandshake || header.type == kEarly) &&
                              header.length <= kHelloAtMost && header.length > 7;
    if (!may_be_hello) return pass(side, header, place, findings);
    if (place.octets.size() < kHelloHead) return 0;
    const Bytes content = place.octets.subspan(kHeader);
    if (!begins_hello(content, header.length)) return pass(side, header, place, findings);
    if (!side.head_told) tell_head(side, place, findings);
    if (content.size() < header.length) return 0;
    const std::optional<Hello> hello = read_hello(content.first(header.length));
    if (hello) accept(*hello, header, place, findings);
    return pass(side, header, place, findings);
  }

  /// 21 bits of the header, 32 of the length that repeats its own, 20 of kind and version.
  static void tell_head(Side& side, const Place& place, Findings& findings) {
    side.head_told = true;
    findings.confirm(Strength::strong, "hello-head",
                     {place.direction, place.offset, place.octets.first(kHelloHead)},
                     "the start of a hello of mmtls, whose two lengths agree");
  }

  size_t read_alert(Side& side, const Header& header, const Place& place, Findings& findings) {
    if (place.octets.size() < kClearAlert) return 0;
    ByteReader reader(place.octets.subspan(kHeader));
    if (reader.be32() == kClearAlertLength - 4) {
      findings.confirm(Strength::strong, "alert",
                       {place.direction, place.offset, place.octets.first(kClearAlert)},
                       "an alert of mmtls in clear, whose two lengths agree");
    }
    return pass(side, header, place, findings);
  }

  void accept(const Hello& hello, const Header& header, const Place& place, Findings& findings) {
    const bool client = hello.kind == kClientHello;
    findings.confirm(Strength::proof, client ? "client-hello" : "server-hello",
                     {place.direction, place.offset, place.octets.first(kHelloHead)},
                     client ? "a whole client hello of mmtls, every length exact"
                            : "a whole server hello of mmtls, every length exact");
    findings.note("wechat.transport", std::string(messages_ ? "short link" : "long link"));
    findings.note("wechat.mmtls_version", fmt::format("f1{:02x}", header.version));
    if (client) {
      findings.note("wechat.early_data", header.type == kEarly);
      findings.note("wechat.client_ciphers", hello.suites);
      return;
    }
    if (!hello.suites.empty()) findings.note("wechat.cipher", hello.suites.front());
    finish(findings);
  }

  /// Behind a hole: octets in front of the next header, if one is in sight.
  size_t search(Side& side, Bytes view, Findings& findings) {
    size_t at = 0;
    while (at + kHeader <= view.size() && !read_header(view.subspan(at))) ++at;
    side.lost = at + kHeader > view.size();
    side.searched += at;
    if (side.searched > kSearchAtMost) return give_up("no record in sight", findings);
    return at;
  }

  /// What should have been a header is none.
  size_t break_off(Side& side, Findings& findings) {
    if (side.searched == 0) return give_up("no record of mmtls", findings);
    side.lose();
    return 1;
  }

  size_t give_up(std::string_view reason, Findings& findings) {
    over_ = true;
    findings.refute(reason);
    return 0;
  }
  void finish(Findings& findings) {
    over_ = true;
    findings.finish();
  }

  std::array<Side, 2> sides_;
  bool messages_;  ///< each delivery is a body of its own
  bool over_ = false;
};

}  // namespace

extern const ParserModule kMmtls;
const ParserModule kMmtls{"mmtls", Unit::bytes, [](const Start& start) -> std::unique_ptr<Parser> {
                            return std::make_unique<Mmtls>(start);
                          }};

}  // namespace parlance
