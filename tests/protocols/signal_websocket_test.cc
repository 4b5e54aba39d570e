#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// WebSocketMessage{1: 1, 2: {1: "GET", 2: "/v1/keepalive", 4: 1}}
const Said kRequest =
    client(hex("08 01 12 16 0a 03") + "GET" + hex("12 0d") + "/v1/keepalive" + hex("20 01"));
// WebSocketMessage{1: 2, 3: {1: 1, 2: 200, 3: "OK"}}
const Said kResponse = server(hex("08 02 1a 09 08 01 10 c8 01 1a 02") + "OK");
// {1: 1, 2: {1: "PUT", 2: "/api/v1/message", 3: "abc", 5: "x-signal-timestamp: 1", 4: 9}}
const Said kPush =
    server(hex("08 01 12 34 0a 03") + "PUT" + hex("12 0f") + "/api/v1/message" + hex("1a 03") +
           "abc" + hex("2a 15") + "x-signal-timestamp: 1" + hex("20 09"));

TEST(SignalWebsocket, a_response_with_its_requests_id_is_proof) {
  const std::vector<Said> talk = {kRequest, kResponse};
  EXPECT_EQ(run_parser("signal_websocket", talk)->best(), Strength::proof);
  expect_parser_habits("signal_websocket", talk);
}

TEST(SignalWebsocket, a_request_of_the_server_is_strong) {
  EXPECT_EQ(run_parser("signal_websocket", {kPush})->best(), Strength::strong);
  expect_parser_habits("signal_websocket", {kPush});
}

TEST(SignalWebsocket, a_response_to_another_request_is_no_proof) {
  EXPECT_EQ(
      run_parser("signal_websocket", {kPush, kRequest, server(hex("08 02 1a 05 08 07 10 c8 01"))})
          ->best(),
      Strength::strong);
  EXPECT_EQ(run_parser("signal_websocket", {kResponse})->best(), Strength::none);
}

TEST(SignalWebsocket, other_messages_refute_it) {
  const std::string request = kRequest.octets;
  for (const std::string& message :
       {std::string("text"), request + "x", request.substr(0, request.size() - 1),
        hex("08 03 12 00"), hex("08 01 12 00"), hex("08 02 1a 02 08 01"),
        hex("08 01 12 09 0a 03") + "FOO" + hex("12 00 20 01")}) {
    EXPECT_FALSE(run_parser("signal_websocket", {client(message)})->refuted.empty());
  }
}

TEST(SignalWebsocket, paths_are_not_shown) {
  const auto found = run_parser("signal_websocket", {kPush, kRequest});
  for (const Confirmation& each : found->confirmed) {
    EXPECT_EQ(each.octets.find('/'), std::string::npos);
  }
}

}  // namespace
}  // namespace parlance::test
