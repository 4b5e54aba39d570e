#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kOpen4 =
    R"(0{"sid":"lv_VI97HAXpY6yYWAAAB","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})";
const std::string kOpen3 =
    R"(0{"sid":"a","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":60000})";

Start over(Carrier carrier) {
  Start start;
  start.carrier = carrier;
  start.unit = Unit::message;
  return start;
}

TEST(Engineio, an_open_packet_is_proof_and_messages_are_opened) {
  const std::vector<Said> talk = {server(kOpen4), client("40"), server(R"(40{"sid":"x"})"),
                                  server("2"),    client("3"),  client(R"(42["hi",1])")};
  const auto found = run_parser("engineio", talk, 0, over(Carrier::websocket));
  EXPECT_TRUE(found->has("open-packet"));
  EXPECT_EQ(found->best(), Strength::proof);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].carrier, Carrier::websocket);
  EXPECT_EQ(found->inner[0].messages[0], (std::vector<std::string>{"0", R"(2["hi",1])"}));
  EXPECT_EQ(found->inner[0].messages[1], std::vector<std::string>{R"(0{"sid":"x"})"});
  expect_parser_habits("engineio", talk, over(Carrier::websocket));
}

TEST(Engineio, a_probe_that_is_answered_is_proof) {
  const auto found = run_parser("engineio", {client("2probe"), server("3probe"), client("5")}, 0,
                                over(Carrier::websocket));
  EXPECT_TRUE(found->has("probe"));
}

TEST(Engineio, an_event_midstream_is_strong) {
  const auto found =
      run_parser("engineio", {server("2"), client("3"), server(R"(42["tick",{"t":1}])")}, 0,
                 over(Carrier::websocket));
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_EQ(found->inner[0].messages[1], std::vector<std::string>{R"(2["tick",{"t":1}])"});
}

TEST(Engineio, polling_bodies_hold_several_packets) {
  const auto version4 = run_parser("engineio",
                                   {server(kOpen4), client("40"),
                                    server("40{}\x1e"
                                           R"(42["a"])"),
                                    client("ok")},
                                   0, over(Carrier::http));
  EXPECT_EQ(version4->best(), Strength::proof);
  EXPECT_EQ(version4->inner[0].messages[1], (std::vector<std::string>{"0{}", R"(2["a"])"}));
  const auto version3 = run_parser(
      "engineio",
      {server(std::to_string(kOpen3.size()) + ":" + kOpen3 + "2:40"), server(R"(7:42["a"])")}, 0,
      over(Carrier::http));
  EXPECT_EQ(version3->best(), Strength::proof);
  EXPECT_EQ(version3->inner[0].messages[1], (std::vector<std::string>{"0", R"(2["a"])"}));
}

TEST(Engineio, neither_session_nor_events_are_shown) {
  const auto over_websocket = over(Carrier::websocket);
  const auto open = run_parser("engineio", {server(kOpen4)}, 0, over_websocket);
  EXPECT_EQ(open->confirmed.at(0).octets, "0{");
  const auto event = run_parser("engineio", {server(R"(42["say","secret"])")}, 0, over_websocket);
  EXPECT_EQ(event->confirmed.at(0).octets, "2[");
  EXPECT_EQ(event->confirmed.at(0).offset, 1U);
}

TEST(Engineio, other_messages_are_refuted) {
  for (const char* const message :
       {R"({"websocket":true})", "hello", "o", "\x10\x0c", R"([1,"realm",{}])"}) {
    const auto found = run_parser("engineio", {server(message)}, 0, over(Carrier::websocket));
    EXPECT_FALSE(found->refuted.empty()) << message;
  }
  const auto cut =
      run_parser("engineio", {server(kOpen4.substr(0, 60)), client("4"), client("42[no")}, 0,
                 over(Carrier::websocket));
  EXPECT_EQ(cut->best(), Strength::none);
}

}  // namespace
}  // namespace parlance::test
