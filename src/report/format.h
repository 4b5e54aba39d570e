// Numbers, sizes and wire text made fit for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace parlance::report {

/// "0 B", "999 B", "14.3 kB", "2.0 MB" … decimal units (1 kB is 1000 octets).
std::string to_size(uint64_t octets);
/// "1,234,567".
std::string to_grouped(uint64_t number);
/// "1 flow", "2 flows".
std::string to_counted(uint64_t number, std::string_view noun);
/// Text fit for a terminal: valid UTF-8 in which control characters (C0, DEL, C1, and the ones that
/// turn the direction of text) are written "\x1b" or "\u202e", so that nothing from the wire can
/// move the cursor or lie about order.
std::string to_terminal(std::string_view text);
/// Columns that `text` takes: code points, which is right for what to_terminal() lets through but
/// for wide characters.
size_t columns(std::string_view text);
/// `text` cut to `width` columns, the last one being "…" if anything was cut.
std::string cut_to(std::string_view text, size_t width);

}  // namespace parlance::report
