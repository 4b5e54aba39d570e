#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kNumber = hex("03d72000fa76287e");
const std::string kAsk = hex("00000000") + kNumber;
// version 1.3.4; no users of 100, 72000 bit/s
const std::string kAnswer = hex("00010304") + kNumber + hex("00000000 00000064 00011940");

TEST(MumblePing, the_same_number_is_proof) {
  const std::vector<Said> talk = {client(kAsk), server(kAnswer)};
  EXPECT_EQ(run_parser("mumble_ping", talk)->best(), Strength::proof);
  expect_parser_habits("mumble_ping", talk);
}

TEST(MumblePing, the_same_number_in_protocol_buffers_is_proof) {
  const std::string number = hex("08 fed0d8b8dfc0c9d903");
  const std::string ask = hex("01") + number + hex("10 01");
  // version 1.5.735; 3 users of 100, 144000 bit/s
  const std::string rest = hex("18 8080d7d6d08040 20 03 28 64 30 80e508");
  const std::vector<Said> talk = {client(ask), server(hex("01") + number + rest)};
  EXPECT_EQ(run_parser("mumble_ping", talk)->best(), Strength::proof);
  expect_parser_habits("mumble_ping", talk);
  const auto best = [&](const std::string& answer) {
    return run_parser("mumble_ping", {client(ask), server(answer)})->best();
  };
  EXPECT_EQ(best(hex("01 08 fed0d8b8dfc0c9d904") + rest), Strength::none) << "another number";
  EXPECT_EQ(best(hex("01") + number + rest + hex("38 01")), Strength::none) << "an unknown field";
  EXPECT_EQ(best(hex("01") + number + rest + hex("30")), Strength::none) << "cut off";
  EXPECT_EQ(best(ask), Strength::none) << "a question";
  EXPECT_EQ(best(hex("02") + number + rest), Strength::none);
}

TEST(MumblePing, other_answers_are_nothing) {
  for (size_t at = 1; at < 24; ++at) {
    std::string changed = kAnswer;
    changed[at] ^= '\xff';
    const bool free = at == 3 || at == 18 || at == 19 || at >= 21;
    if (free) continue;
    EXPECT_EQ(run_parser("mumble_ping", {client(kAsk), server(changed)})->best(), Strength::none)
        << at;
  }
  EXPECT_EQ(run_parser("mumble_ping", {server(kAnswer)})->best(), Strength::none);
  const std::string zeros(12, '\0');
  EXPECT_EQ(run_parser("mumble_ping",
                       {client(zeros), server(hex("00010304") + zeros + hex("0000006400011940"))})
                ->best(),
            Strength::none);
}

}  // namespace
}  // namespace parlance::test
