#include "model/five_tuple.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace parlance {
namespace {

IpAddress address_of(Bytes octets, uint8_t version) {
  IpAddress address;
  address.version = version;
  std::copy_n(octets.begin(), std::min(octets.size(), address.octets.size()),
              address.octets.begin());
  return address;
}

struct Run {
  size_t start = 0, length = 0;
};

/// The longest run of zero groups, the first of equals (RFC 5952 section 4.2.3).
Run longest_zero_run(const std::array<uint16_t, 8>& groups) {
  Run best, current;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (groups[i] != 0) {
      current = {};
      continue;
    }
    if (current.length++ == 0) current.start = i;
    if (current.length > best.length) best = current;
  }
  return best.length >= 2 ? best : Run{};
}

}  // namespace

IpAddress IpAddress::v4(Bytes four) { return address_of(four, 4); }
IpAddress IpAddress::v6(Bytes sixteen) { return address_of(sixteen, 6); }

template <int kBase>
void AddressText::put_number(uint16_t number) {
  char* const at = characters_.data() + length_;
  length_ += static_cast<size_t>(
      std::to_chars(at, characters_.data() + characters_.size(), number, kBase).ptr - at);
}

AddressText::AddressText(const IpAddress& address) {
  if (address.version == 6) {
    put_v6(address);
    return;
  }
  for (size_t i = 0; i < 4; ++i) {
    if (i > 0) put('.');
    put_number<10>(address.octets[i]);
  }
}

void AddressText::put_v6(const IpAddress& address) {
  std::array<uint16_t, 8> groups{};
  for (size_t i = 0; i < groups.size(); ++i) {
    groups[i] = static_cast<uint16_t>(address.octets[2 * i] << 8 | address.octets[2 * i + 1]);
  }
  const Run zeros = longest_zero_run(groups);
  for (size_t i = 0; i < groups.size(); ++i) {
    if (zeros.length > 0 && i == zeros.start) {
      put(':');
      put(':');
      i += zeros.length - 1;
      continue;
    }
    if (length_ > 0 && characters_[length_ - 1] != ':') put(':');
    put_number<16>(groups[i]);
  }
}

std::string to_text(const IpAddress& address) {
  return std::string(std::string_view(AddressText(address)));
}

std::string to_text(const Endpoint& endpoint) {
  std::string text;
  append_text(text, endpoint);
  return text;
}

void append_text(std::string& text, const Endpoint& endpoint) {
  const bool is_v6 = endpoint.address.version == 6;
  if (is_v6) text += '[';
  text += std::string_view(AddressText(endpoint.address));
  if (is_v6) text += ']';
  text += ':';
  const fmt::format_int port(endpoint.port);
  text.append(port.data(), port.size());
}

}  // namespace parlance
