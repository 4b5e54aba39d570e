// Zalo's calls, as far as others looked at them (LibtraceTeam/libprotoident, lpi_zalo_call.cc): the
// first datagrams of both sides are of one size, one of four, or one asks with 01 01 00 00 in 180
// to 185 octets and the other answers with 02 01 00 00 in 52 to 56. A hint, for nothing else of
// them is known.
#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"

namespace parlance {
namespace {

constexpr uint32_t kAsks = 0x01010000, kAnswers = 0x02010000;
constexpr std::array<size_t, 4> kSizes = {26, 27, 34, 42};
constexpr size_t kShown = 4;

bool is_between(size_t value, size_t least, size_t most) {
  return value >= least && value <= most;
}

class ZaloCall : public MessageVerifier {
 private:
  struct First {
    uint32_t start = 0;
    size_t size = 0;
  };

  void read(const Place& message, Findings& findings) override {
    First& mine = firsts_[index(message.direction)];
    const First& other = firsts_[index(opposite(message.direction))];
    if (mine.size != 0) {
      if (++repeated_ > kRepeatedAtMost) leave("one side alone", findings);
      return;
    }
    mine = {ByteReader(message.octets).be32(), message.octets.size()};
    if (mine.start != kAsks && mine.start != kAnswers) return leave("another start", findings);
    if (other.size == 0) return;
    if (are_alike(mine, other) || is_answered(mine, other) || is_answered(other, mine)) {
      confirm(Strength::hint, "call", head_of(message, kShown),
              "both sides begin with datagrams of the sizes that Zalo's calls have", findings);
    }
    leave("other sizes", findings);
  }

  static bool are_alike(const First& a, const First& b) {
    const bool known = std::find(kSizes.begin(), kSizes.end(), a.size) != kSizes.end();
    return known && a.start == kAsks && b.start == kAsks && a.size == b.size;
  }
  static bool is_answered(const First& asked, const First& answer) {
    return asked.start == kAsks && is_between(asked.size, 180, 185) && answer.start == kAnswers &&
           is_between(answer.size, 52, 56);
  }

  static constexpr int kRepeatedAtMost = 8;
  First firsts_[2];
  int repeated_ = 0;
};

}  // namespace

extern const ParserModule kZaloCall;
const ParserModule kZaloCall{
    "zalo_call", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<ZaloCall>(); }};

}  // namespace parlance
