// Octets made fit for people and for JSON.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace parlance {

/// Lower-case hexadecimal, two characters an octet, no separators.
std::string to_hex(Bytes bytes);
/// The same written to `at`, where there is room for it. Returns its end.
char* put_hex(Bytes bytes, char* at);

/// Octets as printable ASCII; every other octet is shown as '.'.
std::string to_printable(Bytes bytes);

/// True if `bytes` is well-formed UTF-8 (RFC 3629 section 4). A sequence cut off at the very end
/// is accepted if `may_end_early`.
bool is_utf8(Bytes bytes, bool may_end_early = false);

/// `bytes` as valid UTF-8: each octet that is not part of a well-formed sequence, and each control
/// character, becomes U+FFFD. At most `limit` octets of `bytes` are used.
std::string to_valid_utf8(Bytes bytes, size_t limit = 1024);

/// How many octets at the front of `bytes` are printable ASCII (0x20 to 0x7e).
size_t printable_length(Bytes bytes);

/// ASCII letters made lower case; other octets as they are.
std::string to_lower(std::string_view text);
/// The same, put at the end of `to`.
void append_lower(std::string& to, std::string_view text);

/// True if the two are the same but for the case of ASCII letters.
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// `text` without spaces and tabs at its ends; a view into it.
std::string_view trim(std::string_view text);

}  // namespace parlance
