#include "protocols/support/irc_line.h"

#include <algorithm>

namespace parlance {
namespace {

constexpr size_t kCommandOctets = 16;  // longer than any command in use

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// Takes a word off the front of `rest`, and the spaces after it.
std::string_view take_word(std::string_view& rest) {
  const size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(rest.find_first_not_of(' ', end), rest.size()));
  return word;
}

bool is_command(std::string_view word) {
  if (word.size() == 3 && std::all_of(word.begin(), word.end(), is_digit)) return true;
  return word.size() >= 2 && word.size() <= kCommandOctets &&
         std::all_of(word.begin(), word.end(), is_letter);
}

/// A server's name or nick[!user][@host]: printable and not empty.
bool is_prefix(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != ':' && c != 0x7f;
  });
}

}  // namespace

bool IrcLine::from_user() const {
  const size_t bang = prefix.find('!');
  return bang != std::string_view::npos && bang > 0 &&
         prefix.find('@', bang) != std::string_view::npos;
}

std::optional<IrcLine> read_irc_line(std::string_view line) {
  if (line.find('\0') != std::string_view::npos) return std::nullopt;
  std::string_view rest = line;
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  IrcLine result;
  if (rest.starts_with('@')) {
    result.tags = take_word(rest).substr(1);
    if (result.tags.empty()) return std::nullopt;
  }
  if (rest.starts_with(':')) {
    result.prefix = take_word(rest).substr(1);
    // A colon may stand in an IPv6 address, which only ends a prefix.
    if (!is_prefix(result.prefix.substr(0, result.prefix.find('@')))) return std::nullopt;
  }
  const std::string_view command = take_word(rest);
  if (!is_command(command)) return std::nullopt;
  result.head = static_cast<size_t>(command.data() - line.data()) + command.size();
  std::transform(command.begin(), command.end(), std::back_inserter(result.command), to_upper);
  while (!rest.empty() && result.count < result.parameters.size()) {
    result.trailing = rest[0] == ':';
    result.parameters[result.count++] = result.trailing ? rest.substr(1) : take_word(rest);
    if (result.trailing) break;
  }
  return result;
}

}  // namespace parlance
