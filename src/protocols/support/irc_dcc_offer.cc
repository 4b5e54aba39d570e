#include "protocols/support/irc_dcc_offer.h"

#include <array>
#include <charconv>
#include <string>

#include <arpa/inet.h>

namespace parlance {
namespace {

constexpr char kMark = '\x01';
constexpr size_t kWordsFromEnd = 3;  // the address, the port, and the size of a file
constexpr size_t kAddressAtMost = 45;

template <class Number>
std::optional<Number> number_of(std::string_view word) {
  Number number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  const bool whole = error == std::errc() && end == word.data() + word.size();
  return whole ? std::optional(number) : std::nullopt;
}

/// Takes the last word off `text`. Names may hold spaces, so words are counted from the end.
std::string_view take_last(std::string_view& text) {
  const size_t space = text.rfind(' ');
  if (space == std::string_view::npos) return {};
  const std::string_view word = text.substr(space + 1);
  text = text.substr(0, space);
  return word;
}

std::optional<IpAddress> address_of(std::string_view word) {
  if (const auto number = number_of<uint32_t>(word); number && *number >> 24 != 0) {
    const std::array<uint8_t, 4> octets = {
        static_cast<uint8_t>(*number >> 24), static_cast<uint8_t>(*number >> 16),
        static_cast<uint8_t>(*number >> 8), static_cast<uint8_t>(*number)};
    return IpAddress::v4(octets);
  }
  std::array<uint8_t, 16> octets;
  if (word.size() > kAddressAtMost) return std::nullopt;
  if (inet_pton(AF_INET6, std::string(word).c_str(), octets.data()) != 1) return std::nullopt;
  return IpAddress::v6(octets);
}

std::optional<Endpoint> endpoint_of(std::string_view address_word, std::string_view port_word) {
  const auto address = address_of(address_word);
  const auto port = number_of<uint16_t>(port_word);
  if (!address || !port || *port == 0) return std::nullopt;
  return Endpoint{*address, *port};
}

}  // namespace

std::optional<Endpoint> read_irc_dcc_offer(std::string_view text) {
  if (text.empty() || text.front() != kMark) return std::nullopt;
  text.remove_prefix(1);
  if (!text.empty() && text.back() == kMark) text.remove_suffix(1);
  const bool is_file = text.starts_with("DCC SEND ");
  if (!is_file && !text.starts_with("DCC CHAT ")) return std::nullopt;
  std::array<std::string_view, kWordsFromEnd> words;  // the last first
  for (std::string_view& each : words) each = take_last(text);
  if (is_file && number_of<uint64_t>(words[0])) {
    if (const auto with_size = endpoint_of(words[2], words[1])) return with_size;
  }
  return endpoint_of(words[1], words[0]);
}

}  // namespace parlance
