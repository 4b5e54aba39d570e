#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// After RFC 3261 section 24.2 (F1 and its answer), shortened.
const std::string kInvite =
    "INVITE sip:bob@biloxi.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds\r\n"
    "To: Bob <sip:bob@biloxi.com>\r\nFrom: Alice <sip:alice@atlanta.com>;tag=1928301774\r\n"
    "Call-ID: a84b4c76e66710@pc33.atlanta.com\r\nCSeq: 314159 INVITE\r\n"
    "User-Agent: phone/1.0\r\nContent-Type: application/sdp\r\nContent-Length: 4\r\n\r\nv=0\n";
const std::string kOk =
    "SIP/2.0 200 OK\r\nv: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds\r\n"
    "i: a84b4c76e66710@pc33.atlanta.com\r\nCSeq: 314159 INVITE\r\nl: 0\r\n\r\n";
const std::string kMessage =
    "MESSAGE sip:user2@domain.com SIP/2.0\r\nVia: SIP/2.0/TCP user1pc.domain.com\r\n"
    "Call-ID: asd88asd77a@1.2.3.4\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\n"
    "Content-Length: 18\r\n\r\nWatson, come here.";

TEST(Sip, request_with_its_fields_is_proof) {
  const auto found = run_parser("sip", {client(kInvite), server(kOk)});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::vector<std::string>>(found->notes.at("sip.methods")),
            std::vector<std::string>{"INVITE"});
  EXPECT_EQ(std::get<std::string>(found->notes.at("sip.user_agent")), "phone/1.0");
  EXPECT_EQ(std::get<int64_t>(found->notes.at("sip.messages")), 2);
  EXPECT_EQ(found->notes.count("sip.messaging"), 0U);
}

TEST(Sip, response_with_compact_fields_is_proof) {
  EXPECT_EQ(run_parser("sip", {server(kOk)})->best(), Strength::proof);
}

TEST(Sip, users_are_never_shown) {
  const auto found = run_parser("sip", {client(kInvite)});
  ASSERT_EQ(found->confirmed.size(), 1U);
  EXPECT_EQ(found->confirmed[0].octets, "INVITE sip:");
}

TEST(Sip, cseq_must_name_the_request) {
  std::string other = kInvite;
  other.replace(other.find("314159 INVITE"), 13, "314159 CANCEL");
  EXPECT_EQ(run_parser("sip", {client(other)})->best(), Strength::strong);
}

TEST(Sip, status_line_alone_is_nothing) {
  EXPECT_EQ(run_parser("sip", {server("SIP/2.0 200 ok\r\nHTTP/1.1 200 ok\r\n\r\n")})->best(),
            Strength::none);
}

TEST(Sip, damaged_start_line_leaves_the_fields_strong) {
  std::string damaged = kInvite;
  damaged.replace(damaged.find("SIP/2.0"), 7, "SIP/a.0");
  EXPECT_EQ(run_parser("sip", {client(damaged)})->best(), Strength::strong);
}

TEST(Sip, status_line_with_three_mandatory_fields_is_strong) {
  const std::string damaged =
      "SIP/2.0 100 Trying\r\nCall-ID: 1@a\r\nCCeq: 69 REGISTER\r\nf: <sip:a@b>\r\nTo: <sip:a@b>\r\n"
      "V?a: SIP/2.0/UDP 192.168.1.2\r\n\r\n";
  EXPECT_EQ(run_parser("sip", {server(damaged)})->best(), Strength::strong);
}

TEST(Sip, keep_alives_are_passed_over) {
  const auto found = run_parser("sip", {client("\r\n\r\n"), client("hello"), server("hello"),
                                        client(std::string(4, '\0')), client(kInvite)});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("sip.messages")), 1);
}

TEST(Sip, messaging_is_noted) {
  const auto found = run_parser("sip", {client(kMessage)});
  EXPECT_EQ(std::get<std::vector<std::string>>(found->notes.at("sip.messaging")),
            std::vector<std::string>{"message"});
}

TEST(Sip, has_the_habits_of_a_parser) {
  expect_parser_habits("sip", {client(kInvite), server(kOk)});
}

TEST(SipTcp, messages_follow_by_their_length) {
  const auto found =
      run_parser("sip_tcp", {client(kInvite + "\r\n\r\n" + kMessage + kInvite), server(kOk + kOk)});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("sip.messages")), 5);
}

TEST(SipTcp, body_is_passed_over_with_a_gap_in_it) {
  std::string large = kMessage.substr(0, kMessage.find("18\r\n")) + "90000\r\n\r\n";
  RecordingFindings findings;
  const auto parser = find_parser("sip_tcp")->make({});
  parser->data(Direction::to_server, as_bytes(large), findings);
  parser->gap(Direction::to_server, 90'000, findings);
  parser->data(Direction::to_server, as_bytes(kInvite), findings);
  EXPECT_EQ(std::get<int64_t>(findings.notes.at("sip.messages")), 2);
}

TEST(SipTcp, waits_for_a_body_and_goes_on_behind_it) {
  const std::string head = kMessage.substr(0, kMessage.find("18\r\n"));
  const std::string long_body = head + "4000\r\n\r\n" + std::string(4000, 'x');
  const auto found = run_parser("sip_tcp", {client(long_body + kInvite)}, 1);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("sip.messages")), 2);
}

TEST(SipTcp, picks_up_where_a_portion_begins_a_message) {
  const auto found = run_parser("sip_tcp", {client("the rest of a body"), client(kInvite)});
  EXPECT_EQ(found->best(), Strength::proof);
}

TEST(SipTcp, other_text_is_refuted) {
  const auto found = run_parser("sip_tcp", {client("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                                            server("SIP/2.0 200 ok\r\nHTTP/1.1 200 ok\r\n\r\n")});
  EXPECT_EQ(found->best(), Strength::none);
}

TEST(SipTcp, leaves_web_socket_messages_to_the_other_parser) {
  Start start;
  start.carrier = Carrier::websocket;
  EXPECT_FALSE(run_parser("sip_tcp", {client(kInvite)}, 0, start)->refuted.empty());
}

TEST(SipTcp, has_the_habits_of_a_parser) {
  expect_parser_habits("sip_tcp", {client(kInvite + kMessage), server(kOk)});
}

}  // namespace
}  // namespace parlance::test
