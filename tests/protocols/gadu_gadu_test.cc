#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string le32(size_t value) {
  std::string octets;
  for (int i = 0; i < 4; ++i) octets += static_cast<char>(value >> (8 * i));
  return octets;
}
std::string packet(size_t type, const std::string& body = {}) {
  return le32(type) + le32(body.size()) + body;
}

const std::string kWelcome = packet(0x01, "seed");
const std::string kLogin80 = packet(
    0x31, le32(12345) + "pl\x02" + std::string(64, '\x55') + std::string(30, '\0') + le32(0));
/// Sender, sequence, time, class, where the plain text and the attributes begin.
const std::string kReceived = packet(0x2e, le32(1) + le32(2) + le32(3) + le32(8) + le32(30) +
                                               le32(33) + std::string("<b/>\0\0hi\0", 9));
const std::vector<Said> kTalk = {
    server(kWelcome),     client(kLogin80),  server(packet(0x35, le32(1))),
    client(packet(0x12)), server(kReceived), client(packet(0x08))};

TEST(GaduGadu, a_login_between_welcome_and_answer_is_proof) {
  const auto found = run_parser("gadu_gadu", kTalk);
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(found->confirmed[0].what, "login-packet");
  EXPECT_EQ(found->confirmed[0].octets.size(), 8U);
}

TEST(GaduGadu, a_welcome_alone_says_nothing) {
  EXPECT_EQ(run_parser("gadu_gadu", {server(kWelcome)})->best(), Strength::none);
}

TEST(GaduGadu, the_server_alone_is_strong_with_a_message) {
  const auto found = run_parser("gadu_gadu", {kTalk[0], kTalk[2], kTalk[4]});
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(GaduGadu, a_later_part_is_proven_by_its_messages) {
  Start midstream;
  midstream.midstream = true;
  const std::string pong = packet(0x07);
  EXPECT_EQ(run_parser("gadu_gadu", {server(pong + kReceived + pong + pong + kReceived + pong)}, 0,
                       midstream)
                ->best(),
            Strength::proof);
  EXPECT_EQ(run_parser("gadu_gadu", {server(pong + pong + pong + pong + pong + pong + pong)}, 0,
                       midstream)
                ->best(),
            Strength::none);
}

TEST(GaduGadu, another_beginning_refutes) {
  EXPECT_FALSE(run_parser("gadu_gadu", {client(packet(0x08))})->refuted.empty());
  EXPECT_FALSE(run_parser("gadu_gadu", {server(packet(0x07))})->refuted.empty());
  EXPECT_FALSE(run_parser("gadu_gadu", {server(packet(0x1000))})->refuted.empty());
}

TEST(GaduGadu, has_the_habits_of_a_parser) {
  expect_parser_habits("gadu_gadu", kTalk);
}

}  // namespace
}  // namespace parlance::test
