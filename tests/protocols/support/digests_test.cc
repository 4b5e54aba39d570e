#include "protocols/support/digests.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/sealing.h"

namespace parlance::test {
namespace {

constexpr HashKind kKinds[] = {HashKind::md5, HashKind::sha1, HashKind::sha256, HashKind::sha384};

// RFC 1321 appendix A.5; FIPS 180-4's example.
TEST(Digest, of_abc_in_two_parts) {
  constexpr const char* kExpected[] = {
      "900150983cd24fb0d6963f7d28e17f72", "a9993e364706816aba3e25717850c26c9cd0d89d",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      ("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
       "8086072ba1e7cc2358baeca134c825a7")};
  for (const HashKind kind : kKinds) {
    const Digest digest = digest_of(kind, {as_bytes("ab"), {}, as_bytes("c")});
    EXPECT_EQ(digest.size(), digest_octets(kind));
    EXPECT_EQ(to_hex(digest), kExpected[static_cast<size_t>(kind)]);
  }
}

// RFC 2202 section 2, case 2, and section 3; RFC 4231 section 4.3.
TEST(Hmac, can_be_used_again_and_again) {
  constexpr const char* kExpected[] = {
      "750c783e6ab0b503eaa86e310a5db738", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      ("af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
       "8e2240ca5e69e2c78b3239ecfab21649")};
  for (const HashKind kind : kKinds) {
    Hmac hmac(kind, as_bytes("Jefe"));
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(to_hex(hmac.of({as_bytes("what do ya want "), as_bytes("for nothing?")})),
                kExpected[static_cast<size_t>(kind)]);
    }
  }
}

TEST(Hmac, an_empty_key_is_a_key) {
  Hmac(HashKind::sha256, as_bytes("another")).of({});
  Hmac hmac(HashKind::sha256, {});
  EXPECT_EQ(to_hex(hmac.of({})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

}  // namespace
}  // namespace parlance::test
