// The examples of RFC 7541 appendix C, and what hostile encoders may try.
#include <gtest/gtest.h>

#include "protocols/support/hpack_decoder.h"
#include "support/recording_findings.h"

namespace parlance::test {
namespace {

/// Decodes a block, cut into pieces of `piece` octets (0: not cut); false if it is damaged.
bool decode(HpackDecoder& decoder, const std::string& block, HttpFieldSection& section,
            size_t piece = 0, const Limits& limits = {}) {
  section.begin(0);
  Bytes rest = as_bytes(block);
  if (piece == 0) piece = rest.size();
  while (rest.size() > piece) {
    if (!decoder.decode(rest.first(piece), false, section, limits)) return false;
    rest = rest.subspan(piece);
  }
  return decoder.decode(rest, true, section, limits);
}

void expect_requests(const std::vector<std::string>& blocks, size_t piece) {
  HpackDecoder decoder;
  HttpFieldSection section;
  ASSERT_TRUE(decode(decoder, blocks[0], section, piece));
  ASSERT_EQ(section.end(), HttpFieldSection::Kind::request);
  EXPECT_EQ(section.head().method, "GET");
  EXPECT_EQ(section.head().target, "/");
  EXPECT_EQ(section.head().value("host"), "www.example.com");
  ASSERT_TRUE(decode(decoder, blocks[1], section, piece));
  ASSERT_EQ(section.end(), HttpFieldSection::Kind::request);
  EXPECT_EQ(section.head().value("cache-control"), "no-cache");
  ASSERT_TRUE(decode(decoder, blocks[2], section, piece));
  ASSERT_EQ(section.end(), HttpFieldSection::Kind::request);
  EXPECT_EQ(section.head().target, "/index.html");
  EXPECT_EQ(section.head().value("custom-key"), "custom-value");
}

TEST(HpackDecoder, reads_the_requests_of_appendix_c_3_wherever_they_are_cut) {
  const std::vector<std::string> blocks = {
      hex("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d"),
      hex("8286 84be 5808 6e6f 2d63 6163 6865"),
      hex("8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65")};
  for (size_t piece = 0; piece < 20; ++piece) expect_requests(blocks, piece);
}

TEST(HpackDecoder, reads_the_huffman_coded_requests_of_appendix_c_4) {
  const std::vector<std::string> blocks = {
      hex("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"),
      hex("8286 84be 5886 a8eb 1064 9cbf"),
      hex("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf")};
  for (size_t piece = 0; piece < 20; ++piece) expect_requests(blocks, piece);
}

TEST(HpackDecoder, reads_the_answers_of_appendix_c_5) {
  HpackDecoder decoder;
  HttpFieldSection section;
  ASSERT_TRUE(decode(decoder,
                     hex("4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230"
                         "3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65"
                         "7861 6d70 6c65 2e63 6f6d"),
                     section));
  ASSERT_EQ(section.end(), HttpFieldSection::Kind::response);
  EXPECT_EQ(section.head().status, 302);
  EXPECT_EQ(section.head().value("location"), "https://www.example.com");
  ASSERT_TRUE(decode(decoder, hex("4803 3330 37c1 c0bf"), section));
  ASSERT_EQ(section.end(), HttpFieldSection::Kind::response);
  EXPECT_EQ(section.head().status, 307);
  EXPECT_EQ(section.head().value("date"), "Mon, 21 Oct 2013 20:13:21 GMT");
}

TEST(HpackDecoder, damage_is_for_good) {
  HpackDecoder decoder;
  HttpFieldSection section;
  EXPECT_FALSE(decode(decoder, hex("ff ff ff ff ff ff"), section));
  EXPECT_TRUE(decoder.lost());
  EXPECT_FALSE(decode(decoder, hex("82"), section));
}

TEST(HpackDecoder, a_reference_to_what_never_was_is_damage) {
  HpackDecoder decoder;
  HttpFieldSection section;
  EXPECT_FALSE(decode(decoder, hex("be"), section));
}

TEST(HpackDecoder, the_table_may_grow_only_as_far_as_settings_say) {
  const std::string to_8192 = hex("3f e1 3f 82");
  HttpFieldSection section;
  HpackDecoder small;
  EXPECT_FALSE(decode(small, to_8192, section));
  HpackDecoder large;
  large.allow_table(8192);
  EXPECT_TRUE(decode(large, to_8192, section));
  large.allow_table(100);  // not before the encoder says so
  EXPECT_TRUE(decode(large, hex("82"), section));
}

TEST(HpackDecoder, a_bomb_costs_its_own_octets) {
  HpackDecoder decoder;
  HttpFieldSection section;
  // A field of 4000 octets into the table, then references to it: 4000 octets for each.
  std::string bomb = hex("40 01 61 7f a1 1e") + std::string(4000, 'x');
  bomb += std::string(50'000, '\xbe');
  ASSERT_TRUE(decode(decoder, bomb, section));
  EXPECT_TRUE(section.cut());
  size_t kept = 0;
  for (const HttpField& each : section.head().fields) kept += each.value.size();
  EXPECT_LE(kept, Limits{}.header_block_octets);
}

TEST(HpackDecoder, a_block_without_end_is_given_up) {
  HpackDecoder decoder;
  HttpFieldSection section;
  section.begin(0);
  const std::string part(1000, '\x82');
  int taken = 0;
  while (decoder.decode(as_bytes(part), false, section, {})) ++taken;
  EXPECT_LE(taken, 66);
  EXPECT_TRUE(decoder.lost());
}

}  // namespace
}  // namespace parlance::test
