// Seals QUIC packets, so that tests can have them opened.
#pragma once

#include <string>

#include "model/direction.h"
#include "protocols/support/quic_protection.h"

namespace parlance::test {

/// The packet whose clear header (first octet, whatever stands before the number, and `number` in
/// four octets) and frames these are, sealed by `secret` as an endpoint would.
/// `first_secret` is the one before all updates of keys, if there were any: the header's key stays.
std::string sealed_quic_packet(const TlsCipherSuite& suite, uint32_t version, Bytes secret,
                               std::string header, uint32_t number, const std::string& frames,
                               Bytes first_secret = {});
/// The secret of a direction's Initial packets in version 1, for the identifier that the client chose.
std::vector<uint8_t> initial_quic_secret(Bytes first_id, Direction direction);
/// The secret behind `secret` once keys are updated.
std::vector<uint8_t> next_quic_secret(const TlsCipherSuite& suite, uint32_t version, Bytes secret);

}  // namespace parlance::test
