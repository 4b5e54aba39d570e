#include "protocols/support/json_scan.h"

#include <string>

#include <gtest/gtest.h>

namespace parlance {
namespace {

TEST(JsonScan, names_the_members_of_an_object) {
  const auto scan =
      JsonScan::read(R"( {"a":"x\"y", "b" : [1,{"a":2}], "c":-1.5e+3,"d":null,"e":{}} )");
  ASSERT_TRUE(scan);
  EXPECT_EQ(scan->type(), JsonType::object);
  EXPECT_EQ(scan->size(), 5U);
  EXPECT_EQ(scan->find("a", JsonType::string)->text, R"(x\"y)");
  EXPECT_EQ(scan->find("b", JsonType::array)->text, R"([1,{"a":2}])");
  EXPECT_EQ(scan->find("c", JsonType::number)->text, "-1.5e+3");
  EXPECT_EQ(scan->find("d")->type, JsonType::null);
  EXPECT_EQ(scan->find("e")->type, JsonType::object);
  EXPECT_EQ(scan->find("f"), nullptr);
  EXPECT_EQ(scan->find("a", JsonType::number), nullptr);
}

TEST(JsonScan, counts_the_elements_of_an_array) {
  const auto scan = JsonScan::read(R"([true,false,[[]],"",0])");
  ASSERT_TRUE(scan);
  EXPECT_EQ(scan->size(), 5U);
  EXPECT_EQ(scan->members()[2].type, JsonType::array);
  EXPECT_EQ(scan->members()[3].type, JsonType::string);
  EXPECT_TRUE(JsonScan::read("[]"));
  EXPECT_TRUE(JsonScan::read("{}"));
}

TEST(JsonScan, refuses_what_is_not_whole_json) {
  for (const char* const text : {"",         "1",          "\"a\"",         "{",
                                 "[1",       "[1,]",       "{\"a\"}",       "{\"a\":}",
                                 "{a:1}",    "{\"a\":1,}", "[1 2]",         "[1]]",
                                 "[1]x",     "{\"a\":1]",  "[tru]",         "[01x]",
                                 "[\"\n\"]", "[\"\\x\"]",  "[\"\\u12g4\"]", "[\"\\",
                                 "[-]",      "[1.]",       "[1e]",          "[,1]"}) {
    EXPECT_FALSE(JsonScan::read(text)) << text;
  }
}

TEST(JsonScan, depth_and_members_are_bounded) {
  EXPECT_TRUE(JsonScan::read(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(JsonScan::read(std::string(65, '[') + std::string(65, ']')));
  EXPECT_FALSE(JsonScan::read(std::string(1000000, '[')));
  std::string many = "[0";
  for (int i = 0; i < 9999; ++i) many += ",0";
  const auto scan = JsonScan::read(many + "]");
  ASSERT_TRUE(scan);
  EXPECT_EQ(scan->size(), 10000U);
  EXPECT_EQ(scan->members().size(), 64U);
}

TEST(JsonUnescape, turns_escapes_into_utf8) {
  EXPECT_EQ(json_unescape(R"(a\n\"\\\/\u0041\u00e9\u20ac\ud83d\ude00z)", 100),
            "a\n\"\\/A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
  EXPECT_EQ(json_unescape(R"(\ud83dx\ude00)", 100), "\xef\xbf\xbdx\xef\xbf\xbd")
      << "lone surrogates";
  EXPECT_EQ(json_unescape("\\", 100), "");
  EXPECT_EQ(json_unescape("abcdef", 3), "abc");
}

}  // namespace
}  // namespace parlance
