// What Telegram's calls send to its reflectors, which pass it on to the other side: datagrams that begin
// with the call's tag, which both sides and the reflector repeat in front of everything.
//
//   query:         tag 16, ff 12, fe ff ff ff, id 8
//   its answer:    tag 16, ff 12, c01572c7, time 4, id 8, address 16, port 4
//   peer request:  tag 16, ff 16             and its answer: tag 16, ff 12, 27d9371c or 83fc73b1, …
//   data:          tag 16, ciphertext                                            (libtgvoip)
//   data:          tag 12, receiver 4, sender 4, length 4 (big-endian), packet   (tgcalls: STUN, DTLS, RTP)
//
// Numbers are little-endian but for that length; the whole is filled up to a multiple of four. Layout as in
// libtgvoip (VoIPController) and tgcalls (ReflectorPort).
#include <algorithm>
#include <array>
#include <bitset>
#include <optional>

#include "base/byte_reader.h"
#include "model/call_signs.h"
#include "protocols/parser.h"
#include "protocols/support/stun_message.h"

namespace parlance {
namespace {

constexpr size_t kTag = 16, kCallTag = 12;  // of which so much is the call's, the rest may be a member's
constexpr size_t kMark = 12;                // octets ff
constexpr size_t kQuery = 40, kPeerRequest = 32, kSelfInfo = 64, kPeerInfo = 48;
constexpr uint32_t kQueryCode = 0xfffffffe, kPeerRequestCode = 0xffffffff, kSelfInfoCode = 0xc01572c7,
                   kPeerInfoCode = 0x27d9371c, kPeerInfo6Code = 0x83fc73b1;
constexpr size_t kDataHeader = 24;     // of tgcalls
constexpr size_t kDifferentInTag = 8;  // of 16 random octets 15 or 16 are different
constexpr int kStrangersAtMost = 32;   // datagrams without the tag
constexpr size_t kShownOfControl = kMark + 4;  // the mark and the code
constexpr int kUnprovenAtMost = 400;
constexpr int kDatagramsAtMost = 64;   // looked at once the call is known, if they carry nothing to be read
constexpr size_t kQueriesKept = 8;

struct Control {
  uint32_t code = 0;
  Bytes id;  ///< of a query and its answer: 8 octets
};

/// The client's address as the reflector sees it, of IPv4 in IPv6's form, and a port in four octets.
bool is_endpoint(ByteReader& reader) {
  static constexpr uint8_t kMapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const Bytes address = reader.bytes(16);
  const uint32_t port = reader.le32();
  if (!reader.ok() || port == 0 || port > 0xffff) return false;
  const bool global6 = (address[0] & 0xe0) == 0x20;  // 2000::/3
  return global6 || std::equal(std::begin(kMapped), std::end(kMapped), address.begin());
}

std::optional<Control> read_control(Bytes datagram) {
  ByteReader reader(datagram);
  reader.skip(kTag);
  const Bytes mark = reader.bytes(kMark);
  Control control;
  control.code = reader.le32();
  const bool marked = std::all_of(mark.begin(), mark.end(), [](uint8_t each) { return each == 0xff; });
  if (!reader.ok() || !marked) return std::nullopt;
  const size_t size = datagram.size();
  switch (control.code) {
    case kQueryCode: if (size != kQuery) return std::nullopt; break;
    case kPeerRequestCode: if (size != kPeerRequest) return std::nullopt; break;
    case kSelfInfoCode: if (size != kSelfInfo) return std::nullopt; reader.skip(4); break;
    case kPeerInfoCode: if (size != kPeerInfo) return std::nullopt; break;
    case kPeerInfo6Code: break;
    default: return std::nullopt;
  }
  control.id = reader.bytes(8);
  if (control.code == kSelfInfoCode && !is_endpoint(reader)) return std::nullopt;
  return control;
}

bool looks_random(Bytes tag) {
  std::bitset<256> seen;
  for (const uint8_t each : tag) seen.set(each);
  return seen.count() >= kDifferentInTag;
}

class TelegramReflector : public Parser {
 public:
  void data(Direction direction, Bytes octets, Findings& findings) override {
    if (over_) return;
    const Place place{direction, offset_[index(direction)], octets};
    offset_[index(direction)] += octets.size();
    const auto control = read_control(octets);
    if (control && looks_random(octets.first(kTag))) {
      take_control(*control, place, findings);
    } else if (is_of_call(octets)) {
      take_data(place, findings);
    } else if (++strangers_ > kStrangersAtMost) {
      stop(findings);
    }
    const bool carries = inner_ && findings.listening(*inner_);
    const int at_most = strength_ == Strength::proof ? kDatagramsAtMost : kUnprovenAtMost;
    if (strength_ != Strength::none && ++datagrams_ > at_most && !carries) stop(findings);
  }

  void gap(Direction, uint64_t, Findings&) override {}  // each datagram stands for itself

 private:
  using Tag = std::array<uint8_t, kTag>;
  using Id = std::array<uint8_t, 8>;

  bool is_of_call(Bytes datagram) const {
    return tag_ && datagram.size() >= kTag && std::equal(tag_->begin(), tag_->begin() + kCallTag, datagram.begin());
  }

  /// The tag lets anybody into the call, and answers hold addresses: only the mark and the code are shown.
  static Place shown(const Place& place, size_t octets) {
    return {place.direction, place.offset + kTag, first_of(place.octets.subspan(kTag), octets)};
  }

  void take_control(const Control& control, const Place& datagram, Findings& findings) {
    const bool same = tag_ && std::equal(tag_->begin(), tag_->end(), datagram.octets.begin());
    if (!same && tag_) {
      ++strangers_;
      return;
    }
    if (!tag_) std::copy_n(datagram.octets.begin(), kTag, tag_.emplace().begin());
    const Place place = shown(datagram, kShownOfControl);
    switch (control.code) {
      case kQueryCode:
        return take_query(control, place, findings);
      case kPeerRequestCode:
        requested_ = true;
        return confirm(Strength::strong, "peer-request", place, "a call's tag and a request for its other side",
                       findings);
      case kSelfInfoCode:
        return take_answer(control, place, findings);
      default:
        return confirm(requested_ ? Strength::proof : Strength::strong, "peer-info", place,
                       "a reflector's answer about the other side, with the call's tag", findings);
    }
  }

  void take_query(const Control& control, const Place& place, Findings& findings) {
    std::copy(control.id.begin(), control.id.end(), queries_[next_query_].begin());
    next_query_ = (next_query_ + 1) % kQueriesKept;
    known_queries_ = std::min(known_queries_ + 1, kQueriesKept);
    confirm(Strength::strong, "query", place, "a call's tag and a query to a reflector", findings);
  }

  void take_answer(const Control& control, const Place& place, Findings& findings) {
    const auto end = queries_.begin() + static_cast<ptrdiff_t>(known_queries_);
    const bool echoed = std::any_of(queries_.begin(), end, [&](const Id& each) {
      return std::equal(each.begin(), each.end(), control.id.begin());
    });
    confirm(echoed ? Strength::proof : Strength::strong, "self-info", place,
            echoed ? "a reflector's answer with the call's tag and the identifier of the query"
                   : "a reflector's answer with a call's tag",
            findings);
  }

  /// Data of tgcalls says its length; of libtgvoip's nothing can be read.
  void take_data(const Place& place, Findings& findings) {
    ByteReader reader(place.octets);
    reader.skip(kDataHeader - 4);
    const size_t length = reader.be32();
    const Bytes packet = reader.bytes(length);
    if (!reader.ok() || packet.empty() || reader.remaining() != (4 - length % 4) % 4) return;
    if (const auto message = read_stun_message(packet); message && message->cookie) {
      confirm(Strength::proof, "relayed", shown(place, kDataHeader - kTag),
              "a packet with the call's tag and a length that fits, in it a whole STUN message", findings);
      if (!inner_) inner_ = findings.open(Carrier::udp, Unit::message);
    }
    if (inner_) findings.deliver(*inner_, place.direction, packet);
  }

  void confirm(Strength strength, std::string_view what, const Place& place, Sentence text,
               Findings& findings) {
    if (strength_ == Strength::none) {
      findings.note("telegram.transport", std::string("reflector"));
      findings.call_sign(socket_sign(findings.flow().source));
    }
    strength_ = std::max(strength_, strength);
    findings.confirm(strength, what, place, std::move(text));
  }
  void stop(Findings& findings) {
    over_ = true;
    if (strength_ != Strength::none) return findings.finish();
    findings.refute("datagrams without a call's tag");
  }

  std::optional<Tag> tag_;
  std::array<Id, kQueriesKept> queries_{};
  size_t next_query_ = 0, known_queries_ = 0;
  std::optional<ChannelId> inner_;
  uint64_t offset_[2] = {0, 0};
  int strangers_ = 0, datagrams_ = 0;
  Strength strength_ = Strength::none;
  bool requested_ = false;
  bool over_ = false;
};

}  // namespace

extern const ParserModule kTelegramReflector;
const ParserModule kTelegramReflector{
    "telegram_reflector", Unit::message,
    [](const Start&) -> std::unique_ptr<Parser> { return std::make_unique<TelegramReflector>(); }};

}  // namespace parlance
