// Colours of a terminal (ECMA-48, Select Graphic Rendition).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace parlance::report {

enum class Style : uint8_t { plain, bold, dim, green, cyan, yellow };

/// `text` in that style, and back to plain after it.
inline std::string styled(std::string_view text, Style style) {
  static constexpr std::string_view kCodes[] = {"0", "1", "2", "32", "36", "33"};
  if (style == Style::plain || text.empty()) return std::string(text);
  std::string result = "\x1b[";
  result += kCodes[static_cast<size_t>(style)];
  result += 'm';
  result += text;
  result += "\x1b[0m";
  return result;
}

}  // namespace parlance::report
