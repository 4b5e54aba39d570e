// The integrity tag of QUIC's Retry packets (RFC 9001 section 5.8, RFC 9369 section 3.3.3).
#pragma once

#include "protocols/support/quic_packet.h"

namespace parlance {

enum class QuicRetryTag : uint8_t {
  fits,     ///< made by somebody who saw the client's first Initial
  differs,  ///< damaged, or for another connection: clients ignore it
  unknown,  ///< the version has no tag, or its key is not known
};

/// Checks the tag of a Retry packet against `first_id`, the destination identifier of the client's
/// first Initial.
QuicRetryTag check_quic_retry(const QuicPacket& retry, Bytes first_id);

}  // namespace parlance
