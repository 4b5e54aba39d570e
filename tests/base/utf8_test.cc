#include "base/utf8.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/text.h"

namespace parlance {
namespace {

// The plain function is obviously right: both must agree on every sequence.
void expect_agreement(const std::vector<uint8_t>& octets) {
  for (const bool may_end_early : {false, true}) {
    ASSERT_EQ(is_utf8_text(octets, may_end_early), is_utf8(octets, may_end_early))
        << to_hex(octets) << (may_end_early ? " may end early" : "");
  }
}

TEST(Utf8, agrees_with_the_plain_function_on_all_pairs_and_edges) {
  const std::vector<uint8_t> edges = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
                                      0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xff};
  for (unsigned lead = 0; lead < 256; ++lead) {
    expect_agreement({static_cast<uint8_t>(lead)});
    for (unsigned second = 0; second < 256; ++second) {
      const auto a = static_cast<uint8_t>(lead), b = static_cast<uint8_t>(second);
      expect_agreement({a, b});
      for (const uint8_t c : edges) {
        expect_agreement({a, b, c});
        if (lead >= 0xe0) {
          for (const uint8_t d : edges) expect_agreement({a, b, c, d});
        }
      }
    }
  }
}

TEST(Utf8, a_fault_is_found_wherever_it_stands) {
  const std::string text = "thirty-two octets of plain ASCII, \xc3\xa4 and \xe2\x82\xac";
  EXPECT_TRUE(is_utf8_text(as_bytes(text), false));
  EXPECT_TRUE(is_utf8_text({}, false));
  for (size_t i = 0; i < text.size(); ++i) {
    std::string bad = text;
    bad[i] = '\xff';
    EXPECT_FALSE(is_utf8_text(as_bytes(bad), true)) << i;
    EXPECT_TRUE(is_utf8_text(as_bytes(text).first(i), true)) << i;
  }
}

}  // namespace
}  // namespace parlance
