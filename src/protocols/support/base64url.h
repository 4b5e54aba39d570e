// Base64 with the alphabet that URLs use, without padding (RFC 4648 section 5).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace parlance {

/// The octets; none if `text` has another character, or a length that no octets have. Padding at the
/// end is passed over.
std::vector<uint8_t> decode_base64url(std::string_view text);

}  // namespace parlance
