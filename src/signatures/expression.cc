#include "signatures/expression.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/bytes.h"

namespace parlance {

std::string expression_of_text(std::string_view text) {
  std::string expression;
  for (const uint8_t octet : as_bytes(text)) expression += fmt::format("\\x{:02x}", octet);
  return expression;
}

std::optional<std::string> expression_of_hex(std::string_view text) {
  std::string digits, expression;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char c) { return c != ' '; });
  if (digits.empty() || digits.size() % 2 != 0) return std::nullopt;
  for (size_t i = 0; i < digits.size(); i += 2) {
    const std::string pair = digits.substr(i, 2);
    if (pair == "??") {
      expression += '.';
    } else if (pair.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos) {
      expression += "\\x" + pair;
    } else {
      return std::nullopt;
    }
  }
  return expression;
}

bool asks_for_end(std::string_view expression) {
  bool in_class = false;
  for (size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '\\') {
      ++i;
      const bool is_end = i < expression.size() && (expression[i] == 'z' || expression[i] == 'Z');
      if (is_end && !in_class) return true;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
      if (expression.substr(i + 1, 1) == "^") ++i;
      if (expression.substr(i + 1, 1) == "]") ++i;  // as the first member it stands for itself
    } else if (c == '$') {
      return true;
    }
  }
  return false;
}

}  // namespace parlance
