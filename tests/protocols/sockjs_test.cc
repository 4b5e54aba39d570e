#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

TEST(Sockjs, the_strings_of_both_sides_are_a_channel) {
  const std::vector<Said> talk = {
      server("o"), client(R"(["CONNECT\naccept-version:1.2\n\n\u0000"])"), server("h"),
      server(R"(a["CONNECTED\n\n\u0000","b"])"), server(R"(c[3000,"Go away!"])")};
  const auto found = run_parser("sockjs", talk);
  EXPECT_EQ(found->best(), Strength::proof);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].messages[0],
            std::vector<std::string>{std::string("CONNECT\naccept-version:1.2\n\n\0", 29)});
  EXPECT_EQ(found->inner[0].messages[1].size(), 2U);
  expect_parser_habits("sockjs", talk);
}

TEST(Sockjs, without_its_opening_it_is_strong) {
  const auto found = run_parser("sockjs", {client(R"(["x"])"), server(R"(a["y"])")});
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(Sockjs, strings_are_not_shown) {
  const auto found = run_parser("sockjs", {client(R"(["x"])"), server(R"(a["secret"])")});
  EXPECT_EQ(found->confirmed.at(0).octets, "a[");
}

TEST(Sockjs, an_o_alone_is_nothing) {
  EXPECT_EQ(run_parser("sockjs", {server("o")})->best(), Strength::none);
  EXPECT_FALSE(run_parser("sockjs", {server("o"), client("hello")})->refuted.empty());
  EXPECT_FALSE(run_parser("sockjs", {server("a[1]")})->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
