// Telegram's MTProto messages, as they stand in the frames of any transport (core.telegram.org/mtproto):
//
//   error:      a negative code, 4 octets
//   plain:      8 zeros, message id 8, length 4, a constructor of the key exchange, nonces …
//   encrypted:  key id 8, message key 16, blocks of 16
//
// Numbers are little-endian.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "model/direction.h"

namespace parlance {

struct MtprotoMessage {
  /// So much of a message's start is read: up to the second nonce of the key exchange.
  static constexpr size_t kHead = 56;

  enum class Kind : uint8_t { none, error, plain, encrypted };
  using Nonce = std::array<uint8_t, 16>;

  Kind kind = Kind::none;
  int32_t error = 0;                    ///< of an error: -404, say
  std::array<uint8_t, 8> key_id{};      ///< of an encrypted message: the same for all of an account's device
  Nonce message_key{};                  ///< of an encrypted message
  std::string_view constructor;         ///< of a plain message, a literal: "req_pq_multi"
  Nonce nonce{};                        ///< of a plain message: the client's, in every message of an exchange
};

/// What a message of `length` octets is that begins with `head` (all of it, or kHead octets). `padded`: up
/// to 15 octets of padding follow it. Kind::none if it is no message that this side sends.
MtprotoMessage read_mtproto_message(Bytes head, size_t length, bool padded, Direction direction);

}  // namespace parlance
