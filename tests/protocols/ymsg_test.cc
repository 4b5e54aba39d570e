#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kEnd = "\xc0\x80";

std::string field(const std::string& key, const std::string& value) {
  return key + kEnd + value + kEnd;
}

std::string message(int service, int session, const std::string& body) {
  const auto octet = [](size_t value) { return static_cast<char>(value); };
  return "YMSG" + hex("0010 0000") + octet(body.size() >> 8) + octet(body.size()) + '\0' +
         octet(static_cast<size_t>(service)) + hex("00000001 000000") +
         octet(static_cast<size_t>(session));
}
std::string whole(int service, int session, const std::string& body) {
  return message(service, session, body) + body;
}

const std::string kPing = whole(0x8a, 7, field("0", "someone"));
const std::vector<Said> kTalk = {
    client(whole(0x57, 0, field("1", "someone"))),
    server(whole(0x57, 7, field("1", "someone") + field("94", "challenge") + std::string(1, '\0'))),
    client(kPing + whole(6, 7, field("5", "other") + field("14", "\xc3\xa0 \xc3\xa9")))};

TEST(Ymsg, three_messages_of_one_session_are_proof) {
  const auto found = run_parser("ymsg", kTalk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(found->confirmed.back().octets.size(), 20U);
}

TEST(Ymsg, one_message_is_strong) {
  EXPECT_EQ(run_parser("ymsg", {client(kPing)})->best(), Strength::strong);
}

TEST(Ymsg, fields_are_pairs_with_a_key_of_digits) {
  EXPECT_FALSE(
      run_parser("ymsg", {client(whole(6, 7, field("1", "x") + "5" + kEnd))})->refuted.empty());
  EXPECT_FALSE(run_parser("ymsg", {client(whole(6, 7, field("key", "x")))})->refuted.empty());
  EXPECT_FALSE(run_parser("ymsg", {client(whole(6, 7, "no fields"))})->refuted.empty());
}

TEST(Ymsg, sessions_do_not_mix) {
  const auto found = run_parser("ymsg", {client(kPing + whole(0x8a, 8, field("0", "someone")))});
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_TRUE(found->finished);
}

TEST(Ymsg, has_the_habits_of_a_parser) {
  expect_parser_habits("ymsg", kTalk);
}

}  // namespace
}  // namespace parlance::test
