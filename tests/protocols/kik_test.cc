#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::vector<Said> kTalk = {
    client(
        "<k from=\"a_x1@talk.kik.com/CAN1\" to=\"talk.kik.com\" p=\"00\" cv=\"00\" v=\"15.21.0\">"),
    server("<k ok=\"1\" ts=\"1700000000000\">"),
    client("<iq type=\"get\" id=\"1\"><query xmlns=\"jabber:iq:roster\" p=\"8\"/></iq>"),
    server("<iq type=\"result\" id=\"1\"><query xmlns=\"jabber:iq:roster\"/></iq><ack id=\"2\"/>")};

TEST(Kik, roots_of_both_sides_and_a_stanza_are_proof) {
  const auto found = run_parser("kik", kTalk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(found->confirmed[0].octets, "<k");
  EXPECT_EQ(std::get<int64_t>(found->notes.at("kik.stanzas")), 3);
}

TEST(Kik, roots_alone_are_strong) {
  EXPECT_EQ(run_parser("kik", {client("<k anon=\"\">"), server("<k ok=\"1\">")})->best(),
            Strength::strong);
}

TEST(Kik, other_documents_are_refuted) {
  EXPECT_FALSE(run_parser("kik", {client("<kml to=\"x\">")})->refuted.empty());
  EXPECT_FALSE(run_parser("kik", {client("<k xmlns=\"urn:x\" to=\"y\">")})->refuted.empty());
  EXPECT_FALSE(run_parser("kik", {server("<k type=\"1\">")})->refuted.empty());
}

TEST(Kik, a_child_without_an_end_is_left) {
  const std::string endless = "<message>" + std::string(300 * kKibi, 'x');
  const auto rooted = run_parser("kik", {kTalk[0], kTalk[1], client(endless)});
  EXPECT_TRUE(rooted->finished);
  EXPECT_EQ(rooted->best(), Strength::strong);
  EXPECT_FALSE(run_parser("kik", {kTalk[0], client(endless)})->refuted.empty());
  std::string others;
  while (others.size() < 1000) others += "<other/>";
  EXPECT_TRUE(run_parser("kik", {kTalk[0], kTalk[1], client(others)})->finished);
}

TEST(Kik, has_the_habits_of_a_parser) {
  expect_parser_habits("kik", kTalk);
}

}  // namespace
}  // namespace parlance::test
