#include "report/format.h"

#include <gtest/gtest.h>

namespace {

using namespace parlance::report;

TEST(Format, sizes_are_in_decimal_units) {
  EXPECT_EQ(to_size(0), "0 B");
  EXPECT_EQ(to_size(999), "999 B");
  EXPECT_EQ(to_size(1000), "1.0 kB");
  EXPECT_EQ(to_size(14'321), "14.3 kB");
  EXPECT_EQ(to_size(999'949), "999.9 kB");
  EXPECT_EQ(to_size(999'950), "1.0 MB");
  EXPECT_EQ(to_size(UINT64_MAX), "18.4 EB");
}

TEST(Format, numbers_are_grouped_and_counted) {
  EXPECT_EQ(to_grouped(0), "0");
  EXPECT_EQ(to_grouped(999), "999");
  EXPECT_EQ(to_grouped(1'234'567), "1,234,567");
  EXPECT_EQ(to_counted(1, "flow"), "1 flow");
  EXPECT_EQ(to_counted(2, "flow"), "2 flows");
}

TEST(Format, nothing_from_the_wire_can_move_the_cursor) {
  EXPECT_EQ(to_terminal("\x1b[2J\r\n\x07"), "\\x1b[2J\\x0d\\x0a\\x07");
  EXPECT_EQ(to_terminal("\x7f"), "\\x7f");
  EXPECT_EQ(to_terminal("\xc2\x9b"
                        "31m"),
            "\\x9b31m");                             // C1's CSI in UTF-8
  EXPECT_EQ(to_terminal("\xff\xfe"), "\\xff\\xfe");  // no UTF-8
  EXPECT_EQ(to_terminal("\xe2\x80\xae"
                        "gnp.exe"),
            "\\u202egnp.exe");                       // turns text round
  EXPECT_EQ(to_terminal("\xe2\x80"), "\\xe2\\x80");  // cut off
}

TEST(Format, ordinary_text_of_any_script_stays) {
  EXPECT_EQ(to_terminal("müller / 日本 😀"), "müller / 日本 😀");
}

TEST(Format, text_is_cut_between_characters) {
  EXPECT_EQ(columns("müller"), 6u);
  EXPECT_EQ(cut_to("müller", 6), "müller");
  EXPECT_EQ(cut_to("müller", 3), "mü…");
  EXPECT_EQ(cut_to("müller", 1), "…");
  EXPECT_EQ(cut_to("müller", 0), "");
}

}  // namespace
