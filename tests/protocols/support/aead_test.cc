#include "protocols/support/aead.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/sealing.h"

namespace parlance::test {
namespace {

constexpr AeadKind kKinds[] = {
    AeadKind::aes_128_gcm,      AeadKind::aes_256_gcm,     AeadKind::aes_128_ccm,
    AeadKind::aes_256_ccm,      AeadKind::aes_128_ccm_8,   AeadKind::aes_256_ccm_8,
    AeadKind::aria_128_gcm,     AeadKind::aria_256_gcm,    AeadKind::chacha20_poly1305,
    AeadKind::camellia_128_gcm, AeadKind::camellia_256_gcm};

struct Vector {
  AeadKind kind;
  const char *key, *nonce, *associated, *plain, *sealed;
};
const Vector kVectors[] = {
    // "The Galois/Counter Mode of Operation", appendix B, test cases 1, 4 and 16.
    {AeadKind::aes_128_gcm, "00000000000000000000000000000000", "000000000000000000000000", "", "",
     "58e2fccefa7e3061367f1d57a4e7455a"},
    {AeadKind::aes_128_gcm, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
     "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
     "5bc94fbc3221a5db94fae95ae7121a47"},
    {AeadKind::aes_256_gcm, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
     "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
     "76fc6ece0f4e1768cddf8853bb2d551b"},
    // NIST SP 800-38C, example 3.
    {AeadKind::aes_128_ccm_8, "404142434445464748494a4b4c4d4e4f", "101112131415161718191a1b",
     "000102030405060708090a0b0c0d0e0f10111213", "202122232425262728292a2b2c2d2e2f3031323334353637",
     "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951"},
    // draft-kato-ipsec-camellia-gcm-03 section 4, test case 1, and the same with 256 bits.
    {AeadKind::camellia_128_gcm, "00000000000000000000000000000000", "000000000000000000000000", "",
     "", "f5574acc3148dfcb9015200631024df9"},
    {AeadKind::camellia_256_gcm, "0000000000000000000000000000000000000000000000000000000000000000",
     "000000000000000000000000", "", "", "9cdb269b5d293bc5db9c55b057d9b591"},
    // RFC 8439 section 2.8.2.
    {AeadKind::chacha20_poly1305,
     "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", "070000004041424344454647",
     "50515253c0c1c2c3c4c5c6c7",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c6173"
     "73206f66202739393a204966204920636f756c64206f6666657220796f75206f"
     "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
     "637265656e20776f756c642062652069742e",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
     "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
     "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
     "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691"}};

TEST(Aead, published_vectors_open) {
  for (const Vector& each : kVectors) {
    Aead aead(each.kind, octets(each.key));
    ASSERT_TRUE(aead.usable());
    Octets plain;
    EXPECT_TRUE(aead.open(octets(each.nonce), octets(each.associated), octets(each.sealed), plain));
    EXPECT_EQ(to_hex(plain), each.plain) << each.sealed;
  }
}

TEST(Aead, every_kind_opens_texts_of_any_length_one_after_another) {
  for (const AeadKind kind : kKinds) {
    const Octets key = pattern(aead_key_octets(kind), 7);
    Aead aead(kind, key);
    ASSERT_TRUE(aead.usable());
    Octets plain;
    for (const size_t size : std::vector<size_t>{0, 1, 15, 16, 17, 1400, 0, 16384, 5}) {
      const Octets nonce = pattern(12, static_cast<uint32_t>(size)), text = pattern(size);
      EXPECT_TRUE(
          aead.open(nonce, octets("0102"), seal(kind, key, nonce, octets("0102"), text), plain));
      EXPECT_EQ(plain, text);
    }
  }
}

TEST(Aead, every_flipped_bit_is_refused_and_the_next_text_opens_all_the_same) {
  for (const AeadKind kind : kKinds) {
    const Octets key = pattern(aead_key_octets(kind)), nonce = pattern(12, 3), text = pattern(21);
    const Octets associated = pattern(5), sealed = seal(kind, key, nonce, associated, text);
    Aead aead(kind, key);
    Octets plain;
    for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
      Octets odd = sealed;
      odd[bit / 8] = static_cast<uint8_t>(odd[bit / 8] ^ 1U << bit % 8);
      EXPECT_FALSE(aead.open(nonce, associated, odd, plain));
      EXPECT_TRUE(plain.empty());
    }
    EXPECT_FALSE(aead.open(nonce, octets("00"), sealed, plain));
    EXPECT_FALSE(aead.open(pattern(12, 4), associated, sealed, plain));
    EXPECT_TRUE(aead.open(nonce, associated, sealed, plain));
    EXPECT_EQ(plain, text);
  }
}

TEST(Aead, opens_with_another_key_after_a_change) {
  for (const AeadKind kind : kKinds) {
    const Octets first = pattern(aead_key_octets(kind), 7), second = pattern(first.size(), 8);
    const Octets nonce = pattern(12), text = pattern(40);
    Aead aead(kind, first);
    Octets plain;
    EXPECT_TRUE(aead.open(nonce, {}, seal(kind, first, nonce, {}, text), plain));
    aead.change_key(second);
    EXPECT_FALSE(aead.open(nonce, {}, seal(kind, first, nonce, {}, text), plain));
    EXPECT_TRUE(aead.open(nonce, {}, seal(kind, second, nonce, {}, text), plain));
    EXPECT_EQ(plain, text);
    aead.change_key(first_of(second, 15));
    EXPECT_FALSE(aead.usable());
    aead.change_key(first);
    EXPECT_TRUE(aead.open(nonce, {}, seal(kind, first, nonce, {}, text), plain));
  }
}

TEST(Aead, what_has_the_wrong_size_is_refused) {
  EXPECT_FALSE(Aead(AeadKind::aes_128_gcm, pattern(15)).usable());
  EXPECT_FALSE(Aead(AeadKind::aes_256_gcm, pattern(16)).usable());
  Octets plain = pattern(9);
  Aead unusable(AeadKind::aes_128_gcm, {});
  EXPECT_FALSE(unusable.open(pattern(12), {}, pattern(40), plain));
  EXPECT_TRUE(plain.empty());
  Aead aead(AeadKind::aes_128_gcm, pattern(16));
  EXPECT_FALSE(aead.open(pattern(11), {}, pattern(40), plain));
  for (size_t size = 0; size < 16; ++size) {
    EXPECT_FALSE(aead.open(pattern(12), {}, pattern(size), plain));
  }
}

TEST(HeaderProtection, masks_are_those_of_rfc_9001) {
  HeaderProtection aes(AeadKind::aes_128_gcm, octets("9f50449e04a0e810283a1e9933adedd2"));
  HeaderProtection chacha(
      AeadKind::chacha20_poly1305,
      octets("25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4"));
  for (int i = 0; i < 2; ++i) {  // appendices A.2 and A.5
    EXPECT_EQ(to_hex(*aes.mask(octets("d1b1c98dd7689fb8ec11d242b123dc9b"))), "437b9aec36");
    EXPECT_EQ(to_hex(*chacha.mask(octets("5e5cd55c41f69080575d7999c25a5bfb"))), "aefefe7d03");
  }
  HeaderProtection changed(AeadKind::aes_128_gcm, pattern(16));
  changed.change_key(octets("9f50449e04a0e810283a1e9933adedd2"));
  EXPECT_EQ(to_hex(*changed.mask(octets("d1b1c98dd7689fb8ec11d242b123dc9b"))), "437b9aec36");
}

// FIPS 197 appendix C.3.
TEST(HeaderProtection, a_key_of_256_bits_is_for_aes_256) {
  HeaderProtection aes(AeadKind::aes_256_gcm,
                       octets("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
  EXPECT_EQ(to_hex(*aes.mask(octets("00112233445566778899aabbccddeeff"))), "8ea2b7ca51");
}

TEST(HeaderProtection, what_has_the_wrong_size_or_is_not_for_quic_is_refused) {
  HeaderProtection aes(AeadKind::aes_128_gcm, pattern(16));
  EXPECT_FALSE(aes.mask(pattern(15)));
  EXPECT_FALSE(HeaderProtection(AeadKind::aes_128_gcm, pattern(32)).usable());
  EXPECT_FALSE(HeaderProtection(AeadKind::aria_128_gcm, pattern(16)).usable());
  EXPECT_FALSE(HeaderProtection(AeadKind::aria_128_gcm, pattern(16)).mask(pattern(16)));
  EXPECT_FALSE(HeaderProtection(AeadKind::aes_128_ccm_8, pattern(16)).usable());
}

}  // namespace
}  // namespace parlance::test
