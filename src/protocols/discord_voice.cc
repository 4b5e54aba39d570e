// Discord's voice connections in datagrams (docs.discord.com, "Voice Connections"). A client first
// asks where it is seen from (IP discovery), then sends RTP and RTCP and, every few seconds, a
// keepalive that the server sends back as it is:
//
//   discovery   type16 (1 asks, 2 answers)  length16 = 70  SSRC32  address[64] text, padded with
//               zeros  port16
//   keepalive   13 37 ca fe  counter32 (little-endian, here and below)
//   media       RTP or RTCP, encrypted, …  counter32
//
// Once IP discovery had no type and no length: 70 octets that begin with the SSRC.
// The counter at the end of the media is the nonce of its encryption: one more with each datagram
// of a direction, RTP and RTCP together; its highest bit is set by clients and clear from servers
// (seen in all 42 directions that could be looked at, 2020 to 2024). So calls are known in the
// middle, too. Older modes of encryption have no such counter.
#include <algorithm>
#include <array>
#include <optional>

#include <arpa/inet.h>

#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"

namespace parlance {
namespace {

constexpr size_t kDiscoveryOctets = 74, kAddressOctets = 64, kKeepaliveOctets = 8;
constexpr size_t kOldDiscoveryOctets = 70;
constexpr size_t kShownOctets = 8;   // of discovery: what follows is the user's address
constexpr size_t kMediaOctets = 28;  // RTP's or RTCP's header, a 16-octet tag, the counter …
constexpr uint16_t kDiscoveryLength = 70;
constexpr uint32_t kKeepalive = 0x1337cafe;
constexpr uint32_t kFromClient = 0x80000000;
constexpr uint32_t kCounterStepAtMost = 3;  // packets lost in between
constexpr int kStepsOneSided = 8, kStepsOfEach = 4;
constexpr int kKeepalivesInRow = 3;
constexpr int kOthersAtMost = 64, kDatagramsAtMost = 600;

bool is_address(Bytes padded) {
  const std::string_view all = as_text(padded);
  const std::string text(all.substr(0, all.find('\0')));
  if (text.empty() || all.find_first_not_of('\0', text.size()) != std::string_view::npos)
    return false;
  std::array<uint8_t, 16> octets;
  return inet_pton(AF_INET, text.c_str(), octets.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), octets.data()) == 1;
}

bool is_all_zero(Bytes octets) {
  return std::all_of(octets.begin(), octets.end(), [](uint8_t each) { return each == 0; });
}

/// RTP with a dynamic payload type, or RTCP (RFC 5761 section 4).
bool may_be_media(Bytes datagram) {
  if (datagram.size() < kMediaOctets || datagram[0] >> 6 != 2) return false;
  const uint8_t type = datagram[1];
  return (type >= 200 && type <= 207) || (type & 0x7f) >= 96;
}

class DiscordVoice : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    if (++datagrams_ > kDatagramsAtMost) return leave("no datagrams of Discord's voice", findings);
    const size_t size = message.octets.size();
    if (size == kDiscoveryOctets && take_discovery(message, findings)) return;
    if (size == kOldDiscoveryOctets && take_old_discovery(message, findings)) return;
    if (size == kKeepaliveOctets && take_keepalive(message, findings)) return;
    if (may_be_media(message.octets)) {
      take_media(message, findings);
    } else {
      ++others_;
    }
    const bool foreign = best() == Strength::none && others_ >= kOthersAtMost;
    if (foreign) leave("no datagrams of Discord's voice", findings);
  }

  struct Side {
    std::optional<uint32_t> keepalive;
    int keepalives = 0;  ///< each one more than the one before
    std::optional<uint32_t> counter;
    int steps = 0;
  };
  Side& side(Direction direction) { return sides_[index(direction)]; }

  bool take_discovery(const Place& place, Findings& findings) {
    ByteReader reader(place.octets);
    const uint16_t type = reader.be16();
    if (reader.be16() != kDiscoveryLength || (type != 1 && type != 2)) return false;
    const uint32_t source = reader.be32();
    const Bytes address = reader.bytes(kAddressOctets);
    const Place shown = head_of(place, kShownOctets);
    if (type == 1 && is_all_zero(address)) {
      asked_ = source;
      confirm(Strength::strong, "discovery-request", shown,
              "a request of IP discovery: its length, and an address of zeros alone", findings);
      return true;
    }
    if (type != 2 || !is_address(address)) return false;
    findings.note("discord.ssrc", static_cast<int64_t>(source));
    if (asked_ == source) {
      prove("discovery", shown,
            "IP discovery asked for and answered: the same SSRC, an address padded with zeros",
            findings);
    } else {
      confirm(Strength::strong, "discovery-answer", shown,
              "an answer of IP discovery: its length, and an address padded with zeros", findings);
    }
    return true;
  }

  /// Of the request all but the SSRC is zero, which says little before it is answered.
  bool take_old_discovery(const Place& place, Findings& findings) {
    ByteReader reader(place.octets);
    const uint32_t source = reader.be32();
    const Bytes address = reader.bytes(kAddressOctets);
    if (place.direction == Direction::to_server && is_all_zero(reader.rest()) &&
        is_all_zero(address)) {
      old_asked_ = source;
      return true;
    }
    if (place.direction != Direction::to_client || old_asked_ != source || source == 0 ||
        !is_address(address)) {
      return false;
    }
    findings.note("discord.ssrc", static_cast<int64_t>(source));
    prove("old-discovery", head_of(place, sizeof source),
          "IP discovery of 70 octets, asked for and answered: the same SSRC, an address padded "
          "with zeros",
          findings);
    return true;
  }

  /// The four octets of the start alone are a hint only: others may like that number, too.
  bool take_keepalive(const Place& place, Findings& findings) {
    ByteReader reader(place.octets);
    if (reader.be32() != kKeepalive) return false;
    const uint32_t counter = reader.le32();
    Side& from = side(place.direction);
    const bool follows = from.keepalive && counter == *from.keepalive + 1;
    from.keepalives = follows ? from.keepalives + 1 : 1;
    from.keepalive = counter;
    if (side(opposite(place.direction)).keepalive == counter) {
      confirm(Strength::strong, "keepalive-echo", place,
              "a keepalive that came back as it was: 1337CAFE and a counter", findings);
    } else if (from.keepalives == kKeepalivesInRow) {
      confirm(Strength::strong, "keepalives", place,
              "keepalives that count on: 1337CAFE and a counter", findings);
    } else {
      confirm(Strength::hint, "keepalive", place, "1337CAFE and four octets", findings);
    }
    return true;
  }

  void take_media(const Place& place, Findings& findings) {
    const uint32_t counter = ByteReader(place.octets.last(sizeof counter)).le32();
    Side& from = side(place.direction);
    const uint32_t step = from.counter ? counter - *from.counter : 0;
    from.steps = step >= 1 && step <= kCounterStepAtMost ? from.steps + 1 : 0;
    from.counter = counter;
    if (from.steps < kStepsOfEach) return;
    const Side& other = side(opposite(place.direction));
    const Place shown{place.direction, place.offset + place.octets.size() - sizeof counter,
                      place.octets.last(sizeof counter)};
    if (other.steps >= kStepsOfEach && ((counter ^ *other.counter) & kFromClient) != 0) {
      prove("counters", shown,
            "RTP and RTCP of each side end in a counter of their own, the client's with the "
            "highest bit set",
            findings);
    } else if (from.steps >= kStepsOneSided) {
      confirm(Strength::strong, "counter", shown,
              "RTP and RTCP end in a counter that goes on with each datagram", findings);
    }
  }

  std::array<Side, 2> sides_{};
  std::optional<uint32_t> asked_, old_asked_;
  int datagrams_ = 0, others_ = 0;
};

}  // namespace

extern const ParserModule kDiscordVoice;
const ParserModule kDiscordVoice{
    "discord_voice", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<DiscordVoice>(); }, true};

}  // namespace parlance
