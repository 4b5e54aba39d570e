// Where packets come from.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/packet.h"

namespace parlance::capture {

/// What next() met.
enum class Next {
  packets,  ///< at least one packet was given
  idle,     ///< nothing has come for a moment (live, or a file that may grow); ask again
  end,      ///< there is no more
  damaged,  ///< the input is not what its format promises; error() says where. There is no more.
};

/// A row of packets, in order. Damage is reported after every packet before it was given.
class PacketSource {
 public:
  virtual ~PacketSource() = default;

  /// Gives up to `batch.size()` packets and sets `count`. Their octets are valid until the next call.
  virtual Next next(std::span<RawPacket> batch, size_t& count) = 0;

  /// What is wrong, after Next::damaged.
  const Error& error() const { return error_; }

 protected:
  Error error_;
};

}  // namespace parlance::capture
