#include "protocols/support/mtproto_dialogue.h"

#include <algorithm>

#include "base/text.h"

namespace parlance {
namespace {

/// Of a connection: a temporary key for each day or so, and the one that it replaces.
constexpr size_t kKeysAtMost = 4;
constexpr int kCheckedForProof = 2;

template <class Values, class Value>
bool contains(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

void MtprotoDialogue::confirm(Strength strength, std::string_view what, const Place& place, Sentence text,
                              Findings& findings) {
  strength_ = std::max(strength_, strength);
  findings.confirm(strength, what, place, std::move(text));
}

void MtprotoDialogue::take(const MtprotoMessage& message, const Place& place, Findings& findings) {
  ++side(place.direction).messages;
  if (message.kind == MtprotoMessage::Kind::encrypted) take_encrypted(message, place, findings);
  if (message.kind == MtprotoMessage::Kind::plain) take_plain(message, place, findings);
  if (message.kind == MtprotoMessage::Kind::error && strength_ != Strength::none) {
    findings.note("telegram.error", int64_t{message.error});
  }
  count(place, findings);
}

/// The identifier is 64 bits of a hash: both sides name it in front of each message.
void MtprotoDialogue::take_encrypted(const MtprotoMessage& message, const Place& place, Findings& findings) {
  Side& mine = side(place.direction);
  const bool again = contains(mine.keys, message.key_id) && message.message_key != mine.last_message_key;
  mine.last_message_key = message.message_key;
  if (!contains(mine.keys, message.key_id) && mine.keys.size() < kKeysAtMost) {
    mine.keys.push_back(message.key_id);
  }
  if (contains(side(opposite(place.direction)).keys, message.key_id)) {
    // Without the beginning both may only have the same greeting (RFB, JDWP): a second frame has to come.
    if (transport_ != Transport::guessed || again) {
      confirm(Strength::proof, "key-id", place,
              "whole frames of both sides name one key, by an identifier of 64 bits", findings);
    }
  } else if (again) {
    confirm(transport_ == Transport::opened ? Strength::proof : Strength::strong, "key-id-again", place,
            "frames follow one another exactly and name one key, by an identifier of 64 bits", findings);
  }
  if (strength_ != Strength::none) findings.note("telegram.auth_key_id", to_hex(message.key_id));
}

void MtprotoDialogue::take_plain(const MtprotoMessage& message, const Place& place, Findings& findings) {
  side(place.direction).nonce = message.nonce;
  const auto& others = side(opposite(place.direction)).nonce;
  if (others == message.nonce) {
    confirm(Strength::proof, "nonce", place,
            "messages of the key exchange from both sides, with one nonce of 128 bits", findings);
  } else {
    confirm(Strength::strong, "key-exchange", place,
            std::string("a whole message of the key exchange: ").append(message.constructor), findings);
  }
  findings.note("telegram.key_exchange", true);
}

void MtprotoDialogue::count(const Place& place, Findings& findings) {
  const int mine = side(place.direction).messages, others = side(opposite(place.direction)).messages;
  if (transport_ == Transport::opened && mine > 0 && others > 0) {
    confirm(Strength::proof, "frames-opened", place,
            "what the header's key opens are whole frames of both sides, with messages in them", findings);
  }
  if (transport_ != Transport::checked) return;
  confirm(mine + others >= kCheckedForProof ? Strength::proof : Strength::strong, "checksum", place,
          "frames that carry their number and the right CRC-32", findings);
}

}  // namespace parlance
