// WeChat's file servers. What apps ask of them and what they answer are names and values, each
// behind its length (wechaty-puppet-padpro, cdn-data-packer.ts), in the bodies of HTTP requests:
//
//   length32 name length32 value …      ver, weixinnum, seq, … filedata; answers: retcode, seq, …
//
// or straight on TCP in packets with a front of 25 octets, which begins with AB and the length of
// the whole and ends with the length of the rest. The shortest answer, a retcode of one digit, then
// has 41 octets, as libprotoident's lpi_wechat.cc has measured. Values are not looked at.
#include <algorithm>
#include <array>
#include <bitset>
#include <iterator>
#include <string>
#include <string_view>

#include "base/byte_reader.h"
#include "protocols/support/stepping_parser.h"

namespace parlance {
namespace {

constexpr uint8_t kMagic = 0xab;
constexpr size_t kFront = 25, kLengthAt = 21;
constexpr size_t kLength = 4;
constexpr uint32_t kNameAtMost = 24, kValueAtMost = 2 * kMebi;
constexpr size_t kNamesForStrong = 4, kNamesOfAnswer = 3;  // different ones
constexpr int kPairsAtMost = 128;

constexpr std::string_view kKnown[] = {
    "acceptdupack", "authkey",     "clientostype", "clientversion", "existflag",  "filedata",
    "fileid",       "filekey",     "filemd5",      "filetype",      "isgetcdn",   "isoverload",
    "isretry",      "largesvideo", "nettype",      "rangeend",      "rangestart", "rawtotalsize",
    "retcode",      "retrysec",    "safeproto",    "seq",           "totalsize",  "touser",
    "ver",          "weixinnum",   "wxchattype",   "x-ClientIp",
};

bool is_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char each) {
    return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
           (each >= '0' && each <= '9') || each == '-' || each == '_';
  });
}

class WechatCdn : public SteppingParser {
 private:
  struct Side {
    bool framed = false;  // in a packet with a front
    size_t left = 0;      // octets of the packet
    int packets = 0;      // that pairs filled exactly
    int pairs = 0;        // whole ones
    std::bitset<std::size(kKnown)> known;  // names of the table above that they have
    bool account = false;                  // weixinnum was among them
    std::string name;                      // of the pair whose value is coming
    uint64_t name_at = 0;                  // where its length stands
  };

  size_t step(const Place& at, Findings& findings) override {
    Side& side = sides_[index(at.direction)];
    if (!side.framed || side.left > 0) {
      const bool begins = side.pairs == 0 && side.packets == 0 && at.octets[0] == kMagic;
      return begins ? front(side, at, findings) : pair(side, at, findings);
    }
    return front(side, at, findings);
  }

  size_t front(Side& side, const Place& at, Findings& findings) {
    ByteReader reader(at.octets);
    const uint8_t magic = reader.u8();
    const uint32_t whole = reader.be32();
    reader.skip(kLengthAt - reader.position());
    const uint32_t rest = reader.be32();
    if (!reader.ok()) return 0;
    if (magic != kMagic || rest == 0 || rest > kValueAtMost || whole != kFront + rest)
      return refuse("no packet of WeChat's file servers", findings);
    side.framed = true;
    side.left = rest;
    return kFront;
  }

  size_t pair(Side& side, const Place& at, Findings& findings) {
    ByteReader reader(at.octets);
    const uint32_t name_length = reader.be32();
    if (!reader.ok()) return 0;
    if (name_length == 0 || name_length > kNameAtMost)
      return refuse("no name where one begins", findings);
    const std::string_view name = as_text(reader.bytes(name_length));
    const uint32_t value_length = reader.be32();
    if (!reader.ok()) return 0;
    const size_t size = 2 * kLength + name_length + value_length;
    if (!is_name(name) || value_length > kValueAtMost || (side.framed && size > side.left))
      return refuse("no name and value", findings);
    if (side.framed) side.left -= size;
    side.name = name;
    side.name_at = at.offset + kLength;
    pass_over(at.direction, value_length);
    if (value_length == 0) passed(at.direction, findings);
    return reader.position();
  }

  /// A name counts once, and once its value is there as well.
  void passed(Direction direction, Findings& findings) override {
    Side& side = sides_[index(direction)];
    ++side.pairs;
    const auto known = std::find(std::begin(kKnown), std::end(kKnown), side.name);
    if (known != std::end(kKnown)) side.known.set(static_cast<size_t>(known - kKnown));
    if (side.name == "weixinnum") side.account = true;
    if (side.framed && side.left == 0) ++side.packets;
    judge({direction, side.name_at, as_bytes(side.name)}, findings);
  }

  void judge(const Place& place, Findings& findings) {
    const Side& asks = sides_[0];
    const Side& answers = sides_[1];
    const bool asked = asks.account && asks.known.count() >= kNamesForStrong;
    const bool answered =
        answers.framed ? answers.packets > 0 && answers.known.any() : answers.known.count() >= kNamesOfAnswer;
    if (asked && answered && asks.framed == answers.framed) {
      return prove("exchange", place,
                   "names and values of WeChat's file servers, asked and answered, fill what they "
                   "stand in exactly",
                   findings);
    }
    if (asked) {
      confirm(Strength::strong, "request", place,
              "names and values that WeChat's file servers are asked with", findings);
    }
    if (asks.pairs + answers.pairs >= kPairsAtMost) leave("no names of WeChat's", findings);
  }

  std::array<Side, 2> sides_;
};

}  // namespace

extern const ParserModule kWechatCdn;
const ParserModule kWechatCdn{
    "wechat_cdn", Unit::bytes,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<WechatCdn>(); }};

}  // namespace parlance
