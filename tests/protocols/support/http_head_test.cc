#include "protocols/support/http_head.h"

#include <gtest/gtest.h>

namespace parlance {
namespace {

TEST(HttpHead, a_path_has_no_authority_and_no_query) {
  EXPECT_EQ(path_of("/a/b?c=d#e"), "/a/b");
  EXPECT_EQ(path_of("http://user:pw@h:80/a?b"), "/a");
  EXPECT_EQ(path_of("http://h"), "");
  EXPECT_EQ(path_of("/redirect?to=http://x/y"), "/redirect");
  EXPECT_EQ(path_of("*"), "*");
}

TEST(HttpHead, a_host_has_no_credentials_and_no_port) {
  EXPECT_EQ(host_of("h.example:443"), "h.example");
  EXPECT_EQ(host_of("u:p@h.example"), "h.example");
  EXPECT_EQ(host_of("[2001:db8::1]:80"), "[2001:db8::1]");
}

TEST(HttpHead, lists_are_split_and_bounded) {
  EXPECT_EQ(split_list(" a , ,b"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(split_list("a,b,c", 2).size(), 2U);
}

TEST(HttpHead, a_start_is_judged_by_what_there_is_of_it) {
  EXPECT_TRUE(may_start_http(as_bytes("")));
  EXPECT_TRUE(may_start_http(as_bytes("\r\nGE")));
  EXPECT_TRUE(may_start_http(as_bytes("HTTP/1")));
  EXPECT_TRUE(may_start_http(as_bytes("M-SEARCH *")));
  EXPECT_FALSE(may_start_http(as_bytes("\x16\x03\x01")));
  EXPECT_FALSE(may_start_http(as_bytes("HTTP/2.0 ")));
  EXPECT_FALSE(may_start_http(as_bytes("220 x")));
  EXPECT_FALSE(may_start_http(as_bytes(std::string(40, 'A'))));
}

}  // namespace
}  // namespace parlance
