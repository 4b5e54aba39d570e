#include "report/format.h"

#include <array>
#include <iterator>

#include <fmt/format.h>

#include "base/text.h"

namespace parlance::report {
namespace {

/// Octets of the UTF-8 sequence that `lead` begins; 1 if it begins none.
size_t sequence_octets(uint8_t lead) {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

char32_t code_point(Bytes sequence) {
  static constexpr std::array<uint8_t, 5> kLeadBits = {0, 0x7f, 0x1f, 0x0f, 0x07};
  char32_t value = sequence[0] & kLeadBits[sequence.size()];
  for (const uint8_t octet : sequence.subspan(1)) value = value << 6 | (octet & 0x3f);
  return value;
}

/// Controls, and what turns text round, hides or joins: a terminal or a reader could be misled.
bool misleads(char32_t c) {
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return true;
  return c == 0xad || c == 0x061c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
         c >= 0xe0000;
}

}  // namespace

std::string to_size(uint64_t octets) {
  static constexpr std::array<const char*, 6> kUnits = {"kB", "MB", "GB", "TB", "PB", "EB"};
  if (octets < 1000) return fmt::format("{} B", octets);
  double value = static_cast<double>(octets) / 1000;
  size_t unit = 0;
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string to_grouped(uint64_t number) {
  std::string digits = fmt::format("{}", number);
  for (size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, 1, ',');
  return digits;
}

std::string to_counted(uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", to_grouped(number), noun, number == 1 ? "" : "s");
}

std::string to_terminal(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (Bytes rest = as_bytes(text); !rest.empty();) {
    const Bytes sequence = first_of(rest, sequence_octets(rest[0]));
    if (!is_utf8(sequence)) {
      fmt::format_to(std::back_inserter(safe), "\\x{:02x}", rest[0]);
      rest = rest.subspan(1);
      continue;
    }
    const char32_t point = code_point(sequence);
    if (!misleads(point)) {
      safe += as_text(sequence);
    } else if (point < 0x100) {
      fmt::format_to(std::back_inserter(safe), "\\x{:02x}", static_cast<uint32_t>(point));
    } else {
      fmt::format_to(std::back_inserter(safe), "\\u{:04x}", static_cast<uint32_t>(point));
    }
    rest = rest.subspan(sequence.size());
  }
  return safe;
}

size_t columns(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<uint8_t>(c) & 0xc0) != 0x80 ? 1 : 0;
  return count;
}

std::string cut_to(std::string_view text, size_t width) {
  if (columns(text) <= width) return std::string(text);
  if (width == 0) return {};
  size_t end = 0;
  for (size_t column = 0; column + 1 < width; ++column) {
    end += sequence_octets(static_cast<uint8_t>(text[end]));
  }
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace parlance::report
