#include "signatures/expression.h"

#include <cmath>

#include <gtest/gtest.h>

namespace parlance {
namespace {

TEST(Expression, texts_and_hexadecimal_stand_for_their_octets) {
  EXPECT_EQ(expression_of_text("A.\n"), "\\x41\\x2e\\x0a");
  EXPECT_EQ(expression_of_hex("57 41 ?? 0f"), "\\x57\\x41.\\x0f");
  EXPECT_EQ(expression_of_hex("5741"), "\\x57\\x41");
  for (const char* bad : {"", " ", "4", "41 4", "4?", "zz", "41,42"}) {
    EXPECT_EQ(expression_of_hex(bad), std::nullopt) << bad;
  }
}

TEST(FixedBits, counts_what_a_match_says_at_least) {
  EXPECT_EQ(fixed_bits_of("abc", false), 24);
  EXPECT_EQ(fixed_bits_of("abc", true), 21);
  EXPECT_EQ(fixed_bits_of("\\x00\\xff.", false), 16);
  EXPECT_EQ(fixed_bits_of("[ab]", false), 7);
  EXPECT_EQ(fixed_bits_of("[\\x00-\\x0f]x", false), 12);
  EXPECT_EQ(fixed_bits_of("(?:abcd|ef)", false), 16);
  EXPECT_EQ(fixed_bits_of("abcd|ef", false), 16);
  EXPECT_EQ(fixed_bits_of("ab(?:|cd)", false), 16);
  EXPECT_EQ(fixed_bits_of("a{3}b*c?", false), 24);
  EXPECT_EQ(fixed_bits_of("a{2,}?b{0,9}", false), 16);
  EXPECT_EQ(fixed_bits_of("(?:ab)+", false), 16);
  EXPECT_EQ(fixed_bits_of("[^a]", false), 8 - std::log2(255.0));
  EXPECT_EQ(fixed_bits_of("[]a]", false), 7);
  EXPECT_EQ(fixed_bits_of("\\.\\[\\$", false), 24);
  EXPECT_EQ(fixed_bits_of("((((", false), 0) << "a broken expression is counted, not followed";
}

TEST(FixedBits, a_brace_that_repeats_nothing_is_a_literal) {
  EXPECT_EQ(fixed_bits_of("{\"a\":1}", false), 56);
  EXPECT_EQ(fixed_bits_of("x{\"a\"}", false), 48);
}

TEST(FixedBits, never_counts_more_than_there_is) {
  EXPECT_EQ(fixed_bits_of("(?i)ab|c(?:d)efgh", false), 14);
  EXPECT_EQ(fixed_bits_of("(?i:k)", false), 7);
  EXPECT_EQ(fixed_bits_of("(?x) a b", false), 0);
  EXPECT_EQ(fixed_bits_of("[A]", true), 7);
  EXPECT_EQ(fixed_bits_of("[\\D]", false), 8 - std::log2(246.0));
  EXPECT_EQ(fixed_bits_of("[[:alpha:]]", false), 0);
  EXPECT_EQ(fixed_bits_of("[^[:alpha:]]", false), 0);
  EXPECT_EQ(fixed_bits_of("\\h", false), 8 - std::log2(3.0));
  EXPECT_EQ(fixed_bits_of("\\012", false), 0);
  EXPECT_EQ(fixed_bits_of("\\Qa.b\\E", false), 24);
  EXPECT_EQ(fixed_bits_of("\\p{L}\\P{Lu}\\pN", false), 0);
  EXPECT_EQ(fixed_bits_of("^\\bab$", false), 16);
  EXPECT_EQ(fixed_bits_of("(?#comment)(?>ab)", false), 16);
  EXPECT_EQ(fixed_bits_of("(?P<name>c)", false), 7);
}

TEST(FixedBits, no_expression_leads_past_its_end) {
  const std::string pieces[] = {"\\",   "[",   "[^",  "(?",    "(?P<", "{1,", "\\x",
                                "\\x{", "[\\", "[a-", "[[:",   "\\Q",  "(?#", "|",
                                ")",    "]",   "(*",  "[\\d-", "\\x4"};
  for (const std::string& first : pieces) {
    for (const std::string& second : pieces) {
      fixed_bits_of(first + second, false);
      asks_for_end(first + second);
    }
  }
}

TEST(Expression, a_dollar_asks_for_the_end_where_it_is_not_a_literal) {
  EXPECT_TRUE(asks_for_end("abc$"));
  EXPECT_TRUE(asks_for_end("(?:abc\\z|d)"));
  EXPECT_FALSE(asks_for_end("abc\\$"));
  EXPECT_FALSE(asks_for_end("[$]"));
  EXPECT_FALSE(asks_for_end("[^]$]"));
  EXPECT_TRUE(asks_for_end("[]]$"));
}

}  // namespace
}  // namespace parlance
