#include "protocols/support/websocket_reader.h"

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance {
namespace {

using test::hex;

TEST(WebsocketReader, headers_of_all_lengths_are_read) {
  // FIN text, masked, 5 octets, key 37fa213d
  const auto small = read_websocket_frame(as_bytes(hex("81 85 37fa213d")));
  ASSERT_TRUE(small);
  EXPECT_TRUE(small->fin);
  EXPECT_TRUE(small->masked);
  EXPECT_EQ(small->length, 5U);
  EXPECT_EQ(small->header, 6U);
  const auto middle = read_websocket_frame(as_bytes(hex("02 7e 0100")));
  ASSERT_TRUE(middle);
  EXPECT_FALSE(middle->fin);
  EXPECT_EQ(middle->length, 256U);
  const auto large = read_websocket_frame(as_bytes(hex("82 7f 0000000000010000")));
  ASSERT_TRUE(large);
  EXPECT_EQ(large->length, 65536U);
  EXPECT_TRUE(large->minimal);
  for (const char* const cut : {"", "81", "817e", "817e01", "8185 37fa21", "827f 00000000000100"}) {
    EXPECT_FALSE(read_websocket_frame(as_bytes(hex(cut)))) << cut;
  }
}

TEST(WebsocketReader, what_no_frame_may_be_is_named) {
  const auto problem = [](const char* octets) {
    return problem_of(read_websocket_frame(as_bytes(hex(octets))).value());
  };
  EXPECT_EQ(problem("8100"), "");
  EXPECT_EQ(problem("c100"), "") << "RSV1 on a text is compression";
  EXPECT_EQ(problem("8300"), "reserved opcode");
  EXPECT_EQ(problem("a100"), "reserved bits");
  EXPECT_EQ(problem("0900"), "fragmented control frame");
  EXPECT_EQ(problem("c900"), "compressed control frame");
  EXPECT_EQ(problem("897e0080"), "long control frame");
  EXPECT_EQ(problem("8801"), "half a close code");
  EXPECT_EQ(problem("817e0005"), "length not in its shortest form");
  EXPECT_EQ(problem("817f8000000000000000"), "length above 2^63");
}

TEST(WebsocketReader, whole_frames_tile_a_portion) {
  EXPECT_TRUE(tiles_with_frames(as_bytes(hex("8102 6869 8900")), false));
  EXPECT_FALSE(tiles_with_frames(as_bytes(hex("8102 6869 89")), false)) << "a cut header";
  EXPECT_FALSE(tiles_with_frames(as_bytes(hex("8103 6869")), false)) << "a cut payload";
  EXPECT_FALSE(tiles_with_frames(as_bytes(hex("8102 6869")), true)) << "the other side's";
  EXPECT_FALSE(tiles_with_frames({}, false));
}

}  // namespace
}  // namespace parlance
