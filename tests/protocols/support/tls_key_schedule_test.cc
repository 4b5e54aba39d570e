#include "protocols/support/tls_key_schedule.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/sealing.h"

namespace parlance::test {
namespace {

const TlsCipherSuite kCbc = *tls_cipher_suite(0x002f);     // AES-128-CBC, SHA-1
const TlsCipherSuite kGcm = *tls_cipher_suite(0x009c);     // AES-128-GCM, SHA-256
const TlsCipherSuite kGcm384 = *tls_cipher_suite(0xc030);  // AES-256-GCM, SHA-384
const TlsCipherSuite kTripleDes = *tls_cipher_suite(0x000a);

// Vectors of the IETF's TLS list (2009), of SHA-256 and SHA-384.
TEST(TlsPrf, of_tls12_is_that_of_published_vectors) {
  EXPECT_EQ(to_hex(tls_prf(0x0303, HashKind::sha256, octets("9bbe436ba940f017b17652849a71db35"),
                           "test label", {octets("a0ba9f936cda311827a6f796ffd5198c")}, 100)),
            "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
            "6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab"
            "4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
            "87347b66");
  EXPECT_EQ(to_hex(tls_prf(0x0303, HashKind::sha384, octets("b80b733d6ceefcdc71566ea48e5567df"),
                           "test label", {octets("cd665cf6a8447dd6ff8b27555edb7465")}, 148)),
            "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cd"
            "e9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd"
            "8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425"
            "9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee6"
            "91c8f3a26854308d5eaa3be85e0990703d73e56f");
}

// What follows was computed by another implementation (Python's hmac and hashlib) from these.
const Octets kPremaster = octets(
    "0303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d"
    "1e1f202122232425262728292a2b2c2d");
const Octets kClientRandom(32, 0xc0), kServerRandom(32, 0x50);
const TlsRandoms kRandoms{kClientRandom, kServerRandom};

TEST(TlsPrf, of_tls10_halves_an_odd_secret_with_the_middle_in_both) {
  EXPECT_EQ(to_hex(tls_prf(0x0301, HashKind::sha256, octets("0001020304"), "test label",
                           {as_bytes("se"), as_bytes("ed")}, 40)),
            "c4c93e66c896764efdfc2b1a9346ce5be83e8f7699548cda8ab983085fe3a9f9"
            "3f6f6e6add4ae22d");
}

TEST(TlsKeySchedule, master_secrets_depend_on_version_and_suite) {
  const auto master = [](uint16_t version, const TlsCipherSuite& suite) {
    return to_hex(master_from_premaster(version, suite, kPremaster, kRandoms));
  };
  EXPECT_EQ(master(0x0300, kCbc),
            "af0032f642308857219e537d7378a0133e56de2075b1e2e23eec57c8f640ce57"
            "cc446c40ad8406cf8c7bc3032a95ec46");
  EXPECT_EQ(master(0x0301, kCbc),
            "dadec08ec327fbfb4d63678e054ab7d5da2c65e649aa6a27a4061bdd34629c83"
            "150fc5965083e232d1a90c5a342d0ebc");
  EXPECT_EQ(master(0x0302, kCbc), master(0x0301, kCbc));
  EXPECT_EQ(master(0x0303, kCbc),
            "848e62c14816c30e5ce34d7b2a0d091be1a414876ed69e743ec27975e4898bb3"
            "6273fba3dae91d13b2a55f11f7380865");
  EXPECT_EQ(master(0x0303, kGcm384),
            "88ee98df80f3f94569466fd4b0545316ce6415c908794883fccbba9da475ddee"
            "88fad891a57bd01200699ec1e969723c");
}

TEST(TlsKeySchedule, extended_master_secrets_are_of_the_handshake) {
  const Octets hash10 = handshake_hash(0x0301, kCbc, as_bytes("abc"));
  const Octets hash12 = handshake_hash(0x0303, kCbc, as_bytes("abc"));
  EXPECT_EQ(hash10.size(), 36U);  // MD5 and SHA-1
  EXPECT_EQ(hash12.size(), 32U);
  EXPECT_EQ(handshake_hash(0x0303, kGcm384, as_bytes("abc")).size(), 48U);
  EXPECT_TRUE(handshake_hash(0x0300, kCbc, as_bytes("abc")).empty());
  EXPECT_EQ(to_hex(extended_master(0x0301, kCbc, kPremaster, hash10)),
            "63ea4569c6b8f636a4df5d52a3d4e8cfa1dec7e05c9112baa8177498875fbf4c"
            "febf0c3eeb56338b56af1c20b24e9d7e");
  EXPECT_EQ(to_hex(extended_master(0x0303, kCbc, kPremaster, hash12)),
            "80e7f646aa175138b863f739340780ed73ca9d939650043366a5e34886e3f11c"
            "d4382ea44568728492af9fef4ac7f5b0");
}

TEST(TlsKeySchedule, the_key_block_is_cut_in_order) {
  const auto master = master_from_premaster(0x0301, kCbc, kPremaster, kRandoms);
  const TlsKeys keys = tls12_keys(0x0301, kCbc, master, kRandoms);
  EXPECT_EQ(to_hex(keys.client.mac_key), "c87f2c46ea92e62a3b96f4e8c321622d67edd58d");
  EXPECT_EQ(to_hex(keys.server.mac_key), "26515f85f3196bbb52133d2f5e8ba201827d89f6");
  EXPECT_EQ(to_hex(keys.client.key), "4058e5a120a91836829fd656e94dd159");
  EXPECT_EQ(to_hex(keys.server.key), "e317f8d1c5b5e6900b74ba1461df6cbb");
  EXPECT_EQ(to_hex(keys.client.iv), "eae4ccd1611728f041bc04fb7b9cbe0e");
  EXPECT_EQ(to_hex(keys.server.iv), "4706a1a66b4726149575f1dac41338d9");
}

TEST(TlsKeySchedule, ssl3_has_a_key_block_of_its_own) {
  const auto master = master_from_premaster(0x0300, kCbc, kPremaster, kRandoms);
  const TlsKeys keys = tls12_keys(0x0300, kCbc, master, kRandoms);
  EXPECT_EQ(to_hex(keys.client.mac_key), "a5675b660290459e90719dc35ab3e3839c58522e");
  EXPECT_EQ(to_hex(keys.server.mac_key), "89ebe94eee5829a7179daa0cb61f389399685439");
  EXPECT_EQ(to_hex(keys.client.key), "51d1b4670d503df04ee1ef54e56c2b45");
  EXPECT_EQ(to_hex(keys.server.key), "2e85d4e2783dfe947085f307bd925bbe");
  EXPECT_EQ(to_hex(keys.client.iv), "2aceb382e59104a2f585511400481c47");
  EXPECT_EQ(to_hex(keys.server.iv), "a701591e979faf65feb48a79935c87f1");
}

TEST(TlsKeySchedule, keys_are_as_long_as_the_suite_wants) {
  const TlsMasterSecret master{};
  const TlsKeys gcm = tls12_keys(0x0303, kGcm384, master, kRandoms);
  EXPECT_TRUE(gcm.client.mac_key.empty());
  EXPECT_EQ(gcm.client.key.size(), 32U);
  EXPECT_EQ(gcm.server.iv.size(), 4U);
  const TlsKeys old = tls12_keys(0x0301, kTripleDes, master, kRandoms);
  EXPECT_EQ(old.client.key.size(), 24U);
  EXPECT_EQ(old.client.iv.size(), 8U);
  EXPECT_TRUE(tls12_keys(0x0302, kTripleDes, master, kRandoms).client.iv.empty());
  for (uint16_t version = 0x0300; version <= 0x0303; ++version) {
    EXPECT_TRUE(
        make_tls12_opener(kCbc, version, tls12_keys(version, kCbc, master, kRandoms).client));
  }
  EXPECT_TRUE(make_tls12_opener(kGcm, 0x0303, tls12_keys(0x0303, kGcm, master, kRandoms).client));
}

}  // namespace
}  // namespace parlance::test
