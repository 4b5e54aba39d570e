// Files that IRC's users send one another (DCC SEND): a connection of its own, to the address and
// port that a message of the IRC session names. The sender sends the file as it is; the receiver
// answers with how many octets came so far, again and again, 4 octets each (big-endian), and
// nothing else. Where both are counted, those numbers prove it: they stand where portions of the
// file ended.
#include <algorithm>
#include <array>
#include <optional>

#include "base/byte_reader.h"
#include "protocols/support/verifier.h"

namespace parlance {
namespace {

constexpr size_t kCount = 4;
constexpr int kExactForStrong = 2, kExactForProof = 4;
constexpr int kCountsAtMost = 64;  // read in all
// A counter that goes up with each question of an octet or two is a count of octets, too.
constexpr uint64_t kStepAtLeast = 64;
constexpr uint64_t kFileAtMost = UINT32_MAX;

class IrcDcc : public Verifier {
 public:
  explicit IrcDcc(const Start& start) : midstream_(start.midstream) {}

  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over() || octets.empty()) return;
    if (midstream_) return leave("octets before were not counted", findings);
    if (!sender_) sender_ = direction;  // the receiver has nothing to say before
    if (direction != *sender_) return read_counts(octets, findings);
    sent_ += octets.size();
    ends_[next_++ % ends_.size()] = sent_;
    if (sent_ > kFileAtMost) leave("more than a count can say", findings);
  }

  void gap(Direction direction, uint64_t length, Findings& findings) override {
    if (over()) return;
    if (length == 0 || direction != sender_) return leave("octets were not counted", findings);
    sent_ += length;
  }

 private:
  void read_counts(Bytes octets, Findings& findings) {
    const Direction direction = opposite(*sender_);
    for (const uint8_t each : octets) {
      count_ = count_ << 8 | each;
      if (++offset_ % kCount != 0) continue;
      take({direction, offset_ - kCount, {}}, findings);
      if (over()) return;
    }
  }

  void take(const Place& place, Findings& findings) {
    const uint64_t count = count_;
    if (count < newest_ || count == 0 || count > sent_) return leave("no counts", findings);
    const uint64_t step = count - newest_;
    newest_ = count;
    const bool exact = std::find(ends_.begin(), ends_.end(), count) != ends_.end();
    if (exact && step >= kStepAtLeast) ++exact_;
    if (exact_ >= kExactForProof) {
      return prove("counts", place,
                   "one side answers with nothing but how many octets of the other's came",
                   findings);
    }
    if (exact_ >= kExactForStrong) {
      confirm(Strength::strong, "first-counts", place,
              "one side answers with how many octets of the other's came", findings);
    }
    if (++counts_ > kCountsAtMost) leave("no counts", findings);
  }

  std::optional<Direction> sender_;
  uint64_t sent_ = 0;
  std::array<uint64_t, 64> ends_{};  ///< where its newest portions ended
  size_t next_ = 0;
  uint32_t count_ = 0;  ///< the newest four octets of the receiver
  uint64_t offset_ = 0, newest_ = 0;
  int exact_ = 0, counts_ = 0;
  bool midstream_;
};

}  // namespace

extern const ParserModule kIrcDcc;
const ParserModule kIrcDcc{
    "irc_dcc", Unit::bytes,
    [](const Start& start) -> std::unique_ptr<Parser> { return std::make_unique<IrcDcc>(start); }};

}  // namespace parlance
