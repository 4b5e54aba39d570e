#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "support/mtproto_stream.h"

namespace parlance::test {
namespace {

const std::string kSecret = hex("00112233445566778899aabbccddeeff");
constexpr size_t kRandomAt = 11, kRandom = 32;

void give_secret(RecordingFindings& findings) { findings.known_secrets.mtproxies().add(as_bytes(kSecret)); }

std::string hmac(const std::string& text) {
  std::string digest(32, '\0');
  unsigned length = 0;
  HMAC(EVP_sha256(), kSecret.data(), static_cast<int>(kSecret.size()), as_bytes(text).data(), text.size(),
       reinterpret_cast<unsigned char*>(digest.data()), &length);
  return digest;
}

std::string record(uint8_t type, const std::string& content) {
  return std::string{static_cast<char>(type), 3, 3, static_cast<char>(content.size() >> 8),
                     static_cast<char>(content.size())} + content;
}

/// A hello of the client with no extensions but supported_versions; zeros for random.
std::string client_hello() {
  std::string body = hex("0303") + std::string(kRandom, '\0') + "\x20" + noise(32, 1) + hex("0002 1301 0100 0007 002b 0003 020304");
  const std::string message = hex("0100") + std::string{static_cast<char>(body.size() >> 8), static_cast<char>(body.size())} + body;
  std::string all = record(0x16, message);
  all[2] = 1;
  std::string random = hmac(all);
  const std::string time = little_endian(0x65a1b2c3, 4);
  for (size_t i = 0; i < 4; ++i) random[28 + i] = static_cast<char>(random[28 + i] ^ time[i]);
  return all.replace(kRandomAt, kRandom, random);
}

std::string server_answer(const std::string& hello) {
  const std::string body = hex("0303") + std::string(kRandom, '\0') + "\x20" + noise(32, 1) + hex("1301 00 0006 002b 0002 0304");
  const std::string message = hex("0200") + std::string{static_cast<char>(body.size() >> 8), static_cast<char>(body.size())} + body;
  std::string all = record(0x16, message) + record(0x14, "\x01") + record(0x17, noise(900, 2));
  return all.replace(kRandomAt, kRandom, hmac(hello.substr(kRandomAt, kRandom) + all));
}

std::vector<Said> connection() {
  const std::string hello = client_hello();
  ObfuscatedStream stream(0xdd, kSecret);
  const std::string key = noise(8, 7);
  const std::string head = stream.header() + stream.from_client(intermediate(encrypted_message(key, 4, 1))).octets;
  return {client(hello), server(server_answer(hello)),
          client(record(0x14, "\x01") + record(0x17, head)),
          server(record(0x17, stream.from_server(intermediate(encrypted_message(key, 5, 2))).octets))};
}

TEST(MtproxyTls, hellos_under_the_secret_are_proof_and_hold_telegram) {
  const auto talk = connection();
  const auto found = run_parser("mtproxy_tls", talk, 0, {}, give_secret);
  EXPECT_TRUE(found->has("mtproxy-hello"));
  EXPECT_TRUE(found->has("mtproxy-answer"));
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].parser, "telegram");
  const std::vector<Said> inside = {client(found->inner[0].bytes[0]), server(found->inner[0].bytes[1])};
  EXPECT_EQ(run_parser("telegram", inside, 0, {}, give_secret)->best(), Strength::proof);
  expect_parser_habits("mtproxy_tls", talk, {}, give_secret);
}

TEST(MtproxyTls, without_the_secret_nothing_is_said) {
  EXPECT_FALSE(run_parser("mtproxy_tls", connection())->refuted.empty());
  const auto other = [](RecordingFindings& findings) { findings.known_secrets.mtproxies().add(as_bytes(noise(16, 3))); };
  const auto found = run_parser("mtproxy_tls", connection(), 0, {}, other);
  EXPECT_FALSE(found->refuted.empty());
  EXPECT_EQ(found->best(), Strength::none);
}

TEST(MtproxyTls, an_answer_under_another_secret_ends_it) {
  auto talk = connection();
  talk[1].octets[20] = static_cast<char>(talk[1].octets[20] ^ 1);
  const auto found = run_parser("mtproxy_tls", talk, 0, {}, give_secret);
  EXPECT_FALSE(found->has("mtproxy-answer"));
  EXPECT_TRUE(found->inner.empty());
}

TEST(MtproxyTls, tls_leaves_such_hellos_alone) {
  EXPECT_FALSE(run_parser("tls", connection(), 0, {}, give_secret)->refuted.empty());
  EXPECT_EQ(run_parser("tls", connection(), 0, {}, give_secret)->best(), Strength::none);
  EXPECT_EQ(run_parser("tls", connection())->best(), Strength::proof);
}

}  // namespace
}  // namespace parlance::test
