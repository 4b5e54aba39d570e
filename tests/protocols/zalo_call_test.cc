#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string first(char kind, size_t size) {
  return kind + hex("010000") + std::string(size - 4, 'z');
}

TEST(ZaloCall, sizes_that_both_sides_have_are_a_hint) {
  for (const size_t size : {26U, 27U, 34U, 42U}) {
    const std::vector<Said> talk = {client(first(1, size)), client(first(1, size)),
                                    server(first(1, size))};
    EXPECT_EQ(run_parser("zalo_call", talk)->best(), Strength::hint);
    expect_parser_habits("zalo_call", talk);
  }
  EXPECT_EQ(run_parser("zalo_call", {client(first(1, 183)), server(first(2, 54))})->best(),
            Strength::hint);
  EXPECT_EQ(run_parser("zalo_call", {client(first(2, 54)), server(first(1, 183))})->best(),
            Strength::hint);
}

TEST(ZaloCall, other_sizes_and_one_side_alone_are_nothing) {
  EXPECT_FALSE(
      run_parser("zalo_call", {client(first(1, 26)), server(first(1, 27))})->refuted.empty());
  EXPECT_FALSE(
      run_parser("zalo_call", {client(first(1, 30)), server(first(1, 30))})->refuted.empty());
  EXPECT_FALSE(
      run_parser("zalo_call", {client(first(1, 183)), server(first(1, 183))})->refuted.empty());
  EXPECT_FALSE(run_parser("zalo_call", {client(first(1, 26)), server("x")})->refuted.empty());
  EXPECT_FALSE(
      run_parser("zalo_call", std::vector<Said>(20, client(first(1, 26))))->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
