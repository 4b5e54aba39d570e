#include "base/byte_reader.h"

#include <gtest/gtest.h>

namespace parlance {
namespace {

TEST(ByteReader, reads_numbers_in_network_and_little_order) {
  const uint8_t octets[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};
  ByteReader big(octets), little(octets);
  EXPECT_EQ(big.be16(), 0x0102);
  EXPECT_EQ(big.be24(), 0x030405u);
  EXPECT_EQ(little.le32(), 0x04030201u);
  EXPECT_EQ(big.remaining(), 3u);
  EXPECT_TRUE(big.ok());
}

TEST(ByteReader, a_read_past_the_end_gives_nothing_and_is_remembered) {
  const uint8_t octets[] = {0x01, 0x02};
  ByteReader reader(octets);
  EXPECT_EQ(reader.be32(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_TRUE(reader.at_end());
  EXPECT_TRUE(reader.bytes(0).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, a_sub_reader_ends_where_its_part_ends) {
  const uint8_t octets[] = {2, 'a', 'b', 'c'};
  ByteReader reader(octets);
  ByteReader part = reader.sub(reader.u8());
  EXPECT_EQ(as_text(part.rest()), "ab");
  part.skip(3);
  EXPECT_FALSE(part.ok());
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.u8(), 'c');
}

}  // namespace
}  // namespace parlance
