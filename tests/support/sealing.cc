#include "support/sealing.h"

#include <array>

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const char* name_of(AeadKind kind) {
  switch (kind) {
    case AeadKind::aes_128_gcm:
      return "AES-128-GCM";
    case AeadKind::aes_256_gcm:
      return "AES-256-GCM";
    case AeadKind::aes_128_ccm:
    case AeadKind::aes_128_ccm_8:
      return "AES-128-CCM";
    case AeadKind::aes_256_ccm:
    case AeadKind::aes_256_ccm_8:
      return "AES-256-CCM";
    case AeadKind::chacha20_poly1305:
      return "ChaCha20-Poly1305";
    case AeadKind::aria_128_gcm:
      return "ARIA-128-GCM";
    case AeadKind::aria_256_gcm:
      return "ARIA-256-GCM";
    default:
      return "";  // by hand
  }
}

/// Multiplication in GF(2^128) as GCM has it (NIST SP 800-38D section 6.3), bit by bit.
std::array<uint8_t, 16> product(const std::array<uint8_t, 16>& x, std::array<uint8_t, 16> v) {
  std::array<uint8_t, 16> z{};
  for (size_t bit = 0; bit < 128; ++bit) {
    if ((x[bit / 8] >> (7 - bit % 8) & 1) != 0) {
      for (size_t i = 0; i < 16; ++i) z[i] = static_cast<uint8_t>(z[i] ^ v[i]);
    }
    const bool odd = (v[15] & 1) != 0;
    for (size_t i = 16; i-- > 0;) {
      v[i] = static_cast<uint8_t>(v[i] >> 1 | (i > 0 ? v[i - 1] << 7 : 0));
    }
    if (odd) v[0] ^= 0xe1;
  }
  return z;
}

/// GCM by its definition (section 7.1), of a cipher that libcrypto does not have it for.
Octets seal_by_hand(const char* block_cipher, const char* counter_mode, Bytes key, Bytes nonce,
                    Bytes associated_data, Bytes plain) {
  const Octets first = joined({nonce, octets("00000001")});
  const Octets second = joined({nonce, octets("00000002")});
  const Octets hash_key = encrypt(block_cipher, Shelf::usual, key, {}, Octets(16));
  const Octets mask = encrypt(block_cipher, Shelf::usual, key, {}, first);
  Octets sealed = encrypt(counter_mode, Shelf::usual, key, second, plain);
  Octets lengths(16);
  for (size_t i = 0; i < 4; ++i) {
    lengths[7 - i] = static_cast<uint8_t>(associated_data.size() * 8 >> 8 * i);
    lengths[15 - i] = static_cast<uint8_t>(plain.size() * 8 >> 8 * i);
  }
  const Octets zeroes(16);
  const Octets hashed =
      joined({associated_data, first_of(zeroes, (16 - associated_data.size() % 16) % 16), sealed,
              first_of(zeroes, (16 - plain.size() % 16) % 16), lengths});
  std::array<uint8_t, 16> h, hash{};
  std::copy(hash_key.begin(), hash_key.end(), h.begin());
  for (size_t i = 0; i < hashed.size(); ++i) {
    hash[i % 16] = static_cast<uint8_t>(hash[i % 16] ^ hashed[i]);
    if (i % 16 == 15) hash = product(hash, h);
  }
  for (size_t i = 0; i < 16; ++i) sealed.push_back(static_cast<uint8_t>(hash[i] ^ mask[i]));
  return sealed;
}

}  // namespace

Octets octets(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

Octets octets(std::string_view digits) {
  return octets(as_bytes(hex(std::string(digits))));
}

Octets joined(std::initializer_list<Bytes> parts) {
  Octets all;
  for (const Bytes part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Octets pattern(size_t count, uint32_t seed) {
  Octets result(count);
  for (uint8_t& each : result) {
    seed = seed * 1664525 + 1013904223;
    each = static_cast<uint8_t>(seed >> 24);
  }
  return result;
}

Octets seal(AeadKind kind, Bytes key, Bytes nonce, Bytes associated_data, Bytes plain) {
  if (kind == AeadKind::camellia_128_gcm) {
    return seal_by_hand("CAMELLIA-128-ECB", "CAMELLIA-128-CTR", key, nonce, associated_data, plain);
  }
  if (kind == AeadKind::camellia_256_gcm) {
    return seal_by_hand("CAMELLIA-256-ECB", "CAMELLIA-256-CTR", key, nonce, associated_data, plain);
  }
  const std::string_view name = name_of(kind);
  const bool counted = name.ends_with("CCM");
  const size_t tag = kind == AeadKind::aes_128_ccm_8 || kind == AeadKind::aes_256_ccm_8 ? 8 : 16;
  const CipherContext context(EVP_CIPHER_CTX_new());
  EVP_CIPHER_CTX* const c = context.get();
  Octets sealed(plain.size() + tag);
  int length = 0;
  EXPECT_EQ(EVP_EncryptInit_ex2(c, cipher_named(name.data()), nullptr, nullptr, nullptr), 1);
  EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, 12, nullptr);
  if (counted) EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag), nullptr);
  EXPECT_EQ(EVP_EncryptInit_ex2(c, nullptr, key.data(), nonce.data(), nullptr), 1);
  const auto size = static_cast<int>(plain.size());
  if (counted) EVP_EncryptUpdate(c, nullptr, &length, nullptr, size);
  if (!associated_data.empty()) {
    EVP_EncryptUpdate(c, nullptr, &length, associated_data.data(),
                      static_cast<int>(associated_data.size()));
  }
  const uint8_t nothing = 0;
  const uint8_t* const from = plain.empty() ? &nothing : plain.data();
  EXPECT_EQ(EVP_EncryptUpdate(c, sealed.data(), &length, from, size), 1);
  EXPECT_EQ(EVP_EncryptFinal_ex(c, sealed.data() + plain.size(), &length), 1);
  EXPECT_EQ(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag),
                                sealed.data() + plain.size()),
            1);
  return sealed;
}

Octets encrypt(const char* cipher, Shelf shelf, Bytes key, Bytes iv, Bytes plain) {
  const CipherContext context(EVP_CIPHER_CTX_new());
  Octets result(plain.size() + EVP_MAX_BLOCK_LENGTH);
  int length = 0;
  EXPECT_EQ(EVP_EncryptInit_ex2(context.get(), cipher_named(cipher, shelf), key.data(),
                                iv.empty() ? nullptr : iv.data(), nullptr),
            1);
  EVP_CIPHER_CTX_set_padding(context.get(), 0);
  EXPECT_EQ(EVP_EncryptUpdate(context.get(), result.data(), &length, plain.data(),
                              static_cast<int>(plain.size())),
            1);
  result.resize(plain.size());
  return result;
}

}  // namespace parlance::test
