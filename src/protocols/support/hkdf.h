// HKDF-Expand-Label, by which TLS 1.3 and QUIC make keys of secrets.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "protocols/support/digests.h"

namespace parlance {

constexpr std::string_view kTls13Prefix = "tls13 ";  ///< of labels: TLS 1.3 and QUIC

/// HKDF-Expand-Label (RFC 8446 section 7.1; RFC 5869 section 2.3): `length` octets. `label` is
/// without the prefix. Empty if RFC 5869 does not allow so many octets, or label or context are
/// longer than 255.
std::vector<uint8_t> hkdf_expand_label(HashKind hash, Bytes secret, std::string_view label,
                                       Bytes context, size_t length,
                                       std::string_view prefix = kTls13Prefix);

}  // namespace parlance
