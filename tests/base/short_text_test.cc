#include "base/short_text.h"

#include <gtest/gtest.h>

#include <string>

namespace parlance {
namespace {

TEST(ShortText, keeps_what_fits) {
  for (size_t length = 0; length <= 12; ++length) {
    const std::string text = std::string("abcdefghijkl").substr(0, length);
    const ShortText<12> kept(text);
    EXPECT_EQ(kept, std::string_view(text));
    EXPECT_EQ(kept.view().size(), length);
    EXPECT_EQ(kept.empty(), length == 0);
  }
}

TEST(ShortText, cuts_what_is_longer) {
  EXPECT_EQ(ShortText<4>("HTTP/1.1"), "HTTP");
  EXPECT_EQ(ShortText<255>(std::string(300, 'x')).view(), std::string(255, 'x'));
  EXPECT_EQ(ShortText<255>(std::string(256, 'x')).view().size(), 255u) << "a length of 256 is not one of 0";
}

TEST(ShortText, is_empty_at_first) {
  const ShortText<8> nothing = {};
  EXPECT_TRUE(nothing.empty());
  EXPECT_EQ(nothing.view(), "");
  EXPECT_EQ(nothing, ShortText<8>(std::string_view()));
}

TEST(ShortText, does_not_need_what_it_was_made_from) {
  std::string text = "h2";
  const ShortText<8> kept(text);
  const ShortText<8> copy = kept;
  text = "??";
  EXPECT_EQ(kept, "h2");
  EXPECT_EQ(copy, kept);
  EXPECT_NE(copy.view().data(), kept.view().data());
}

TEST(ShortText, is_compared_by_what_it_says_and_not_by_what_it_said) {
  ShortText<8> text("longer");
  text = "lo";  // "nger" may still stand behind it
  EXPECT_EQ(text, ShortText<8>("lo"));
  EXPECT_FALSE(text == ShortText<8>("longer"));
  EXPECT_FALSE(text == "l");
}

TEST(ShortText, keeps_any_octets) {
  const std::string octets("\0\xff\n", 3);
  EXPECT_EQ(ShortText<3>(octets).view(), octets);
  EXPECT_EQ(ShortText<2>(octets).view(), octets.substr(0, 2));
}

}  // namespace
}  // namespace parlance
