#include "protocols/support/multiplexed_turn.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "base/text.h"
#include "protocols/support/stun_message.h"

namespace parlance {
namespace {

constexpr uint16_t kMagic = 0xff10;
constexpr int kChain = 6;  // messages of one session, of different lengths

}  // namespace

std::optional<MultiplexedMessage> read_multiplexed(Bytes datagram) {
  ByteReader reader(datagram);
  const bool has_magic = reader.be16() == kMagic;
  const uint16_t length = reader.be16();
  if (!reader.ok() || !has_magic || length != reader.remaining()) return std::nullopt;
  MultiplexedMessage message;
  const Bytes session = reader.bytes(message.session.size());
  if (!reader.ok() || reader.at_end()) return std::nullopt;
  std::copy(session.begin(), session.end(), message.session.begin());
  message.data = reader.rest();
  return message;
}

void MultiplexedTurn::take(const MultiplexedMessage& message, const Place& place,
                           Findings& findings) {
  if (message.session != session_) {
    session_ = message.session;
    messages_ = 0;
    lengths_differ_ = false;
  }
  if (messages_ == 0) length_ = message.data.size();
  lengths_differ_ = lengths_differ_ || message.data.size() != length_;
  messages_ = std::min(messages_ + 1, kChain);
  const Place header{place.direction, place.offset,
                     first_of(place.octets, MultiplexedMessage::kHeader)};
  const auto stun = read_stun_message(message.data);
  if (stun && stun->fingerprint) {
    judge(
        Strength::proof, "multiplexed-turn", header,
        "a session's number before a message of STUN with a right FINGERPRINT, the length of both "
        "exact",
        findings);
  } else if ((stun && stun->cookie) || (messages_ == kChain && lengths_differ_)) {
    judge(Strength::strong, "multiplexed-turn", header,
          "messages of one session, each as long as it says", findings);
  }
  if (confirmed())
    sessions_.deliver(to_hex(message.session), place.direction, message.data, findings);
}

void MultiplexedTurn::judge(Strength strength, std::string_view what, const Place& place,
                            Sentence text, Findings& findings) {
  if (strength <= strength_) return;
  strength_ = strength;
  findings.confirm(strength, what, place, text);
  findings.support("teams", strength, what, place, std::move(text));
}

}  // namespace parlance
