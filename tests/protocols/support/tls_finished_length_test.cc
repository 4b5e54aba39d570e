#include "protocols/support/tls_finished_length.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace parlance::test {
namespace {

constexpr uint8_t kChangeCipher = 20, kAlert = 21, kApplication = 23;
constexpr Direction kClient = Direction::to_server, kServer = Direction::to_client;

ClientHello client_hello(std::vector<uint16_t> extensions = {0, 16, 43, 51}) {
  ClientHello hello;
  hello.extensions = std::move(extensions);
  return hello;
}
ServerHello server_hello() {
  ServerHello hello;
  hello.version = 0x0304;
  hello.cipher = 0x1301;
  return hello;
}

/// After the hellos: a record of the server, then the client's change of ciphers.
TlsFinishedLength begun(const ClientHello& client = client_hello(),
                        const ServerHello& server = server_hello()) {
  TlsFinishedLength test;
  test.client_hello(client);
  test.server_hello(server);
  test.observe(kServer, kChangeCipher, 1);
  test.observe(kServer, kApplication, 2000);
  test.observe(kClient, kChangeCipher, 1);
  return test;
}

/// What is said of client records with these lengths.
std::string_view said_of(const std::vector<uint16_t>& lengths, TlsFinishedLength test = begun()) {
  std::string_view said;
  for (const uint16_t length : lengths) {
    const std::string_view now = test.observe(kClient, kApplication, length);
    if (!now.empty()) said = now;
  }
  EXPECT_FALSE(test.watching());
  return said;
}

TEST(TlsFinishedLength, a_finished_ends_the_watch_in_silence) {
  EXPECT_EQ(said_of({53}), "");
  EXPECT_EQ(said_of({69}), "");
}

TEST(TlsFinishedLength, three_records_that_are_no_finished_are_impossible) {
  EXPECT_EQ(said_of({200, 150, 150}), "no-finished");
}

TEST(TlsFinishedLength, long_ones_might_hold_a_certificate_and_a_finished_in_one) {
  EXPECT_EQ(said_of({355, 150, 150}), "no-finished-alone");
}

TEST(TlsFinishedLength, a_finished_behind_a_certificate_is_waited_for) {
  EXPECT_EQ(said_of({900, 96, 53}), "");
  EXPECT_EQ(said_of({900, 53}), "");
}

TEST(TlsFinishedLength, settings_before_the_finished_and_alerts_are_short) {
  EXPECT_EQ(said_of({63}), "");   // ALPS
  EXPECT_EQ(said_of({19}), "");   // an alert
  EXPECT_EQ(said_of({120}), "");
}

// As openssl s_client -record_padding makes them (pcaps/tls13-record-padding).
TEST(TlsFinishedLength, records_padded_to_blocks_may_hold_a_finished) {
  EXPECT_EQ(said_of({528, 528, 528}), "");
  EXPECT_EQ(said_of({144, 272, 400}), "");
  EXPECT_EQ(said_of({144, 272, 401}), "no-finished");
}

TEST(TlsFinishedLength, a_record_too_short_for_a_tag_is_impossible_from_either_side) {
  EXPECT_EQ(said_of({16}), "no-finished");
  TlsFinishedLength test = begun();
  EXPECT_EQ(test.observe(kServer, kApplication, 4), "no-finished");
}

TEST(TlsFinishedLength, watches_nothing_but_plain_tls13) {
  ServerHello tls12 = server_hello();
  tls12.version = 0x0303;
  EXPECT_FALSE(begun(client_hello(), tls12).watching());
  ServerHello draft = server_hello();
  draft.version = 0x7f1c;
  EXPECT_FALSE(begun(client_hello(), draft).watching());
  EXPECT_FALSE(begun(client_hello({0, 42, 43})).watching()) << "early data";
  EXPECT_FALSE(begun(client_hello({0, 43, 0x7550})).watching()) << "a channel id";
  EXPECT_FALSE(begun(client_hello({19, 43})).watching()) << "a raw public key";
}

TEST(TlsFinishedLength, a_retry_request_is_no_answer) {
  ServerHello retry = server_hello();
  retry.retry = true;
  TlsFinishedLength test;
  test.client_hello(client_hello());
  test.server_hello(retry);
  EXPECT_FALSE(test.watching());
  test.server_hello(server_hello());
  EXPECT_TRUE(test.watching());
}

TEST(TlsFinishedLength, an_alert_in_the_clear_or_a_silent_client_ends_it) {
  TlsFinishedLength alert = begun();
  EXPECT_EQ(alert.observe(kClient, kAlert, 2), "");
  EXPECT_FALSE(alert.watching());
  TlsFinishedLength silent = begun();
  for (int i = 0; i < 30; ++i) EXPECT_EQ(silent.observe(kServer, kApplication, 1000), "");
  EXPECT_FALSE(silent.watching());
}

}  // namespace
}  // namespace parlance::test
