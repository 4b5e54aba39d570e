#include "protocols/support/tls_behaviour.h"

#include <gtest/gtest.h>

#include <vector>

namespace parlance::test {
namespace {

constexpr uint8_t kChangeCipher = 20, kAlert = 21, kHandshake = 22, kApplication = 23;
constexpr uint16_t kTls13 = 0x0304, kTls12 = 0x0303;

struct Suite {
  uint16_t version, cipher;
  int overhead;
};
constexpr Suite kGcm13{kTls13, 0x1302, 17};
constexpr Suite kGcm12{kTls12, 0xc030, 24};

/// Octets inside records: positive from the client, negative from the server.
using Talk = std::vector<int>;

/// The first word said of a connection whose records hold these octets, after its handshake.
std::string_view said_of(const Talk& talk, const Suite& suite = kGcm13,
                         std::vector<std::string> alpn = {"http/1.1"}, size_t records = 64) {
  ClientHello client;
  client.alpn = std::move(alpn);
  ServerHello server;
  server.version = suite.version;
  server.cipher = suite.cipher;
  TlsBehaviour test;
  test.client_hello(client);
  test.server_hello(server, records);
  if (suite.version == kTls13) {
    test.observe(Direction::to_client, kChangeCipher, 1);
    test.observe(Direction::to_client, kApplication, 900);
    test.observe(Direction::to_server, kApplication, 69);
  } else {
    test.observe(Direction::to_server, kHandshake, 40);
  }
  for (const int octets : talk) {
    const Direction direction = octets > 0 ? Direction::to_server : Direction::to_client;
    const int length = (octets > 0 ? octets : -octets) + suite.overhead;
    const auto said = test.observe(direction, kApplication, static_cast<uint16_t>(length));
    if (!said.empty()) return said;
  }
  return {};
}

// A browser's request, two tickets, 101, then masked frames of a few octets and their answers.
TEST(TlsBehaviour, an_upgrade_and_messages_too_short_for_http_are_a_websocket) {
  EXPECT_EQ(said_of({505, -265, -265, -175, 13, -9, 36, -32, 19}), "websocket");
  EXPECT_EQ(said_of({505, -129, 13, -9, 36, -32, 19}, kGcm12), "websocket");
}

TEST(TlsBehaviour, pings_that_are_answered_are_a_websocket) {
  EXPECT_EQ(said_of({420, -265, -265, -129, -2, 6, -2, 6}), "websocket");
}

TEST(TlsBehaviour, large_messages_with_short_answers_are_a_websocket) {
  EXPECT_EQ(said_of({420, -129, 9000, -14, 12000, -14, 7000, -14}), "websocket");
}

TEST(TlsBehaviour, requests_like_the_first_are_http) {
  EXPECT_EQ(said_of({260, -200, 262, -180, 20, -200, 20, -200, 20}), "");
}

TEST(TlsBehaviour, bodies_in_records_of_their_own_are_http) {
  EXPECT_EQ(said_of({108, 25, -210, 107, 6, -290, 108, 24, -180, 108, 11}), "");
  EXPECT_EQ(said_of({298, 25, -210, 400, 6, 7, 8, 9, -290, 500, 24, 24, 24, -180}), "");
}

TEST(TlsBehaviour, bodies_that_were_waited_for_are_http) {
  EXPECT_EQ(said_of({288, -240, 400, -25, 5}), "");
  EXPECT_EQ(said_of({288, -240, 400, -25, 9, -200, 400, -25, 9, -200, 400, -25, 9, -200}), "");
}

TEST(TlsBehaviour, an_answer_shorter_or_longer_than_a_switch_is_none) {
  EXPECT_EQ(said_of({252, -265, -265, -72, 26, -26, 26, -26, 26}), "") << "an upgrade to something else";
  EXPECT_EQ(said_of({252, -15780, 13, -9, 36, -9, 19}), "");
}

TEST(TlsBehaviour, a_record_shorter_than_a_masked_frame_is_none) {
  EXPECT_EQ(said_of({505, -175, 5, -9, 36, -9, 19, -9}), "");
}

TEST(TlsBehaviour, other_offers_and_ciphers_that_hide_lengths_are_not_judged) {
  const Talk talk = {505, -175, 13, -9, 36, -32, 19};
  EXPECT_EQ(said_of(talk, kGcm13, {"h2", "http/1.1"}), "");
  EXPECT_EQ(said_of(talk, kGcm13, {}), "");
  EXPECT_EQ(said_of(talk, {kTls12, 0xc014, 24}), "") << "CBC";
}

TEST(TlsBehaviour, looks_at_as_many_records_as_it_is_told) {
  EXPECT_EQ(said_of({505, -175, 13, -200, 36, -32, 19}, kGcm13, {"http/1.1"}, 7), "websocket");
  EXPECT_EQ(said_of({505, -175, 13, -200, 36, -32, 19}, kGcm13, {"http/1.1"}, 6), "");
  EXPECT_EQ(said_of({505, -175, 13, -9, 36, -32, 19}, kGcm13, {"http/1.1"}, 0), "");
}

TEST(TlsBehaviour, an_alert_ends_it) {
  EXPECT_EQ(said_of({505, -175, 13, 2, 36, -32, 19}), "");
  ClientHello client;
  client.alpn = {"http/1.1"};
  ServerHello server;
  server.version = kTls12;
  server.cipher = 0xc02f;
  TlsBehaviour test;
  test.client_hello(client);
  test.server_hello(server, 64);
  EXPECT_TRUE(test.watching());
  test.observe(Direction::to_client, kAlert, 26);
  EXPECT_FALSE(test.watching());
}

}  // namespace
}  // namespace parlance::test
