#include "protocols/support/protobuf.h"

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

bool fields_fill(const std::string& octets) {
  return is_protobuf(as_bytes(octets));
}

TEST(Protobuf, fields_are_walked_to_the_exact_end) {
  EXPECT_TRUE(fields_fill(""));
  EXPECT_TRUE(fields_fill(hex("080b 0809")));            // field 1 varint, twice
  EXPECT_TRUE(fields_fill(hex("0a03 616263")));          // field 1, three octets
  EXPECT_TRUE(fields_fill(hex("0900112233445566 77")));  // field 1, eight octets
  EXPECT_TRUE(fields_fill(hex("0d00112233")));           // field 1, four octets
}

TEST(Protobuf, damage_is_noticed) {
  EXPECT_FALSE(fields_fill(hex("0a04 616263")));               // one octet is missing
  EXPECT_FALSE(fields_fill(hex("08")));                        // no value
  EXPECT_FALSE(fields_fill(hex("0b")));                        // a group
  EXPECT_FALSE(fields_fill(hex("0001")));                      // field 0
  EXPECT_FALSE(fields_fill(hex("08ffffffffffffffffff02")));    // more than 64 bits
  EXPECT_FALSE(fields_fill(hex("0affffffffffffffffff0161")));  // a length near 2^64
}

TEST(Protobuf, a_number_of_64_bits_is_read) {
  const std::string octets = hex("08ffffffffffffffffff01");
  ProtobufReader reader(as_bytes(octets));
  ProtobufField field;
  ASSERT_TRUE(reader.next(field));
  EXPECT_EQ(field.value, UINT64_MAX);
}

}  // namespace
}  // namespace parlance::test
