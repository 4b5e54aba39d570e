#include "protocols/support/erlang_term.h"

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::optional<std::string> json_of(const std::string& term, size_t limit = 1024) {
  return erlang_term_as_json(as_bytes(term), limit);
}

TEST(ErlangTerm, maps_lists_and_scalars_become_json) {
  // #{<<"a">> => [1, -2, 1.5], b => {true, nil, []}, 7 => 65536 as a big number, c => "hi"}
  const std::string term =
      hex("83 74 00000004 6d 00000001 61 6c 00000003 61 01 62 fffffffe 46 3ff8000000000000 6a"
          "77 01 62 68 03 73 04 74727565 64 0003 6e696c 6a"
          "61 07 6e 03 00 000001 77 01 63 6b 0002 6869");
  EXPECT_EQ(json_of(term), R"({"a":[1,-2,1.5],"b":[true,null,[]],"7":65536,"c":[104,105]})");
  for (size_t length = 0; length < term.size(); ++length) {
    EXPECT_FALSE(json_of(term.substr(0, length))) << length;
  }
  EXPECT_FALSE(json_of(term + "x"));
  EXPECT_FALSE(json_of(term, 20));
}

TEST(ErlangTerm, strings_are_escaped) {
  EXPECT_EQ(json_of(hex("83 74 00000001 6d 00000003 22 5c 0a 61 01")), R"({"\"\\\u000a":1})");
}

TEST(ErlangTerm, what_json_cannot_say_is_nothing) {
  EXPECT_FALSE(json_of(hex("83 6c 00000001 61 01 61 02")));  // an improper list
  EXPECT_FALSE(json_of(hex("83 74 00000001 6a 61 01")));     // a list as a key
  EXPECT_FALSE(json_of(hex("83 74 ffffffff 61 01")));        // more than there is
  std::string deep = hex("83");
  for (int i = 0; i < 70; ++i) deep += hex("6c 00000001");
  EXPECT_FALSE(json_of(deep + std::string(70, '\x6a')));
}

}  // namespace
}  // namespace parlance::test
