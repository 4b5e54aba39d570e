// TeamSpeak 3 servers report to the public list of servers in datagrams (measured: ntop's
// teamspeak3.pcap, to port 2010). Each question has a number of its own, and its answer begins as
// it does; what is told must carry the token that was given out for it:
//
//   asks   01  number16  01                        answered  01  number16  01  token32
//   tells  01  number16  02  token32  report[8]    answered  01  number16  02  00
#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "protocols/parser.h"

namespace parlance {
namespace {

constexpr uint8_t kVersion = 1, kAsk = 1, kTell = 2;
constexpr size_t kHeader = 4, kToken = 4, kTellOctets = 16, kToldOctets = 5;
constexpr int kRoundsForProof = 3, kDatagramsAtMost = 64;

class TeamspeakList : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    const Place place{direction, offset_[index(direction)], octets};
    offset_[index(direction)] += octets.size();
    if (!take(place, findings) || ++datagrams_ >= kDatagramsAtMost) leave(findings);
  }

  void gap(Direction, uint64_t, Findings& findings) override { leave(findings); }

 private:
  /// False if it does not belong to such a talk.
  bool take(const Place& place, Findings& findings) {
    ByteReader reader(place.octets);
    const uint8_t version = reader.u8();
    reader.skip(2);  // the number is compared as part of the header
    const uint8_t kind = reader.u8();
    if (!reader.ok() || version != kVersion || (kind != kAsk && kind != kTell)) return false;
    const Bytes header = place.octets.first(kHeader);
    if (place.direction == Direction::to_server) return take_question(kind, header, reader);
    if (!std::equal(header.begin(), header.end(), asked_.begin())) return false;
    if (kind == kAsk && reader.remaining() == kToken) {
      std::copy_n(reader.rest().begin(), kToken, token_.begin());
      given_ = true;
      return true;
    }
    if (kind != kTell || place.octets.size() != kToldOctets || reader.u8() != 0 || !told_) return false;
    told_ = false;
    const bool proven = ++rounds_ >= kRoundsForProof;
    findings.confirm(
        proven ? Strength::proof : Strength::strong, proven ? "reports" : "report",
        {place.direction, place.offset, header},
        "a token asked for, given, and used; each answer repeats its question's number");
    if (proven) leave(findings);
    return true;
  }

  bool take_question(uint8_t kind, Bytes header, ByteReader reader) {
    std::copy(header.begin(), header.end(), asked_.begin());
    if (kind == kAsk) return reader.at_end();
    told_ = given_ && reader.remaining() == kTellOctets - kHeader &&
            std::equal(token_.begin(), token_.end(), reader.rest().begin());
    return told_;
  }

  void leave(Findings& findings) {
    if (over_) return;
    over_ = true;
    if (rounds_ == 0) return findings.refute("no token was asked for and used");
    findings.finish();
  }

  std::array<uint8_t, kHeader> asked_{};
  std::array<uint8_t, kToken> token_{};
  uint64_t offset_[2] = {0, 0};
  int rounds_ = 0, datagrams_ = 0;
  bool given_ = false, told_ = false, over_ = false;
};

}  // namespace

extern const ParserModule kTeamspeakList;
const ParserModule kTeamspeakList{
    "teamspeak_list", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<TeamspeakList>(); }};

}  // namespace parlance
