#include "flow/community_id.h"

#include <gtest/gtest.h>

#include "flow/packets.h"

namespace {

using namespace parlance;
using namespace parlance::flow;

FiveTuple tuple(Transport transport) {
  const uint8_t a[4] = {1, 2, 3, 4}, b[4] = {5, 6, 7, 8};
  return {{IpAddress::v4(a), 1122}, {IpAddress::v4(b), 3344}, transport};
}

// From the baseline of the specification.
TEST(CommunityId, is_that_of_the_specification) {
  EXPECT_EQ(CommunityIdMaker().of(tuple(Transport::tcp)), "1:wCb3OG7yAFWelaUydu0D+125CLM=");
  EXPECT_EQ(CommunityIdMaker().of(tuple(Transport::udp)), "1:0Mu9InQx6z4ZiCZM/7HXi2WMhOg=");
}

TEST(CommunityId, is_the_same_for_both_directions) {
  EXPECT_EQ(CommunityIdMaker().of(tuple(Transport::tcp)), CommunityIdMaker().of(tuple(Transport::tcp).reversed()));
  const FiveTuple same_host{endpoint(1, 9), endpoint(1, 8), Transport::udp};
  EXPECT_EQ(CommunityIdMaker().of(same_host), CommunityIdMaker().of(same_host.reversed()));
}

TEST(CommunityId, depends_on_its_seed) {
  EXPECT_NE(CommunityIdMaker(1).of(tuple(Transport::tcp)), CommunityIdMaker().of(tuple(Transport::tcp)));
}

// Reckoned with Python's hashlib.
TEST(CommunityId, of_ipv6_is_that_of_the_specification) {
  std::array<uint8_t, 16> a{0x20, 0x01, 0x0d, 0xb8}, b = a;
  a[15] = 1;
  b[15] = 2;
  const FiveTuple six{{IpAddress::v6(a), 40000}, {IpAddress::v6(b), 443}, Transport::tcp};
  EXPECT_EQ(CommunityIdMaker().of(six), "1:RYG3Msb11GthNt1OYXJouPzmrvA=");
  EXPECT_EQ(CommunityIdMaker(1).of(six), "1:peWUSlQq1xlj1PK7Xj7V/6Aio78=");
}

TEST(CommunityId, takes_ipv6) {
  std::array<uint8_t, 16> a{0xfe, 0x80}, b{0xfe, 0x80};
  b[15] = 1;
  const FiveTuple six{{IpAddress::v6(a), 1}, {IpAddress::v6(b), 2}, Transport::tcp};
  EXPECT_EQ(CommunityIdMaker().of(six), CommunityIdMaker().of(six.reversed()));
  EXPECT_EQ(CommunityIdMaker().of(six).view().size(), 30u);
}

}  // namespace
