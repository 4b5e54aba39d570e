#include "model/five_tuple.h"

#include <gtest/gtest.h>

namespace parlance {
namespace {

TEST(AddressText, of_ipv4_has_each_octet_in_decimal) {
  for (int octet = 0; octet < 256; ++octet) {
    const auto each = static_cast<uint8_t>(octet);
    const uint8_t octets[] = {each, 255, 0, each};
    EXPECT_EQ(to_text(IpAddress::v4(octets)), std::to_string(octet) + ".255.0." + std::to_string(octet));
  }
}

IpAddress v6(std::array<uint16_t, 8> groups) {
  std::array<uint8_t, 16> octets{};
  for (size_t i = 0; i < groups.size(); ++i) {
    octets[2 * i] = static_cast<uint8_t>(groups[i] >> 8);
    octets[2 * i + 1] = static_cast<uint8_t>(groups[i] & 0xff);
  }
  return IpAddress::v6(octets);
}

TEST(AddressText, of_ipv6_is_as_rfc_5952_wants_it) {
  EXPECT_EQ(to_text(v6({0, 0, 0, 0, 0, 0, 0, 0})), "::");
  EXPECT_EQ(to_text(v6({0, 0, 0, 0, 0, 0, 0, 1})), "::1");
  EXPECT_EQ(to_text(v6({0x2001, 0xdb8, 0, 0, 1, 0, 0, 1})), "2001:db8::1:0:0:1");
  EXPECT_EQ(to_text(v6({0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff})),
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

TEST(EndpointText, is_an_address_and_a_port) {
  const uint8_t octets[] = {10, 0, 0, 1};
  EXPECT_EQ(to_text(Endpoint{IpAddress::v4(octets), 0}), "10.0.0.1:0");
  const Endpoint longest{v6({0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff}), 65535};
  EXPECT_EQ(to_text(longest), "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
  EXPECT_EQ(EndpointText(longest).address(), to_text(longest.address));
  EXPECT_EQ(EndpointText(Endpoint{IpAddress::v4(octets), 443}).address(), "10.0.0.1");
}

}  // namespace
}  // namespace parlance
