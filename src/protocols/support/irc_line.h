// A line of IRC (RFC 1459 section 2.3, RFC 2812 section 2.3, IRCv3 message tags).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace parlance {

/// [@tags ] [:prefix ] command [parameters] [:trailing]. Views into the line.
struct IrcLine {
  std::string_view tags;
  std::string_view prefix;
  std::string command;  ///< upper case letters, or three digits
  std::array<std::string_view, 15> parameters{};
  size_t count = 0;       ///< of parameters, the trailing one included
  bool trailing = false;  ///< the last parameter came after a colon
  size_t head = 0;        ///< octets of the line up to the end of the command

  bool is_numeric() const { return command[0] >= '0' && command[0] <= '9'; }
  /// The prefix is a person's: nick!user@host.
  bool from_user() const;
  std::string_view parameter(size_t at) const {
    return at < count ? parameters[at] : std::string_view{};
  }
};

/// Reads a line without its end. Spaces may stand before it and several between its parts, as some
/// programs send them. Nothing if it cannot be IRC.
std::optional<IrcLine> read_irc_line(std::string_view line);

}  // namespace parlance
