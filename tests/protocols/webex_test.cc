#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// As webex-js-sdk's tests of its Mercury plugin have them.
const Said kLogin = client(
    R"({"id":"b0e1","type":"authorization","data":{"token":"Bearer x"},"trackingId":"webex-js-sdk_1"})");
const Said kState = server(R"({"id":"07f8","data":{"eventType":"mercury.buffer_state"}})");
const Said kEvent = server(
    R"({"id":"9a51","data":{"activity":{"verb":"post"},"eventType":"conversation.activity"},"timestamp":1500000000000,"trackingId":"t_1","sequenceNumber":3})");
const Said kAck = client(R"({"messageId":"9a51","type":"ack"})");

TEST(Webex, an_acknowledged_event_is_proof) {
  const std::vector<Said> talk = {kLogin, kState, kEvent, kAck};
  EXPECT_EQ(run_parser("webex", talk)->best(), Strength::proof);
  expect_parser_habits("webex", talk);
}

TEST(Webex, an_event_alone_is_strong) {
  EXPECT_EQ(run_parser("webex", {kEvent})->best(), Strength::strong);
  EXPECT_EQ(run_parser("webex", {kState})->best(), Strength::strong);
}

TEST(Webex, other_messages_are_nothing) {
  for (const Said& said :
       {kLogin, kAck, server(R"({"id":"1","data":{}})"),
        server(R"({"id":"1","data":{"eventType":"x"}})"), server("[]"), server("text")}) {
    EXPECT_EQ(run_parser("webex", {said})->best(), Strength::none) << said.octets;
  }
}

}  // namespace
}  // namespace parlance::test
