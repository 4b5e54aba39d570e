// What the messages of both sides of an MTProto stream prove together.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "protocols/parser.h"
#include "protocols/support/mtproto_message.h"

namespace parlance {

/// Takes whole messages as they come, on whatever transport, and confirms what they show: an identifier of
/// a key that both sides name, a nonce that comes back, checksums. One object a channel.
class MtprotoDialogue {
 public:
  /// What the transport vouches for.
  enum class Transport : uint8_t {
    bare,     ///< lengths alone
    guessed,  ///< lengths alone, without the beginning: both sides may only have the same greeting
    opened,   ///< it was opened with a key, and the opening had the mark that it must have
    checked,  ///< each message has a number and a checksum that are right
  };
  void set_transport(Transport transport) { transport_ = transport; }

  /// The next whole message. `place` is where its frame stands in the channel.
  void take(const MtprotoMessage& message, const Place& place, Findings& findings);

  /// The best that was confirmed.
  Strength strength() const { return strength_; }
  /// Confirms for the dialogue's owner, so that strength() knows.
  void confirm(Strength strength, std::string_view what, const Place& place, Sentence text,
               Findings& findings);

 private:
  using KeyId = std::array<uint8_t, 8>;
  struct Side {
    std::vector<KeyId> keys;  // named by it, kKeysAtMost at most
    MtprotoMessage::Nonce last_message_key{};
    std::optional<MtprotoMessage::Nonce> nonce;
    int messages = 0;
  };
  Side& side(Direction direction) { return sides_[index(direction)]; }

  void take_encrypted(const MtprotoMessage& message, const Place& place, Findings& findings);
  void take_plain(const MtprotoMessage& message, const Place& place, Findings& findings);
  void count(const Place& place, Findings& findings);

  Side sides_[2];
  Transport transport_ = Transport::bare;
  Strength strength_ = Strength::none;
};

}  // namespace parlance
