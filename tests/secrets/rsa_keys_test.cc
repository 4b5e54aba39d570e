#include "secrets/rsa_keys.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/text.h"
#include "support/sealing.h"

namespace parlance::test {
namespace {

struct Deleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter>;

// Made once: it takes time.
EVP_PKEY* first_key() {
  static const Key kKey(EVP_RSA_gen(1024));
  return kKey.get();
}
EVP_PKEY* second_key() {
  static const Key kKey(EVP_RSA_gen(1024));
  return kKey.get();
}

/// The text that `write` puts into a BIO.
template <class Write>
std::string written(Write write) {
  BIO* const bio = BIO_new(BIO_s_mem());
  write(bio);
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(length));
  BIO_free(bio);
  return text;
}
std::string pkcs8(EVP_PKEY* key) {
  return written([&](BIO* bio) {
    PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}
std::string pkcs1(EVP_PKEY* key, const EVP_CIPHER* cipher = nullptr) {
  unsigned char word[] = "secret";
  return written([&](BIO* bio) {
    PEM_write_bio_PrivateKey_traditional(bio, key, cipher, cipher ? word : nullptr, cipher ? 6 : 0,
                                         nullptr, nullptr);
  });
}
std::string der(EVP_PKEY* key) {
  return written([&](BIO* bio) { i2d_PrivateKey_bio(bio, key); });
}

Octets certificate_of(EVP_PKEY* key) {
  const std::unique_ptr<X509, Deleter> certificate(X509_new());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 60);
  X509_set_pubkey(certificate.get(), key);
  X509_sign(certificate.get(), key, EVP_sha256());
  unsigned char* octets_of_it = nullptr;
  const int length = i2d_X509(certificate.get(), &octets_of_it);
  const Octets result(octets_of_it, octets_of_it + length);
  OPENSSL_free(octets_of_it);
  return result;
}

Octets encrypted_to(EVP_PKEY* key, Bytes plain) {
  EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new(key, nullptr);
  Octets result(static_cast<size_t>(EVP_PKEY_get_size(key)));
  size_t length = result.size();
  EVP_PKEY_encrypt_init(context);
  EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING);
  EXPECT_EQ(EVP_PKEY_encrypt(context, result.data(), &length, plain.data(), plain.size()), 1);
  EVP_PKEY_CTX_free(context);
  return result;
}

class RsaKeysTest : public ::testing::Test {
 protected:
  ~RsaKeysTest() override { std::filesystem::remove(path_); }
  Result<void> add(const std::string& text) {
    std::ofstream(path_, std::ios::binary) << text;
    return keys_.add_file(path_);
  }
  RsaKeys keys_;
  std::string path_ = ::testing::TempDir() + "rsa_keys_test." +
                      ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

Octets premaster(uint16_t version) {
  Octets result = pattern(48);
  result[0] = static_cast<uint8_t>(version >> 8);
  result[1] = static_cast<uint8_t>(version);
  return result;
}

TEST_F(RsaKeysTest, every_form_of_file_is_read) {
  for (const std::string& form :
       {pkcs8(first_key()), pkcs1(first_key()), der(first_key()),
        "a comment\n" + pkcs8(second_key()) + "another\n" + pkcs1(first_key())}) {
    keys_ = RsaKeys();
    ASSERT_TRUE(add(form));
    const Octets secret = premaster(0x0303);
    const auto opened = keys_.decrypt_premaster(encrypted_to(first_key(), secret), 0x0303);
    ASSERT_TRUE(opened);
    EXPECT_EQ(to_hex(opened->octets), to_hex(secret));
    EXPECT_TRUE(opened->version_fits);
  }
  EXPECT_EQ(keys_.size(), 2U);
}

TEST_F(RsaKeysTest, what_is_no_rsa_key_is_an_error_that_names_the_file) {
  const Key curve(EVP_EC_gen("P-256"));
  const std::string junk = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  for (const std::string& text : {std::string(), std::string("no key"), pkcs8(curve.get()), junk}) {
    const auto added = add(text);
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().where, path_);
  }
  EXPECT_FALSE(keys_.add_file(path_ + ".nowhere"));
  EXPECT_FALSE(keys_.add_file(::testing::TempDir()));
  EXPECT_TRUE(keys_.empty());
}

TEST_F(RsaKeysTest, an_encrypted_key_is_refused_and_nobody_is_asked_for_a_password) {
  const auto added = add(pkcs1(first_key(), EVP_aes_128_cbc()));
  ASSERT_FALSE(added);
  EXPECT_NE(added.error().what.find("encrypted"), std::string::npos);
  EXPECT_TRUE(keys_.empty());
}

TEST_F(RsaKeysTest, what_was_encrypted_to_another_key_stays_closed) {
  ASSERT_TRUE(add(pkcs8(first_key())));
  const Octets sealed = encrypted_to(second_key(), premaster(0x0303));
  EXPECT_FALSE(keys_.decrypt_premaster(sealed, 0x0303));
  EXPECT_FALSE(keys_.decrypt_premaster(first_of(sealed, 127), 0x0303));
  EXPECT_FALSE(keys_.decrypt_premaster({}, 0x0303));
  EXPECT_FALSE(RsaKeys().decrypt_premaster(sealed, 0x0303));
  EXPECT_FALSE(keys_.decrypt_premaster(encrypted_to(first_key(), pattern(47)), 0x0303));
}

TEST_F(RsaKeysTest, the_version_inside_is_looked_at) {
  ASSERT_TRUE(add(pkcs8(first_key())));
  const auto open = [&](uint16_t inside) {
    return keys_.decrypt_premaster(encrypted_to(first_key(), premaster(inside)), 0x0303);
  };
  EXPECT_TRUE(open(0x0303)->version_fits);
  EXPECT_FALSE(open(0x0301)->version_fits);
  EXPECT_FALSE(open(0x0304));
  EXPECT_FALSE(open(0x1234));
}

TEST_F(RsaKeysTest, the_certificate_says_which_key) {
  ASSERT_TRUE(add(pkcs8(first_key()) + pkcs8(second_key())));
  const Octets first = certificate_of(first_key()), second = certificate_of(second_key());
  const Key other(EVP_EC_gen("P-256"));
  EXPECT_TRUE(keys_.has_key_of(first));
  EXPECT_TRUE(keys_.has_key_of(second));
  EXPECT_FALSE(keys_.has_key_of(certificate_of(other.get())));
  EXPECT_FALSE(keys_.has_key_of({}));
  for (size_t size = 0; size < first.size(); ++size) {
    EXPECT_FALSE(keys_.has_key_of(first_of(first, size)));
  }
  const Octets sealed = encrypted_to(second_key(), premaster(0x0303));
  EXPECT_TRUE(keys_.decrypt_premaster(sealed, 0x0303, second));
  EXPECT_FALSE(keys_.decrypt_premaster(sealed, 0x0303, first));
  EXPECT_FALSE(keys_.decrypt_premaster(sealed, 0x0303, certificate_of(other.get())));
}

}  // namespace
}  // namespace parlance::test
