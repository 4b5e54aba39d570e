// QQ's way of sealing: the Tiny Encryption Algorithm with 16 rounds, its blocks chained in both
// directions, and seven zero octets at the end of what is sealed, by which a key is known to be
// right.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"

namespace parlance {

using QqTeaKey = std::array<uint8_t, 16>;

/// What `sealed` says under `key`; nothing if it is not whole blocks of eight, two or more, or does
/// not end in seven zero octets: a wrong key passes once in 2^56. Time and memory grow with
/// `sealed`.
std::optional<std::vector<uint8_t>> open_qq_tea(Bytes sealed, const QqTeaKey& key);

}  // namespace parlance
