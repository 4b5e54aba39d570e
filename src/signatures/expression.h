// Expressions for Hyperscan: made from texts and hexadecimal, and what they say.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parlance {

/// The expression that matches just these octets.
std::string expression_of_text(std::string_view text);

/// The expression for pairs of hexadecimal digits, with `??` for any octet and blanks between them;
/// nothing if it is none.
std::optional<std::string> expression_of_hex(std::string_view text);

/// What a regular expression fixes at least, in bits: 8 for a literal octet, less for a class, the
/// least of all alternatives, nothing for what may be left out.
double fixed_bits_of(std::string_view expression, bool ignore_case);

/// True if the expression asks for the end of what is searched (`$`, `\z`), which a stream has not.
bool asks_for_end(std::string_view expression);

}  // namespace parlance
