#include "base/text.h"

#include <gtest/gtest.h>

namespace parlance {
namespace {

const std::string kReplaced = "\xef\xbf\xbd";

TEST(Text, printable_length_stops_at_the_first_other_octet_wherever_it_stands) {
  for (size_t length = 0; length < 40; ++length) {
    const std::string plain(length, '~');
    EXPECT_EQ(printable_length(as_bytes(plain)), length);
    for (size_t at = 0; at < length; ++at) {
      for (int octet = 0; octet < 256; ++octet) {
        std::string text = plain;
        text[at] = static_cast<char>(octet);
        const bool printable = octet >= 0x20 && octet < 0x7f;
        ASSERT_EQ(printable_length(as_bytes(text)), printable ? length : at)
            << "octet " << octet << " at " << at << " of " << length;
      }
    }
  }
}

TEST(Text, hexadecimal_is_two_digits_an_octet_of_any_number_of_octets) {
  std::string octets, expected;
  for (int octet = 0; octet < 256; ++octet) {
    EXPECT_EQ(to_hex(as_bytes(octets)), expected);
    octets += static_cast<char>(octet);
    expected += "0123456789abcdef"[octet / 16];
    expected += "0123456789abcdef"[octet % 16];
  }
}

TEST(Text, each_octet_that_is_no_text_is_replaced) {
  EXPECT_EQ(to_valid_utf8(as_bytes("a whole sentence of ASCII")), "a whole sentence of ASCII");
  EXPECT_EQ(to_valid_utf8(as_bytes("tab\there, and\x7f")),
            "tab" + kReplaced + "here, and" + kReplaced);
  EXPECT_EQ(to_valid_utf8(as_bytes("gr\xc3\xbc\xc3\x9f dich")), "gr\xc3\xbc\xc3\x9f dich");
  EXPECT_EQ(to_valid_utf8(as_bytes("\xff\xc3")), kReplaced + kReplaced);
  EXPECT_EQ(to_valid_utf8(as_bytes("cut \xe2\x82")), "cut " + kReplaced + kReplaced);
  EXPECT_EQ(to_valid_utf8(as_bytes("longer than the limit"), 6), "longer");
  EXPECT_EQ(to_valid_utf8({}), "");
}

TEST(Text, utf8_is_known_behind_ascii_of_any_length) {
  for (size_t length = 0; length < 20; ++length) {
    const std::string ascii(length, 'a');
    EXPECT_TRUE(is_utf8(as_bytes(ascii)));
    EXPECT_TRUE(is_utf8(as_bytes(ascii + "\xe2\x82\xac" + ascii)));
    EXPECT_TRUE(is_utf8(as_bytes(ascii + "\n\x01" + ascii)));  // controls are UTF-8
    EXPECT_FALSE(is_utf8(as_bytes(ascii + "\x80" + ascii)));
    EXPECT_FALSE(is_utf8(as_bytes(ascii + "\xed\xa0\x80" + ascii)));  // a surrogate
    EXPECT_FALSE(is_utf8(as_bytes(ascii + "\xe2\x82")));
    EXPECT_TRUE(is_utf8(as_bytes(ascii + "\xe2\x82"), true));
  }
}

TEST(Text, lower_case_is_of_ascii_letters_only) {
  EXPECT_EQ(to_lower("Content-TYPE: [\xc3\x84] @Z`{"), "content-type: [\xc3\x84] @z`{");
  for (int octet = 0; octet < 256; ++octet) {
    const bool capital = octet >= 'A' && octet <= 'Z';
    const char expected = static_cast<char>(capital ? octet + 0x20 : octet);
    for (size_t length = 1; length < 20; ++length) {  // by words of eight, and what is left of them
      const std::string text(length, static_cast<char>(octet));
      ASSERT_EQ(to_lower(text), std::string(length, expected)) << octet;
    }
  }
  std::string text = "KEPT ";
  append_lower(text, "And Lowered");
  EXPECT_EQ(text, "KEPT and lowered");
}

}  // namespace
}  // namespace parlance
