#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// Command 07: a token of 32 octets, state 1. Command 08: status 0, the longest message 4096.
const std::string kConnect =
    hex("07 00000027 01 0020") + std::string(32, '\x5a') + hex("02 0001 01");
const std::string kConnected = hex("08 00000009 01 0001 00 04 0002 1000");
const std::string kTopics = hex("09 00000017 02 0014") + std::string(20, '\x11');

const std::vector<Said> kTalk = {client(kConnect), server(kConnected), client(kTopics)};

TEST(Apns, a_connect_and_its_answer_are_proof) {
  EXPECT_EQ(run_parser("apns", kTalk)->best(), Strength::proof);
  expect_parser_habits("apns", kTalk);
  EXPECT_EQ(run_parser("apns", {client(kConnect)})->best(), Strength::strong);
}

TEST(Apns, tokens_are_not_shown) {
  const auto findings = run_parser("apns", kTalk);
  for (const Confirmation& each : findings->confirmed) EXPECT_LE(each.octets.size(), 5U);
}

TEST(Apns, items_that_do_not_fill_a_message_are_refuted) {
  std::string longer = kConnect + "x";
  longer[4] = '\x28';
  EXPECT_FALSE(run_parser("apns", {client(longer)})->refuted.empty());
  EXPECT_FALSE(run_parser("apns", {client(kTopics)})->refuted.empty());
  EXPECT_FALSE(run_parser("apns", {client(hex("07 00000000"))})->refuted.empty());
  EXPECT_FALSE(run_parser("apns", {server(hex("08 00000005 04 0002 1000"))})->refuted.empty());
}

std::string item(char type, const std::string& value) {
  return std::string{type, 0, static_cast<char>(value.size())} + value;
}
std::string message(char command, const std::string& items) {
  return std::string{command, 0, 0, 0, static_cast<char>(items.size())} + items;
}

const std::string kMessageTopic = hex("e4e6d952954168d0a5db02dbaf27cc35fc18d159");
const std::string kToken(32, '\x5a');
// {"v": 1}
const std::string kPropertyList =
    "bplist00" + hex("d10102 5176 1001 080b0d 000000000000 01 01 0000000000000003 0000000000000000 000000000000000f");
const std::string kNumber = item(4, hex("c0ffee01"));

/// From the service: a token, the topic, a payload, a number.
std::string notification(const std::string& topic, const std::string& payload) {
  return message(0x0a, item(1, kToken) + item(2, topic) + item(3, payload) + kNumber);
}
const std::string kAcknowledgment = message(0x0b, kNumber + item(8, std::string(1, '\0')));

std::vector<Said> talk_with(const std::string& notification, const std::string& acknowledgment = kAcknowledgment) {
  return {client(kConnect), server(kConnected + notification), client(kTopics + acknowledgment)};
}

Strength messages_in(const std::vector<Said>& talk) {
  const auto findings = run_parser("apns", talk);
  Strength best = Strength::none;
  for (const auto& [name, said] : findings->supported) {
    if (name == "imessage") best = std::max(best, said.strength);
  }
  return best;
}

TEST(Apns, an_acknowledged_notification_with_a_topic_and_a_list_of_imessage_is_its_message) {
  const auto talk = talk_with(notification(kMessageTopic, kPropertyList));
  EXPECT_EQ(messages_in(talk), Strength::proof);
  expect_parser_habits("apns", talk);
  const std::string other = message(0x0b, item(4, hex("c0ffee02")));
  EXPECT_EQ(messages_in(talk_with(notification(kMessageTopic, kPropertyList), other)), Strength::strong);
}

TEST(Apns, the_device_says_the_topic_first) {
  const std::string sent =
      message(0x0a, item(1, kMessageTopic) + item(2, kToken) + item(3, kPropertyList) + kNumber);
  EXPECT_EQ(messages_in({client(kConnect), server(kConnected), client(sent), server(kAcknowledgment)}),
            Strength::proof);
}

TEST(Apns, other_notifications_are_no_message) {
  std::string other_topic = kMessageTopic;
  other_topic.back() = 'x';
  std::string other_list = kPropertyList;
  other_list.back() = '\x0e';
  EXPECT_EQ(messages_in(talk_with(notification(other_topic, kPropertyList))), Strength::none);
  EXPECT_EQ(messages_in(talk_with(notification(kMessageTopic, R"({"aps":{}})"))), Strength::none);
  EXPECT_EQ(messages_in(talk_with(notification(kMessageTopic, other_list))), Strength::none) << "a table elsewhere";
  EXPECT_EQ(messages_in({client(kConnect), server(kConnected), client(message(9, item(2, kMessageTopic)))}),
            Strength::none)
      << "a topic that is asked for";
}

TEST(Apns, an_acknowledgment_is_proof_without_the_answer_to_connect) {
  const Start midstream{.midstream = true};
  const std::vector<Said> talk = {server(notification(std::string(20, 'x'), "{}")), client(kAcknowledgment)};
  EXPECT_EQ(run_parser("apns", talk, 0, midstream)->best(), Strength::proof);
  EXPECT_EQ(run_parser("apns", {talk[0]}, 0, midstream)->best(), Strength::none);
  EXPECT_FALSE(run_parser("apns", talk)->refuted.empty()) << "but not as the first messages of a connection";
}

}  // namespace
}  // namespace parlance::test
