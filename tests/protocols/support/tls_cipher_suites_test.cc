#include "protocols/support/tls_cipher_suites.h"

#include <set>

#include <gtest/gtest.h>

#include "protocols/support/tls_record_opener.h"
#include "support/sealing.h"

namespace parlance::test {
namespace {

std::vector<TlsCipherSuite> all_suites() {
  std::vector<TlsCipherSuite> suites;
  for (uint32_t number = 0; number <= 0xffff; ++number) {
    if (const auto suite = tls_cipher_suite(static_cast<uint16_t>(number))) {
      suites.push_back(*suite);
    }
  }
  return suites;
}

TEST(TlsCipherSuites, names_are_those_of_the_registry) {
  EXPECT_EQ(tls_cipher_suite(0x000a)->name(), "TLS_RSA_WITH_3DES_EDE_CBC_SHA");
  EXPECT_EQ(tls_cipher_suite(0x002f)->name(), "TLS_RSA_WITH_AES_128_CBC_SHA");
  EXPECT_EQ(tls_cipher_suite(0x00c5)->name(), "TLS_DH_anon_WITH_CAMELLIA_256_CBC_SHA256");
  EXPECT_EQ(tls_cipher_suite(0x1301)->name(), "TLS_AES_128_GCM_SHA256");
  EXPECT_EQ(tls_cipher_suite(0x1305)->name(), "TLS_AES_128_CCM_8_SHA256");
  EXPECT_EQ(tls_cipher_suite(0xc030)->name(), "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
  EXPECT_EQ(tls_cipher_suite(0xc0aa)->name(), "TLS_PSK_DHE_WITH_AES_128_CCM_8");
  EXPECT_EQ(tls_cipher_suite(0xcca8)->name(), "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");
}

TEST(TlsCipherSuites, what_is_no_suite_or_not_for_us_is_not_there) {
  // Nothing, export, SCSV, GREASE, integrity only, ChaCha20 before the RFC, SM4.
  for (const uint16_t number : std::vector<uint16_t>{0x0000, 0x0003, 0x00ff, 0x1a1a, 0xc0b4, 0xcc13,
                                                     0x00c6, 0x5600, 0xffff}) {
    EXPECT_FALSE(tls_cipher_suite(number)) << number;
  }
}

TEST(TlsCipherSuites, rsa_alone_is_rsa_key_exchange) {
  EXPECT_TRUE(tls_cipher_suite(0x002f)->is_rsa_key_exchange());
  for (const uint16_t number : std::vector<uint16_t>{0x0033, 0x0095, 0xc013, 0xc00f, 0x1301}) {
    EXPECT_FALSE(tls_cipher_suite(number)->is_rsa_key_exchange()) << number;
  }
}

TEST(TlsCipherSuites, facts_agree_with_the_name) {
  std::set<std::string> names;
  for (const TlsCipherSuite& each : all_suites()) {
    const std::string name = each.name();
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(each.prf == HashKind::sha384, name.ends_with("SHA384")) << name;
    for (const size_t bits : {128U, 256U}) {
      if (name.find("_" + std::to_string(bits) + "_") == std::string::npos) continue;
      EXPECT_EQ(each.key_octets * 8, bits) << name;
    }
    const bool sealed = name.find("GCM") != std::string::npos ||
                        name.find("CCM") != std::string::npos ||
                        name.find("POLY1305") != std::string::npos;
    EXPECT_EQ(each.protection == TlsProtection::aead, sealed) << name;
    EXPECT_EQ(each.mac_octets == 0, sealed) << name;
    EXPECT_EQ(each.protection == TlsProtection::blocks, name.find("_CBC_") != std::string::npos);
    EXPECT_EQ(each.is_tls13(), each.number >> 8 == 0x13) << name;
  }
  EXPECT_EQ(names.size(), 323U);
}

TEST(TlsCipherSuites, each_can_be_opened) {
  for (const TlsCipherSuite& each : all_suites()) {
    const auto opener = each.is_tls13()
                            ? make_tls13_opener(each, pattern(digest_octets(each.prf)))
                            : make_tls12_opener(each, 0x0303,
                                                {pattern(each.mac_octets), pattern(each.key_octets),
                                                 pattern(each.fixed_iv_octets)});
    if (each.shelf == Shelf::legacy && cipher_named(each.cipher, each.shelf) == nullptr) {
      EXPECT_FALSE(opener);  // this machine has not the module
    } else {
      EXPECT_TRUE(opener) << each.name();
    }
  }
}

}  // namespace
}  // namespace parlance::test
