// How Mumble's clients ask servers, whether they are connected or not, for their load
// (mumble-protocol, "Ping packet"): twelve octets, answered by 24 that repeat the number asked
// with.
//
//   asks      00000000          number64
//   answered  version[4]        number64  users32  users at most32  bandwidth32
//
// The version is 0, major, minor and patch.
#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"

namespace parlance {
namespace {

constexpr size_t kAskOctets = 12, kAnswerOctets = 24;
constexpr size_t kAskedAtOnce = 4;
constexpr int kDatagramsAtMost = 32;
constexpr uint32_t kUsersAtMost = 1'000'000;
constexpr uint32_t kBandwidthAtLeast = 8'000, kBandwidthAtMost = 100'000'000;  // bit/s

class MumblePing : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    const Bytes octets = message.octets;
    const bool client = message.direction == Direction::to_server;
    if (client && octets.size() == kAskOctets) take_question(octets);
    if (!client && octets.size() == kAnswerOctets && answers(octets)) {
      return prove("ping", message,
                   "a ping of a random number, answered with it, a version, and users and "
                   "bandwidth within bounds",
                   findings);
    }
    if (++datagrams_ >= kDatagramsAtMost) leave("no ping that was answered", findings);
  }

  void take_question(Bytes octets) {
    ByteReader reader(octets);
    if (reader.be32() != 0) return;
    const uint64_t number = reader.be64();
    // Neither small nor padded: an echo is to say something.
    if (number >> 32 == 0 || (number & UINT32_MAX) == 0) return;
    asked_[next_++ % kAskedAtOnce] = number;
  }

  bool answers(Bytes octets) const {
    ByteReader reader(octets);
    const uint32_t version = reader.be32();
    const uint64_t number = reader.be64();
    const uint32_t users = reader.be32(), most = reader.be32(), bandwidth = reader.be32();
    const bool asked =
        number != 0 && std::find(asked_.begin(), asked_.end(), number) != asked_.end();
    return asked && version >> 16 >= 1 && version >> 16 <= 2 && (version >> 8 & 0xff) <= 20 &&
           users <= most && most <= kUsersAtMost && bandwidth >= kBandwidthAtLeast &&
           bandwidth <= kBandwidthAtMost;
  }

  std::array<uint64_t, kAskedAtOnce> asked_{};
  size_t next_ = 0;
  int datagrams_ = 0;
};

}  // namespace

extern const ParserModule kMumblePing;
const ParserModule kMumblePing{
    "mumble_ping", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<MumblePing>(); }};

}  // namespace parlance
