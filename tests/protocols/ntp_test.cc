#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kAsk =
    hex("1b 00 04 fa 00000000 00000000 00000000"  // version 3, client
        "0000000000000000 0000000000000000 0000000000000000"
        "c50204eceec42ee5");  // time of sending
const std::string kAnswer =
    hex("1c 02 04 ee 00000c40 00000ff2 76bd8a05"  // version 3, server
        "c50204ebd2e0a2f0 c50204eceec42ee5"       // origin: as asked
        "c50204ecee0a0000 c50204ecee0b0000");

TEST(Ntp, answer_that_gives_back_the_time_is_proof) {
  const auto found = run_parser("ntp", {client(kAsk), server(kAnswer)});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("ntp.version")), 3);
}

TEST(Ntp, answer_with_another_time_is_nothing_on_another_port) {
  std::string other = kAnswer;
  other[30] ^= 1;
  EXPECT_EQ(run_parser("ntp", {client(kAsk), server(other)})->best(), Strength::none);
}

TEST(Ntp, numbers_out_of_range_refute) {
  std::string wrong = kAsk;
  wrong[1] = 17;  // stratum
  EXPECT_FALSE(run_parser("ntp", {client(wrong)})->refuted.empty());
  EXPECT_FALSE(run_parser("ntp", {client(kAsk.substr(0, 47))})->refuted.empty());
}

TEST(Ntp, request_on_the_registered_port_is_strong) {
  RecordingFindings findings;
  findings.tuple.destination.port = 123;
  find_parser("ntp")->make({})->data(Direction::to_server, as_bytes(kAsk), findings);
  EXPECT_EQ(findings.best(), Strength::strong);
}

TEST(Ntp, has_the_habits_of_a_parser) {
  expect_parser_habits("ntp", {client(kAsk), server(kAnswer)});
}

}  // namespace
}  // namespace parlance::test
