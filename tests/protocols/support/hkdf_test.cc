#include "protocols/support/hkdf.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/sealing.h"

namespace parlance::test {
namespace {

std::string expanded(HashKind hash, const Octets& secret, std::string_view label, size_t length) {
  return to_hex(hkdf_expand_label(hash, secret, label, {}, length));
}

// RFC 9001 appendix A.5.
TEST(HkdfExpandLabel, secrets_of_quic_give_the_keys_of_the_rfc) {
  const Octets secret = octets("9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b");
  EXPECT_EQ(expanded(HashKind::sha256, secret, "quic key", 32),
            "c6d98ff3441c3fe1b2182094f69caa2ed4b716b65488960a7a984979fb23e1c8");
  EXPECT_EQ(expanded(HashKind::sha256, secret, "quic iv", 12), "e0459b3474bdd0e44a41c144");
  EXPECT_EQ(expanded(HashKind::sha256, secret, "quic ku", 32),
            "1223504755036d556342ee9361d253421a826c9ecdf3c7148684b36b714881f9");
}

// RFC 8448 section 3: the handshake secret of the server, and a context.
TEST(HkdfExpandLabel, secrets_of_tls_give_the_keys_of_the_rfc) {
  const Octets secret = octets("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
  EXPECT_EQ(expanded(HashKind::sha256, secret, "key", 16), "3fce516009c21727d0f2e4e86ee403bc");
  EXPECT_EQ(expanded(HashKind::sha256, secret, "iv", 12), "5d313eb2671276ee13000b30");
  const Octets handshake =
      octets("1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac");
  const Octets hellos = octets("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8");
  EXPECT_EQ(to_hex(hkdf_expand_label(HashKind::sha256, handshake, "s hs traffic", hellos, 32)),
            to_hex(secret));
}

// The connection of tls13.xargs.org, TLS_AES_256_GCM_SHA384.
TEST(HkdfExpandLabel, sha_384_makes_longer_secrets) {
  const Octets secret = octets(
      "db89d2d6df0e84fed74a2288f8fd4d0959f790ff23946cdf4c26d85e51bebd42"
      "ae184501972f8d30c4a3e4a3693d0ef0");
  EXPECT_EQ(expanded(HashKind::sha384, secret, "key", 32),
            "1135b4826a9a70257e5a391ad93093dfd7c4214812f493b3e3daae1eb2b1ac69");
  EXPECT_EQ(expanded(HashKind::sha384, secret, "iv", 12), "4256d2e0e88babdd05eb2f27");
}

TEST(HkdfExpandLabel, more_than_a_block_goes_on_from_it) {
  const Octets secret = pattern(32);
  const auto all = hkdf_expand_label(HashKind::sha256, secret, "key", {}, 100);
  ASSERT_EQ(all.size(), 100U);
  EXPECT_NE(to_hex(first_of(all, 32)), to_hex(Bytes(all).subspan(32, 32)));
}

TEST(HkdfExpandLabel, what_does_not_fit_is_refused) {
  EXPECT_TRUE(hkdf_expand_label(HashKind::sha256, pattern(32), "key", {}, 255 * 32 + 1).empty());
  EXPECT_EQ(hkdf_expand_label(HashKind::sha256, pattern(32), "key", {}, 255 * 32).size(), 8160U);
  EXPECT_TRUE(
      hkdf_expand_label(HashKind::sha256, pattern(32), std::string(250, 'x'), {}, 1).empty());
  EXPECT_TRUE(hkdf_expand_label(HashKind::sha256, pattern(32), "key", pattern(256), 1).empty());
}

}  // namespace
}  // namespace parlance::test
