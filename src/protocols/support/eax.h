// EAX (Bellare, Rogaway, Wagner: "The EAX Mode of Operation", 2004) over AES-128, by libcrypto.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace parlance {

constexpr size_t kEaxKeyOctets = 16, kEaxTagOctets = 16;

/// What was sealed, if `tag`, the first octets of the tag (one at least), verifies. Nothing if it
/// does not, if the key has not kEaxKeyOctets, or if libcrypto lacks AES or CMAC.
std::optional<std::vector<uint8_t>> open_eax(Bytes key, Bytes nonce, Bytes associated_data,
                                             Bytes sealed, Bytes tag);

}  // namespace parlance
