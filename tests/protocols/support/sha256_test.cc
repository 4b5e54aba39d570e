#include "protocols/support/sha256.h"

#include <string>

#include <gtest/gtest.h>

#include "base/text.h"

namespace parlance {
namespace {

// FIPS 180-4's example, in two portions.
TEST(Sha256, portions_are_hashed_as_one) {
  Sha256 hash;
  hash.add(as_bytes("ab"));
  Sha256 copy = hash;
  hash.add(as_bytes("c"));
  EXPECT_EQ(to_hex(hash.digest()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  copy.add(as_bytes("c"));
  EXPECT_EQ(to_hex(copy.digest()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, hmac_agrees_with_rfc_4231_and_can_be_used_again) {
  const HmacSha256 jefe(as_bytes("Jefe"));  // section 4.3
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(to_hex(jefe.of(as_bytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }
  const std::string key(20, '\x0b');  // section 4.2
  EXPECT_EQ(to_hex(HmacSha256(as_bytes(key)).of(as_bytes("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

}  // namespace
}  // namespace parlance
