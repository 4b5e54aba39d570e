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

/// An octet as decimal digits, and a dot behind them.
struct DecimalOctet {
  std::array<char, 4> text{};  ///< behind `length` anything
  uint8_t length = 0;
};

constexpr std::array<DecimalOctet, 256> make_decimal_octets() {
  std::array<DecimalOctet, 256> all{};
  for (size_t octet = 0; octet < all.size(); ++octet) {
    DecimalOctet& each = all[octet];
    for (size_t unit = octet < 10 ? 1 : octet < 100 ? 10 : 100; unit > 0; unit /= 10) {
      each.text[each.length++] = static_cast<char>('0' + octet / unit % 10);
    }
    each.text[each.length++] = '.';
  }
  return all;
}
constexpr auto kDecimalOctets = make_decimal_octets();

}  // namespace

IpAddress IpAddress::v4(Bytes four) { return address_of(four, 4); }
IpAddress IpAddress::v6(Bytes sixteen) { return address_of(sixteen, 6); }

AddressText::AddressText(const IpAddress& address) {
  if (address.version == 6) {
    put_v6(address);
  } else {
    put_v4(address);
  }
}

void AddressText::put_v4(const IpAddress& address) {
  for (size_t i = 0; i < 4; ++i) {
    const DecimalOctet& octet = kDecimalOctets[address.octets[i]];
    std::copy(octet.text.begin(), octet.text.end(), characters_.data() + length_);
    length_ += octet.length;
  }
  --length_;  // no dot behind the last
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
    char* const end = characters_.data() + characters_.size();
    length_ = static_cast<size_t>(std::to_chars(characters_.data() + length_, end, groups[i], 16).ptr -
                                  characters_.data());
  }
}

std::string to_text(const IpAddress& address) {
  return std::string(std::string_view(AddressText(address)));
}

std::string to_text(const Endpoint& endpoint) {
  return std::string(std::string_view(EndpointText(endpoint)));
}

EndpointText::EndpointText(const Endpoint& endpoint) {
  const bool is_v6 = endpoint.address.version == 6;
  const AddressText address(endpoint.address);
  if (is_v6) put("[");
  address_start_ = length_;
  put(address);
  address_length_ = length_ - address_start_;
  put(is_v6 ? "]:" : ":");
  const fmt::format_int port(endpoint.port);
  put({port.data(), port.size()});
}

void EndpointText::put(std::string_view text) {
  std::copy(text.begin(), text.end(), characters_.data() + length_);
  length_ += text.size();
}

}  // namespace parlance
