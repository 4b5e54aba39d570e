#include "protocols/support/reflector_call.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "model/call_signs.h"
#include "protocols/support/randomness.h"
#include "protocols/support/stun_message.h"

namespace parlance {
namespace {

constexpr size_t kMark = 12;  // octets ff
constexpr size_t kQuery = 40, kPeerRequest = 32, kSelfInfo = 64, kPeerInfo = 48;
constexpr uint32_t kQueryCode = 0xfffffffe, kPeerRequestCode = 0xffffffff,
                   kSelfInfoCode = 0xc01572c7, kPeerInfoCode = 0x27d9371c,
                   kPeerInfo6Code = 0x83fc73b1;
constexpr size_t kDataHeader = 24;  // of tgcalls
constexpr size_t kDistinctInTag =
    8;  // of 16 random octets 15 or 16 are different, of 12 seldom fewer than 10
constexpr int kFittingForProof = 6;
constexpr int kStrangersAtMost = 32;           // packets without the tag
constexpr size_t kShownOfControl = kMark + 4;  // the mark and the code
constexpr int kUnprovenAtMost = 400;
constexpr int kPacketsAtMost =
    64;  // looked at once the call is known, if they carry nothing to be read

/// The client's address as the reflector sees it, of IPv4 in IPv6's form, and a port in four
/// octets.
bool is_endpoint(ByteReader& reader) {
  static constexpr uint8_t kMapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const Bytes address = reader.bytes(16);
  const uint32_t port = reader.le32();
  if (!reader.ok() || port == 0 || port > 0xffff) return false;
  const bool global6 = (address[0] & 0xe0) == 0x20;  // 2000::/3
  return global6 || std::equal(std::begin(kMapped), std::end(kMapped), address.begin());
}

}  // namespace

struct ReflectorCall::Control {
  uint32_t code = 0;
  Bytes id;  ///< of a query and its answer: 8 octets
};

/// What tgcalls sends to the other side.
struct ReflectorCall::Data {
  uint32_t receiver = 0, sender = 0;
  Bytes packet;
};

std::optional<ReflectorCall::Control> ReflectorCall::read_control(Bytes packet) {
  ByteReader reader(packet);
  reader.skip(kTag);
  const Bytes mark = reader.bytes(kMark);
  Control control;
  control.code = reader.le32();
  const bool marked =
      std::all_of(mark.begin(), mark.end(), [](uint8_t each) { return each == 0xff; });
  if (!reader.ok() || !marked) return std::nullopt;
  const size_t size = packet.size();
  switch (control.code) {
    case kQueryCode:
      if (size != kQuery) return std::nullopt;
      break;
    case kPeerRequestCode:
      if (size != kPeerRequest) return std::nullopt;
      break;
    case kSelfInfoCode:
      if (size != kSelfInfo) return std::nullopt;
      reader.skip(4);
      break;
    case kPeerInfoCode:
      if (size != kPeerInfo) return std::nullopt;
      break;
    case kPeerInfo6Code:
      break;
    default:
      return std::nullopt;
  }
  control.id = reader.bytes(8);
  if (control.code == kSelfInfoCode && !is_endpoint(reader)) return std::nullopt;
  return control;
}

/// Filled up with zeros to a multiple of four.
std::optional<ReflectorCall::Data> ReflectorCall::read_data(Bytes packet) {
  ByteReader reader(packet);
  reader.skip(kCallTag);
  Data data;
  data.receiver = reader.be32();
  data.sender = reader.be32();
  const size_t length = reader.be32();
  data.packet = reader.bytes(length);
  const Bytes filling = reader.rest();
  const bool filled =
      filling.size() == (4 - length % 4) % 4 &&
      std::all_of(filling.begin(), filling.end(), [](uint8_t each) { return each == 0; });
  return reader.ok() && length > 0 && filled ? std::optional(data) : std::nullopt;
}

void ReflectorCall::take(const Place& place, Findings& findings) {
  if (over_) return;
  const auto control = read_control(place.octets);
  if (control && distinct_octets(place.octets.first(kTag)) >= kDistinctInTag) {
    take_control(*control, place, findings);
  } else if (is_of_call(place.octets) || begins_on_its_way(place.octets)) {
    take_data(place, findings);
  } else if (++strangers_ > kStrangersAtMost) {
    stop(findings);
  }
  const bool carries = inner_ && findings.listening(*inner_);
  const int at_most = strength_ == Strength::proof ? kPacketsAtMost : kUnprovenAtMost;
  if (!over_ && ++packets_ > at_most && !carries) stop(findings);
}

bool ReflectorCall::is_of_call(Bytes packet) const {
  return tag_ && packet.size() >= kTag &&
         std::equal(tag_->begin(), tag_->begin() + kCallTag, packet.begin());
}

/// The first of a call that is met on its way. Once another tag comes, that one is as good.
bool ReflectorCall::begins_on_its_way(Bytes packet) {
  if (strength_ != Strength::none || !read_data(packet) ||
      distinct_octets(packet.first(kCallTag)) < kDistinctInTag) {
    return false;
  }
  std::copy_n(packet.begin(), kTag, tag_.emplace().begin());
  tag_known_ = kCallTag;
  fitting_ = 0;
  lengths_differ_ = false;
  receivers_[0] = receivers_[1] = 0;
  senders_[0] = senders_[1] = 0;
  return true;
}

/// The tag lets anybody into the call, and answers hold addresses: only the mark and the code are
/// shown.
Place ReflectorCall::shown(const Place& place, size_t octets) {
  return {place.direction, place.offset + kTag, first_of(place.octets.subspan(kTag), octets)};
}

void ReflectorCall::take_control(const Control& control, const Place& packet, Findings& findings) {
  const bool same =
      tag_ && std::equal(tag_->begin(), tag_->begin() + static_cast<ptrdiff_t>(tag_known_),
                         packet.octets.begin());
  if (!same && strength_ >= Strength::strong) {
    ++strangers_;
    return;
  }
  if (!same) {
    std::copy_n(packet.octets.begin(), kTag, tag_.emplace().begin());
    tag_known_ = kTag;
  }
  const Place place = shown(packet, kShownOfControl);
  controlled_ = true;
  switch (control.code) {
    case kQueryCode:
      return take_query(control, place, findings);
    case kPeerRequestCode:
      requested_[index(place.direction)] = true;
      return confirm(Strength::strong, "peer-request", place,
                     "a call's tag and a request for its other side", findings);
    case kSelfInfoCode:
      return take_answer(control, place, findings);
    default:
      return confirm(
          requested_[index(opposite(place.direction))] ? Strength::proof : Strength::strong,
          "peer-info", place, "a reflector's answer about the other side, with the call's tag",
          findings);
  }
}

void ReflectorCall::take_query(const Control& control, const Place& place, Findings& findings) {
  Id id{};
  std::copy(control.id.begin(), control.id.end(), id.begin());
  queries_[index(place.direction)].remember(id);
  confirm(Strength::strong, "query", place, "a call's tag and a query to a reflector", findings);
}

void ReflectorCall::take_answer(const Control& control, const Place& place, Findings& findings) {
  const auto asks = [&](const Id& each) { return std::equal(each.begin(), each.end(), control.id.begin()); };
  const bool echoed = queries_[index(opposite(place.direction))].find(asks) != nullptr;
  confirm(echoed ? Strength::proof : Strength::strong, "self-info", place,
          echoed ? "a reflector's answer with the call's tag and the identifier of the query"
                 : "a reflector's answer with a call's tag",
          findings);
}

/// Data of tgcalls says its length; of libtgvoip's nothing can be read. Others, too, may put octets
/// that never change and a length in front of STUN: proof is that both members speak, or that a
/// reflector was asked.
void ReflectorCall::take_data(const Place& place, Findings& findings) {
  const auto data = read_data(place.octets);
  if (!data) return;
  const Place header = shown(place, kDataHeader - kTag);
  const Members members = remember_members(*data, place.direction);
  const auto message = read_stun_message(data->packet);
  const bool stun = message && message->cookie;
  if (stun) {
    const bool proven = members == Members::swapped || controlled_;
    const bool repeated = members == Members::one_side && fitting_ > 1;
    confirm(proven     ? Strength::proof
            : repeated ? Strength::strong
                       : Strength::hint,
            "relayed", header,
            "a packet with the call's tag and a length that fits, in it a whole STUN message",
            findings);
  }
  if (strength_ != Strength::proof) judge_members(members, header, findings);
  if (!inner_ && stun && strength_ >= Strength::strong) {
    inner_ = findings.open(Carrier::udp, Unit::message);
  }
  if (inner_) findings.deliver(*inner_, place.direction, data->packet);
}

/// The numbers of two members are 64 random bits that come back in the other order.
ReflectorCall::Members ReflectorCall::remember_members(const Data& data, Direction direction) {
  const size_t there = index(direction), back = index(opposite(direction));
  if (senders_[there] != 0 && senders_[there] != data.sender)
    fitting_ = 0;  // a member keeps its number
  if (fitting_++ == 0) {
    first_length_ = data.packet.size();
    lengths_differ_ = false;
  }
  lengths_differ_ = lengths_differ_ || data.packet.size() != first_length_;
  receivers_[there] = data.receiver;
  senders_[there] = data.sender;
  if (senders_[back] == 0 && receivers_[back] == 0) return Members::one_side;
  const bool swapped = data.receiver != data.sender && receivers_[back] == data.sender &&
                       senders_[back] == data.receiver && data.receiver != 0 && data.sender != 0;
  return swapped ? Members::swapped : Members::others;
}

/// One side alone has nothing of Telegram's own.
void ReflectorCall::judge_members(Members members, const Place& place, Findings& findings) {
  if (!lengths_differ_ || fitting_ < kFittingForProof) return;
  if (members == Members::swapped) {
    confirm(Strength::proof, "members", place,
            "packets with one tag from both sides, each as long as it says, sender and receiver "
            "changed over",
            findings);
  } else if (members == Members::one_side) {
    confirm(Strength::hint, "data", place, "packets with one tag, each as long as it says",
            findings);
  }
}

void ReflectorCall::confirm(Strength strength, std::string_view what, const Place& place,
                            Sentence text, Findings& findings) {
  if (strength_ < Strength::strong && strength >= Strength::strong) {
    findings.note("telegram.transport", std::string("reflector"));
    findings.call_sign(socket_sign(findings.flow().source));
  }
  strength_ = std::max(strength_, strength);
  findings.confirm(strength, what, place, std::move(text));
}

void ReflectorCall::stop(Findings& findings) {
  over_ = true;
  if (strength_ != Strength::none) return findings.finish();
  findings.refute("packets without a call's tag");
}

}  // namespace parlance
