#include <string>

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const Said kMessage = server(
    R"({"payload":[{"conversation":"c","time":"2020-01-01T00:00:00.000Z","data":{"text":"x"},"from":"u","type":"conversation.otr-message-add"}],"transient":false,"id":"5f2a"})");
const Said kEvent = server(
    R"({"type":"event","data":{"event":{"id":"5f2a","payload":[{"type":"user.connection"}]},"delivery_tag":7}})");

TEST(Wire, a_notification_is_strong) {
  EXPECT_EQ(run_parser("wire", {kMessage})->best(), Strength::strong);
  expect_parser_habits("wire", {kMessage});
}

TEST(Wire, an_acknowledged_event_is_proof) {
  const std::vector<Said> talk = {
      kEvent, client(R"({"type":"ack","data":{"delivery_tag":7,"multiple":false}})")};
  EXPECT_EQ(run_parser("wire", talk)->best(), Strength::proof);
  expect_parser_habits("wire", talk);
}

/// A notification of /await with an event of that type.
Said notification(const std::string& id, const std::string& type) {
  return server(R"({"id":")" + id + R"(","payload":[{"type":")" + type +
                R"(","conversation":"c","data":{"text":"x"}}]})");
}

const std::string kOneId = "1e3d2b70-90a1-11ee-8001-22000ac12345";
const std::string kOtherId = "1e3d2b70-90a1-11ee-8002-22000ac12345";

TEST(Wire, two_notifications_with_ids_of_their_own_are_proof) {
  const std::vector<Said> talk = {notification(kOneId, "conversation.otr-message-add"),
                                  notification(kOtherId, "conversation.mls-message-add")};
  EXPECT_EQ(run_parser("wire", talk)->best(), Strength::proof);
  expect_parser_habits("wire", talk);
}

TEST(Wire, what_another_chat_could_push_is_strong_at_most) {
  const Said own = notification(kOneId, "conversation.otr-message-add");
  EXPECT_EQ(run_parser("wire", {own, own})->best(), Strength::strong);
  EXPECT_EQ(run_parser("wire", {own, notification("2", "conversation.otr-message-add")})->best(),
            Strength::strong);
  EXPECT_EQ(run_parser("wire", {own, notification(kOtherId, "conversation.created")})->best(),
            Strength::strong);
  EXPECT_EQ(run_parser("wire", {notification(kOneId, "conversation.created"),
                                notification(kOtherId, "conversation.created")})
                ->best(),
            Strength::strong);
}

TEST(Wire, other_messages_are_nothing) {
  for (const char* const message :
       {R"({"id":"1","payload":[]})", R"({"id":"1","payload":{"type":"conversation.x"}})",
        R"({"type":"event","data":{}})", R"([1])", "ping"}) {
    for (const Said& said : {client(message), server(message)}) {
      EXPECT_EQ(run_parser("wire", {said})->best(), Strength::none) << message;
    }
  }
}

}  // namespace
}  // namespace parlance::test
