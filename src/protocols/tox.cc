// Tox in datagrams (toktok.ltd/spec, c-toxcore's network.h). Each datagram is a kind, one octet,
// and what NaCl made of the rest: random numbers but for the public key of the sender, which stands
// in the clear in some kinds, and lengths that are fixed or go in fixed steps.
//
//   00 01        82                    ping            kind  sender[32]  nonce[24]  box
//   02           113                   nodes request   likewise
//   04           82 + 39 n4 + 51 n6    nodes response  likewise, at most four nodes
//   18           145                   cookie request  likewise
//   93           113                   data search     likewise
//   19 1a        161, 385              cookie response, handshake
//   1b           8 n                   data            kind  nonce16 (goes up by one)  box
//   20           115 and more          DHT request     kind  receiver[32]  sender[32]  nonce[24]  box
//   21           33                    LAN discovery   kind  sender[32]
//   80 … 86, 8c … 8e                   onion: announcements, passed on in three steps
#include <algorithm>
#include <array>
#include <bitset>
#include <optional>

#include "base/byte_reader.h"
#include "protocols/support/message_verifier.h"
#include "protocols/support/randomness.h"

namespace parlance {
namespace {

constexpr size_t kKeyOctets = 32, kNonceOctets = 24;
constexpr size_t kKeyDistinct = 20,
                 kNonceDistinct = 15;  // random ones have more but for one in 10^12
constexpr size_t kNodeOctets4 = 39, kNodeOctets6 = 51, kNodesAtMost = 4;
constexpr int kKeyedForStrong = 2, kKeyedForProof = 3;  // of one sender
constexpr size_t kRequestAtLeast = 115;  // 20: two keys, a nonce, the box of an octet and more
constexpr int kDataForStrong = 8;
constexpr int kOnionForStrong = 8;
constexpr size_t kOnionKinds = 3;
constexpr int kMisfitsAtMost = 4, kDatagramsAtMost = 400;

enum class Kind : uint8_t { none, keyed, request, lan, data, onion, other };

/// `length` is `least` and n nodes of either kind, n up to four.
bool holds_nodes(size_t length, size_t least) {
  if (length < least) return false;
  for (size_t six = 0; six <= kNodesAtMost; ++six) {
    const size_t rest = length - least;
    if (rest < six * kNodeOctets6) return false;
    const size_t four = (rest - six * kNodeOctets6) / kNodeOctets4;
    if ((rest - six * kNodeOctets6) % kNodeOctets4 == 0 && four + six <= kNodesAtMost) return true;
  }
  return false;
}

/// Announcements and their answers; each step takes 8 octets off on the way there, and 59 (the last
/// 60) on the way back.
bool is_onion(uint8_t kind, size_t length) {
  constexpr size_t kAnnounce = 354, kAnswer = 82, kFirstBack = 60, kBack = 59;
  switch (kind) {
    case 0x80:
      return length == 403 || length == 537;
    case 0x81:
      return length == 395 || length == 529;
    case 0x82:
      return length == 387 || length == 521;
    case 0x83:
      return length == kAnnounce;
    case 0x84:
      return holds_nodes(length, kAnswer);
    case 0x8c:
      return holds_nodes(length, kAnswer + kFirstBack + 2 * kBack);
    case 0x8d:
      return holds_nodes(length, kAnswer + kFirstBack + kBack);
    case 0x8e:
      return holds_nodes(length, kAnswer + kFirstBack);
    default:
      return false;
  }
}

Kind kind_of(Bytes datagram) {
  const size_t length = datagram.size();
  if (length == 0) return Kind::none;
  const uint8_t kind = datagram[0];
  switch (kind) {
    case 0x00:
    case 0x01:
      return length == 82 ? Kind::keyed : Kind::none;
    case 0x02:
    case 0x93:
      return length == 113 ? Kind::keyed : Kind::none;
    case 0x04:
      return holds_nodes(length, 82) ? Kind::keyed : Kind::none;
    case 0x18:
      return length == 145 ? Kind::keyed : Kind::none;
    case 0x19:
      return length == 161 ? Kind::other : Kind::none;
    case 0x1a:
      return length == 385 ? Kind::other : Kind::none;
    case 0x1b:
      return length % 8 == 0 && length >= 32 && length <= 1400 ? Kind::data : Kind::none;
    case 0x20:
      return length >= kRequestAtLeast ? Kind::request : Kind::none;
    case 0x21:
      return length == 33 ? Kind::lan : Kind::none;
    case 0xf0:
      return length == 78 ? Kind::other : Kind::none;
    default:
      break;
  }
  if (is_onion(kind, length)) return Kind::onion;
  const bool rare = kind >= 0x85 && kind <= 0x94;
  return rare ? Kind::other : Kind::none;
}

class Tox : public MessageVerifier {
 private:
  void read(const Place& message, Findings& findings) override {
    ++datagrams_;
    switch (kind_of(message.octets)) {
      case Kind::keyed:
        take_keyed(message, findings);
        break;
      case Kind::request:
        take_request(message, findings);
        break;
      case Kind::lan:
        take_lan(message, findings);
        break;
      case Kind::data:
        take_data(message, findings);
        break;
      case Kind::onion:
        take_onion(message, findings);
        break;
      case Kind::other:
        break;
      case Kind::none:
        ++misfits_;
        break;
    }
    if (misfits_ > kMisfitsAtMost || datagrams_ >= kDatagramsAtMost) {
      leave("datagrams that are none of Tox's kinds", findings);
    }
  }

  using Key = std::array<uint8_t, kKeyOctets>;
  using Nonce = std::array<uint8_t, kNonceOctets>;
  struct Side {
    std::optional<Key> key;
    Nonce nonce{};
    int keyed = 0;  ///< with that key, each with a nonce of its own
    std::optional<uint16_t> number;
    int numbered = 0;
  };
  Side& side(Direction direction) { return sides_[index(direction)]; }

  void take_keyed(const Place& place, Findings& findings) {
    ByteReader reader(place.octets);
    reader.skip(1);
    const Bytes key = reader.bytes(kKeyOctets), nonce = reader.bytes(kNonceOctets);
    Side& from = side(place.direction);
    const bool is_new = !from.key || !std::equal(key.begin(), key.end(), from.key->begin());
    if (distinct_octets(key) < kKeyDistinct || distinct_octets(nonce) < kNonceDistinct) {
      ++misfits_;
      return;
    }
    if (is_new) {
      if (from.key) ++misfits_;
      from.keyed = 0;
      std::copy(key.begin(), key.end(), from.key.emplace().begin());
    } else if (!are_unlike(nonce, from.nonce)) {
      ++misfits_;
      return;
    }
    count(from, nonce, place, findings);
  }

  /// Nodes pass these on for others, so only one of the sender's own says something.
  void take_request(const Place& place, Findings& findings) {
    ByteReader reader(place.octets);
    reader.skip(1 + kKeyOctets);
    const Bytes key = reader.bytes(kKeyOctets), nonce = reader.bytes(kNonceOctets);
    Side& from = side(place.direction);
    const bool own = from.key && std::equal(key.begin(), key.end(), from.key->begin());
    if (!own || !are_unlike(nonce, from.nonce) || distinct_octets(nonce) < kNonceDistinct) return;
    count(from, nonce, place, findings);
  }

  void count(Side& from, Bytes nonce, const Place& place, Findings& findings) {
    std::copy(nonce.begin(), nonce.end(), from.nonce.begin());
    const Side& other = side(opposite(place.direction));
    if (other.key == from.key) return;  // sent back as it was
    ++from.keyed;
    judge_keyed(from, other, place, findings);
  }

  /// Sent to all of a network again and again; what is in it is the sender's key.
  void take_lan(const Place& place, Findings& findings) {
    const Bytes key = place.octets.subspan(1);
    Side& from = side(place.direction);
    if (from.key && std::equal(key.begin(), key.end(), from.key->begin())) {
      confirm(Strength::hint, "lan-discovery", head_of(place, 1),
              "the kind of a LAN discovery and a key, the same again", findings);
    } else if (!from.key && distinct_octets(key) >= kKeyDistinct) {
      std::copy(key.begin(), key.end(), from.key.emplace().begin());
    } else {
      ++misfits_;
    }
  }

  void judge_keyed(const Side& from, const Side& other, const Place& place, Findings& findings) {
    const Place shown = head_of(place, 1 + kKeyOctets);
    if (from.keyed >= kKeyedForProof ||
        (from.keyed >= kKeyedForStrong && other.keyed >= kKeyedForStrong)) {
      prove("keys", shown,
            "datagrams of exact lengths for their kinds, all with their sender's public key and "
            "each with a nonce of its own",
            findings);
    } else if (from.keyed >= kKeyedForStrong) {
      confirm(Strength::strong, "key", shown,
              "two datagrams of exact lengths for their kinds with one public key and different "
              "nonces",
              findings);
    }
  }

  void take_data(const Place& place, Findings& findings) {
    ByteReader reader(place.octets);
    reader.skip(1);
    const uint16_t number = reader.be16();
    Side& from = side(place.direction);
    const bool follows = from.number && number == static_cast<uint16_t>(*from.number + 1);
    from.numbered = follows ? from.numbered + 1 : 0;
    from.number = number;
    if (from.numbered < kDataForStrong) return;
    if (side(opposite(place.direction)).numbered < kDataForStrong) return;
    confirm(Strength::strong, "data", head_of(place, 3),
            "data of both sides, each datagram with the next number and padded to eight octets",
            findings);
  }

  void take_onion(const Place& place, Findings& findings) {
    onion_kinds_.set(place.octets[0]);
    if (++onion_ < kOnionForStrong || onion_kinds_.count() < kOnionKinds || misfits_ > 0) return;
    confirm(Strength::strong, "onion", head_of(place, 1),
            "steps of onion routing of several kinds, each of exact length", findings);
  }

  std::array<Side, 2> sides_{};
  std::bitset<256> onion_kinds_;
  int datagrams_ = 0, misfits_ = 0, onion_ = 0;
};

}  // namespace

extern const ParserModule kTox;
const ParserModule kTox{"tox", Unit::message, [](const Start&) -> std::unique_ptr<Parser> {
                          return std::make_unique<Tox>();
                        }};

}  // namespace parlance
