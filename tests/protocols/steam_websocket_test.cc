#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// Kinds 5514 (a logon), 751 (its answer) and 703 (a heartbeat); accounts are individuals' of
// universe 1.
const std::string kAccount = hex("09 d2029649 01001001");
const std::string kNobody = hex("09 00000000 01001001");

std::string message(const std::string& kind, const std::string& header,
                    const std::string& content = hex("08 01")) {
  return hex(kind) + hex("0080") + static_cast<char>(header.size()) + hex("000000") + header +
         content;
}
std::string job(const std::string& field, const std::string& number) {
  return hex(field + number + "00000000000000");
}

const Said kLogon = client(message("8a15", kNobody + hex("10 00")));
const Said kLoggedOn = server(message("ef02", kAccount + hex("10 b9eaf8ff07")));
const Said kHeartbeat = client(message("bf02", kAccount + hex("10 b9eaf8ff07"), ""));

TEST(SteamWebsocket, an_account_that_both_sides_name_is_proof) {
  const std::vector<Said> talk = {kLogon, kLoggedOn, kHeartbeat};
  EXPECT_EQ(run_parser("steam_websocket", talk)->best(), Strength::proof);
  expect_parser_habits("steam_websocket", talk);
}

TEST(SteamWebsocket, an_account_of_one_side_is_strong) {
  EXPECT_EQ(run_parser("steam_websocket", {kLogon, kLoggedOn, kLoggedOn})->best(),
            Strength::strong);
  const Said other = client(message("bf02", hex("09 d3029649 01001001")));
  EXPECT_EQ(run_parser("steam_websocket", {kLoggedOn, other})->best(), Strength::strong);
}

TEST(SteamWebsocket, two_answered_jobs_are_proof) {
  const std::vector<Said> talk = {
      client(message("9700", job("51", "01"))), server(message("9300", job("59", "01"))),
      client(message("9700", job("51", "02"))), server(message("9300", job("59", "02")))};
  EXPECT_EQ(run_parser("steam_websocket", talk)->best(), Strength::proof);
  EXPECT_EQ(run_parser("steam_websocket", {talk[0], talk[1], talk[2]})->best(), Strength::none);
  EXPECT_EQ(run_parser("steam_websocket", {talk[0], talk[3], talk[2], talk[1]})->best(),
            Strength::none)
      << "only one of them was asked before";
  EXPECT_EQ(run_parser("steam_websocket", {talk[0], talk[1], talk[1], talk[1]})->best(),
            Strength::none)
      << "one job alone";
  const Said asks = client(message("9700", job("51", "00"))), answers = server(message("9300", job("59", "00")));
  EXPECT_EQ(run_parser("steam_websocket", {asks, answers, talk[0], talk[1]})->best(), Strength::none)
      << "0 is no job";
  expect_parser_habits("steam_websocket", talk);
}

TEST(SteamWebsocket, other_messages_refute_it) {
  for (const std::string& each :
       {message("8a15", hex("0901")), message("8a15", hex("0901"), ""),  // a header that is cut off
        message("8a15", hex("08 01")),                                   // an account as a number
        message("8a15", kAccount, hex("0a 05 00")),                      // no content
        message("8a15", kAccount).substr(0, 12), message("0000", kAccount),
        hex("8a150000 00000000"), std::string("x"),
        hex("8a150080 ffffff00") + std::string(80, 'x')}) {
    const auto found = run_parser("steam_websocket", {client(each)});
    EXPECT_EQ(found->best(), Strength::none);
    EXPECT_FALSE(found->refuted.empty());
  }
  const std::vector<Said> never(24, kLogon);
  EXPECT_FALSE(run_parser("steam_websocket", never)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
