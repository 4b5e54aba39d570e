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

TEST(ByteReader, reads_every_width_up_to_the_last_octet) {
  const uint8_t octets[] = {0x81, 0x92, 0xa3, 0xb4, 0xc5, 0xd6, 0xe7, 0xf8};
  const auto last = [&](size_t count) { return ByteReader(Bytes(octets).last(count)); };
  EXPECT_EQ(last(1).u8(), 0xf8);
  EXPECT_EQ(last(2).be16(), 0xe7f8);
  EXPECT_EQ(last(3).be24(), 0xd6e7f8u);
  EXPECT_EQ(last(4).be32(), 0xc5d6e7f8u);
  EXPECT_EQ(last(6).be48(), 0xa3b4c5d6e7f8u);
  EXPECT_EQ(last(8).be64(), 0x8192a3b4c5d6e7f8u);
  EXPECT_EQ(last(2).le16(), 0xf8e7);
  EXPECT_EQ(last(4).le32(), 0xf8e7d6c5u);
  EXPECT_EQ(last(8).le64(), 0xf8e7d6c5b4a39281u);
}

TEST(ByteReader, one_octet_too_few_gives_nothing_whatever_the_width) {
  const uint8_t octets[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  const auto misses = [&](size_t count, auto read) {
    ByteReader reader(Bytes(octets).first(count - 1));
    return read(reader) == 0 && !reader.ok() && reader.at_end() && reader.remaining() == 0;
  };
  EXPECT_TRUE(misses(1, [](ByteReader& from) { return from.u8(); }));
  EXPECT_TRUE(misses(2, [](ByteReader& from) { return from.be16(); }));
  EXPECT_TRUE(misses(3, [](ByteReader& from) { return from.be24(); }));
  EXPECT_TRUE(misses(4, [](ByteReader& from) { return from.be32(); }));
  EXPECT_TRUE(misses(6, [](ByteReader& from) { return from.be48(); }));
  EXPECT_TRUE(misses(8, [](ByteReader& from) { return from.be64(); }));
  EXPECT_TRUE(misses(2, [](ByteReader& from) { return from.le16(); }));
  EXPECT_TRUE(misses(4, [](ByteReader& from) { return from.le32(); }));
  EXPECT_TRUE(misses(8, [](ByteReader& from) { return from.le64(); }));
}

TEST(ByteReader, of_nothing_has_nothing) {
  ByteReader reader{Bytes()};
  EXPECT_TRUE(reader.at_end());
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.peek(), 0);
  EXPECT_EQ(reader.u8(), 0);
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
