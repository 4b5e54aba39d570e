#include "protocols/support/tls_hello.h"

#include <gtest/gtest.h>

#include "support/recording_findings.h"
#include "support/tls_samples.h"

namespace parlance::test {
namespace {

TEST(TlsHello, client_hello_is_read) {
  const std::string octets = client_hello_body();
  const auto hello = read_client_hello(as_bytes(octets));
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->legacy_version, 0x0303);
  EXPECT_EQ(hello->server_name, "chat.example.com");
  EXPECT_EQ(hello->alpn, (std::vector<std::string>{"h2", "http/1.1"}));
  EXPECT_EQ(hello->versions, (std::vector<uint16_t>{0x1a1a, 0x0304, 0x0303}));
  EXPECT_FALSE(hello->early_data);
}

TEST(TlsHello, every_truncation_and_every_octet_too_many_is_refused) {
  const std::string octets = client_hello_body();
  for (size_t length = 0; length < octets.size(); ++length) {
    const auto hello = read_client_hello(as_bytes(octets.substr(0, length)));
    // Without extensions the message is whole again: that is how SSL 3 looks.
    EXPECT_TRUE(!hello || hello->extensions.empty()) << length;
  }
  EXPECT_FALSE(read_client_hello(as_bytes(octets + "x")));
}

/// A hello with one extension.
std::string hello_with(const std::string& extension) {
  const std::string length = {static_cast<char>(extension.size() >> 8),
                              static_cast<char>(extension.size())};
  return hex("0303") + std::string(32, 'R') + hex("00 0002 1301 01 00") + length + extension;
}

TEST(TlsHello, outer_encrypted_hello_is_read_to_its_last_octet) {
  const std::string octets = hello_with(
      hex("fe0d 0014"
          "00"                // outer
          "0001 0003"         // HKDF-SHA256, ChaCha20-Poly1305
          "8e"                // configuration
          "0004 01020304"     // encapsulated key
          "0006 a1a2a3a4a5a6"));  // payload
  const auto hello = read_client_hello(as_bytes(octets));
  ASSERT_TRUE(hello && hello->encrypted_hello);
  EXPECT_EQ(hello->encrypted_hello->kdf, 1);
  EXPECT_EQ(hello->encrypted_hello->aead, 3);
  EXPECT_EQ(hello->encrypted_hello->config_id, 0x8e);
  EXPECT_EQ(hello->encrypted_hello->enc_octets, 4U);
  EXPECT_EQ(hello->encrypted_hello->payload_octets, 6U);
}

TEST(TlsHello, encrypted_hello_with_wrong_lengths_is_none) {
  for (const char* body : {"fe0d 000b 00 0001 0001 8e 0000 0002 a1",     // the payload's length says more
                           "fe0d 000c 00 0001 0001 8e 0000 0001 a1 ff",  // an octet too many
                           "fe0d 000a 00 0001 0001 8e 0000 0000",        // no payload
                           "fe0d 0001 01"}) {                            // the inner form: never in the clear
    const auto hello = read_client_hello(as_bytes(hello_with(hex(body))));
    EXPECT_TRUE(!hello || !hello->encrypted_hello) << body;
  }
}

TEST(TlsHello, a_name_is_hidden_only_where_a_public_name_covers_it) {
  ClientHello hello;
  hello.server_name = "cloudflare-ech.com";
  EXPECT_FALSE(hides_server_name(hello)) << "without the extension it means itself";
  hello.encrypted_hello = EncryptedHello{};
  EXPECT_TRUE(hides_server_name(hello));
  hello.server_name = "chat.example.com";
  EXPECT_FALSE(hides_server_name(hello)) << "GREASE looks the same";
  hello.encrypted_hello.reset();
  hello.encrypted_name = true;
  EXPECT_TRUE(hides_server_name(hello)) << "the draft before had no GREASE";
}

TEST(TlsHello, server_hello_of_tls13_is_read) {
  const std::string octets = hex("0303") + std::string(32, 'r') +
                             hex("00 1301 00"        // no session id, cipher, no compression
                                 "000c"              // extensions
                                 "002b 0002 0304"    // supported_versions: TLS 1.3
                                 "0029 0002 0000");  // pre_shared_key: the first
  const auto hello = read_server_hello(as_bytes(octets));
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->version, 0x0304);
  EXPECT_EQ(hello->cipher, 0x1301);
  EXPECT_TRUE(hello->psk);
  EXPECT_FALSE(hello->retry);
}

TEST(TlsHello, hello_retry_request_is_told_by_its_random) {
  const std::string octets =
      hex("0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
          "00 1301 00 0006 002b 0002 0304");
  const auto hello = read_server_hello(as_bytes(octets));
  ASSERT_TRUE(hello);
  EXPECT_TRUE(hello->retry);
}

TEST(TlsHello, grease_has_two_equal_octets_that_end_in_a) {
  EXPECT_TRUE(is_grease(0x0a0a));
  EXPECT_TRUE(is_grease(0xfafa));
  EXPECT_FALSE(is_grease(0x1a2a));
  EXPECT_FALSE(is_grease(0x1301));
}

// The example of JA4's specification.
TEST(Ja4, agrees_with_the_specification) {
  ClientHello hello;
  hello.legacy_version = 0x0303;
  hello.versions = {0x2a2a, 0x0304, 0x0303};
  hello.ciphers = {0xdada, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030,
                   0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
  hello.extensions = {0x4a4a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d,
                      0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015, 0x7a7a};
  hello.signature_algorithms = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601};
  hello.first_alpn = "h2";
  EXPECT_EQ(ja4(hello, 't'), "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

// Wireshark's capture of a client with GREASE among its signature algorithms, in FoxIO's test data.
TEST(Ja4, grease_is_left_out_of_signature_algorithms) {
  ClientHello hello;
  hello.legacy_version = 0x0303;
  hello.versions = {0xfafa, 0x0304, 0x0303};
  hello.ciphers = {0x9a9a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030,
                   0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
  hello.extensions = {0x8a8a, 0xfe0d, 0x0010, 0x0017, 0x0033, 0x44cd, 0xff01, 0x000a, 0x000d, 0x0023,
                      0x002b, 0x000b, 0xca34, 0x002d, 0x0000, 0x0005, 0x001b, 0x0012, 0x0a0a};
  hello.signature_algorithms = {0x0a0a, 0x0904, 0x0905, 0x0906, 0x0403, 0x0804, 0x0401,
                                0x0503, 0x0805, 0x0501, 0x0806, 0x0601};
  hello.first_alpn = "h2";
  EXPECT_EQ(ja4(hello, 't'), "t13d1517h2_8daaf6152771_cb7bf5808d99");
}

std::string ja4_of_alpn(const std::string& name) {
  ClientHello hello;
  hello.first_alpn = name;
  return ja4(hello, 't').substr(8, 2);
}

// The table of the specification, section "ALPN Extension Value".
TEST(Ja4, alpn_is_told_by_its_ends_or_the_ends_of_its_hexadecimal_form) {
  EXPECT_EQ(ja4_of_alpn("h2"), "h2");
  EXPECT_EQ(ja4_of_alpn("http/1.1"), "h1");
  EXPECT_EQ(ja4_of_alpn("x"), "xx");
  EXPECT_EQ(ja4_of_alpn(""), "00");
  EXPECT_EQ(ja4_of_alpn(hex("ab")), "ab");
  EXPECT_EQ(ja4_of_alpn(hex("abcd")), "ad");
  EXPECT_EQ(ja4_of_alpn(hex("30ab")), "3b");
  EXPECT_EQ(ja4_of_alpn(hex("3031abcd")), "3d");
  EXPECT_EQ(ja4_of_alpn(hex("30abcd31")), "01");
}

TEST(Ja4, without_signature_algorithms_the_list_ends_without_an_underscore) {
  ClientHello hello;
  hello.extensions = {0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d,
                      0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015};
  EXPECT_EQ(ja4(hello, 't').substr(24), "6d807ffa2a79");
}

std::vector<uint16_t> downwards(uint16_t from, int count) {
  std::vector<uint16_t> list;
  for (int i = count - 1; i >= 0; --i) list.push_back(static_cast<uint16_t>(from + i));
  return list;
}

// The hashes by sha256sum(1), of the lists as text: longer than any buffer on the way.
TEST(Ja4, lists_of_hundreds_are_hashed_whole) {
  ClientHello hello;
  hello.versions = {0x0303, 0x0304};
  hello.ciphers = downwards(0x1000, 300);
  hello.extensions = downwards(0x2000, 200);
  hello.signature_algorithms = downwards(0x3000, 150);
  EXPECT_EQ(ja4(hello, 't'), "t13i999900_72a92465235c_cc6f36340563");
}

TEST(Ja4, versions_of_dtls_count_downwards) {
  ClientHello hello;
  hello.legacy_version = 0xfeff;
  EXPECT_EQ(ja4(hello, 'd').substr(0, 3), "dd1");
  hello.versions = {0x1a1a, 0xfefd, 0xfefc, 0xfeff};
  EXPECT_EQ(ja4(hello, 'd').substr(0, 3), "dd3");
  hello.versions = {0x1a1a};
  EXPECT_EQ(ja4(hello, 'd').substr(0, 3), "dd1") << "GREASE alone offers nothing";
}

TEST(Ja4, empty_lists_are_zeroes_and_odd_alpn_is_hexadecimal) {
  ClientHello hello;
  hello.legacy_version = 0x0303;
  hello.first_alpn = "\xab";
  EXPECT_EQ(ja4(hello, 'q'), "q12i0000ab_000000000000_000000000000");
}

}  // namespace
}  // namespace parlance::test
