// Telegram's obfuscated transport (core.telegram.org/mtproto/mtproto-transports): 64 octets that look
// random and hold the key for all that follows, so that whoever sees them can open it. Behind a proxy the
// proxy's secret is worked into the key.
//
//   8 octets, key 32, counter 16   in the clear
//   a transport's mark 4 times, number of the data centre 2, 2 octets   under the key (octets 56 to 63)
//
// The server's stream has the same 48 octets, reversed, for key and counter.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "protocols/support/aes_ctr.h"
#include "protocols/support/mtproto_transport.h"
#include "secrets/mtproxy_secrets.h"

namespace parlance {

class MtprotoObfuscation {
 public:
  static constexpr size_t kHeader = 64;

  /// What 64 octets of a client's start open; nothing if they have no mark. A block of AES, and another for
  /// each secret; none at all for what no client sends.
  static std::unique_ptr<MtprotoObfuscation> open(Bytes header, const MtproxySecrets& secrets);

  MtprotoTransport transport() const { return transport_; }
  /// A secret was needed.
  bool proxied() const { return proxied_; }
  /// Of Telegram's data centres (1 to 5; above 10000 for tests; negative: for media). Who talks straight to
  /// one mostly puts random octets here.
  int16_t data_centre() const { return data_centre_; }

  /// The clear form of octets that stand at `offset` of a direction's stream.
  void apply(Direction direction, uint64_t offset, Bytes octets, std::span<uint8_t> clear) const {
    (direction == Direction::to_server ? to_server_ : to_client_).apply(offset, octets, clear);
  }

 private:
  struct Keys;
  MtprotoObfuscation(const Keys& to_server, const Keys& to_client);

  AesCtr to_server_, to_client_;
  MtprotoTransport transport_ = MtprotoTransport::abridged;
  int16_t data_centre_ = 0;
  bool proxied_ = false;
};

}  // namespace parlance
