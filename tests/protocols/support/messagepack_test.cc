#include "protocols/support/messagepack.h"

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

using Kind = MessagepackValue::Kind;

TEST(Messagepack, members_of_maps_are_found) {
  // {"a": [1, {"b": nil}, 2.5], "id": 2 octets, "n": 70000, "t": "hi"}
  const std::string octets = hex(
      "84 a161 93 01 81 a162 c0 cb 4004000000000000 a26964 c402 0102 a16e ce00011170 a174 a26869");
  ByteReader reader(as_bytes(octets));
  const auto map = read_messagepack(reader);
  ASSERT_TRUE(map);
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(find(*map, "t")->text(), "hi");
  EXPECT_EQ(find(*map, "n")->number, 70000U);
  EXPECT_EQ(find(*map, "id")->content.size(), 2U);
  EXPECT_TRUE(find(*map, "a")->is(Kind::array));
  EXPECT_FALSE(find(*map, "b"));
  for (size_t length = 0; length < octets.size(); ++length) {
    ByteReader cut(as_bytes(octets).first(length));
    EXPECT_FALSE(read_messagepack(cut)) << length;
  }
}

TEST(Messagepack, claims_beyond_the_end_are_refused) {
  for (const char* const octets :
       {"c1", "dd ffffffff 01", "df ffffffff 01", "c6 ffffffff 01", "db 00000005 61"}) {
    const std::string wire = hex(octets);
    ByteReader reader(as_bytes(wire));
    EXPECT_FALSE(read_messagepack(reader)) << octets;
  }
  std::string deep(100000, '\x91');
  ByteReader reader(as_bytes(deep));
  EXPECT_FALSE(read_messagepack(reader));
}

}  // namespace
}  // namespace parlance::test
