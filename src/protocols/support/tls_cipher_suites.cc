#include "protocols/support/tls_cipher_suites.h"

#include <span>

namespace parlance {
namespace {

/// One suite of those that protect records in the same way.
struct Member {
  uint16_t number;
  std::string_view key_exchange;
};

constexpr Member kNullMd5[] = {{0x0001, "RSA"}};
constexpr Member kNullSha[] = {
    {0x0002, "RSA"},        {0x002c, "PSK"},         {0x002d, "DHE_PSK"},  {0x002e, "RSA_PSK"},
    {0xc001, "ECDH_ECDSA"}, {0xc006, "ECDHE_ECDSA"}, {0xc00b, "ECDH_RSA"}, {0xc010, "ECDHE_RSA"},
    {0xc015, "ECDH_anon"},  {0xc039, "ECDHE_PSK"}};
constexpr Member kNullSha256[] = {{0x003b, "RSA"},
                                  {0x00b0, "PSK"},
                                  {0x00b4, "DHE_PSK"},
                                  {0x00b8, "RSA_PSK"},
                                  {0xc03a, "ECDHE_PSK"}};
constexpr Member kNullSha384[] = {
    {0x00b1, "PSK"}, {0x00b5, "DHE_PSK"}, {0x00b9, "RSA_PSK"}, {0xc03b, "ECDHE_PSK"}};
constexpr Member kRc4128Md5[] = {{0x0004, "RSA"}, {0x0018, "DH_anon"}, {0x0024, "KRB5"}};
constexpr Member kRc4128Sha[] = {
    {0x0005, "RSA"},      {0x0020, "KRB5"},      {0x0066, "DHE_DSS"},    {0x008a, "PSK"},
    {0x008e, "DHE_PSK"},  {0x0092, "RSA_PSK"},   {0xc002, "ECDH_ECDSA"}, {0xc007, "ECDHE_ECDSA"},
    {0xc00c, "ECDH_RSA"}, {0xc011, "ECDHE_RSA"}, {0xc016, "ECDH_anon"},  {0xc033, "ECDHE_PSK"}};
constexpr Member kDesCbcMd5[] = {{0x0022, "KRB5"}};
constexpr Member kDesCbcSha[] = {{0x0009, "RSA"},     {0x000c, "DH_DSS"},  {0x000f, "DH_RSA"},
                                 {0x0012, "DHE_DSS"}, {0x0015, "DHE_RSA"}, {0x001a, "DH_anon"},
                                 {0x001e, "KRB5"}};
constexpr Member kTripleDesEdeCbcMd5[] = {{0x0023, "KRB5"}};
constexpr Member kTripleDesEdeCbcSha[] = {
    {0x000a, "RSA"},      {0x000d, "DH_DSS"},      {0x0010, "DH_RSA"},
    {0x0013, "DHE_DSS"},  {0x0016, "DHE_RSA"},     {0x001b, "DH_anon"},
    {0x001f, "KRB5"},     {0x008b, "PSK"},         {0x008f, "DHE_PSK"},
    {0x0093, "RSA_PSK"},  {0xc003, "ECDH_ECDSA"},  {0xc008, "ECDHE_ECDSA"},
    {0xc00d, "ECDH_RSA"}, {0xc012, "ECDHE_RSA"},   {0xc017, "ECDH_anon"},
    {0xc01a, "SRP_SHA"},  {0xc01b, "SRP_SHA_RSA"}, {0xc01c, "SRP_SHA_DSS"},
    {0xc034, "ECDHE_PSK"}};
constexpr Member kIdeaCbcMd5[] = {{0x0025, "KRB5"}};
constexpr Member kIdeaCbcSha[] = {{0x0007, "RSA"}, {0x0021, "KRB5"}};
constexpr Member kSeedCbcSha[] = {{0x0096, "RSA"},     {0x0097, "DH_DSS"},  {0x0098, "DH_RSA"},
                                  {0x0099, "DHE_DSS"}, {0x009a, "DHE_RSA"}, {0x009b, "DH_anon"}};
constexpr Member kAes128CbcSha[] = {
    {0x002f, "RSA"},         {0x0030, "DH_DSS"},      {0x0031, "DH_RSA"},
    {0x0032, "DHE_DSS"},     {0x0033, "DHE_RSA"},     {0x0034, "DH_anon"},
    {0x008c, "PSK"},         {0x0090, "DHE_PSK"},     {0x0094, "RSA_PSK"},
    {0xc004, "ECDH_ECDSA"},  {0xc009, "ECDHE_ECDSA"}, {0xc00e, "ECDH_RSA"},
    {0xc013, "ECDHE_RSA"},   {0xc018, "ECDH_anon"},   {0xc01d, "SRP_SHA"},
    {0xc01e, "SRP_SHA_RSA"}, {0xc01f, "SRP_SHA_DSS"}, {0xc035, "ECDHE_PSK"}};
constexpr Member kAes256CbcSha[] = {
    {0x0035, "RSA"},         {0x0036, "DH_DSS"},      {0x0037, "DH_RSA"},
    {0x0038, "DHE_DSS"},     {0x0039, "DHE_RSA"},     {0x003a, "DH_anon"},
    {0x008d, "PSK"},         {0x0091, "DHE_PSK"},     {0x0095, "RSA_PSK"},
    {0xc005, "ECDH_ECDSA"},  {0xc00a, "ECDHE_ECDSA"}, {0xc00f, "ECDH_RSA"},
    {0xc014, "ECDHE_RSA"},   {0xc019, "ECDH_anon"},   {0xc020, "SRP_SHA"},
    {0xc021, "SRP_SHA_RSA"}, {0xc022, "SRP_SHA_DSS"}, {0xc036, "ECDHE_PSK"}};
constexpr Member kAes128CbcSha256[] = {
    {0x003c, "RSA"},      {0x003e, "DH_DSS"},      {0x003f, "DH_RSA"},     {0x0040, "DHE_DSS"},
    {0x0067, "DHE_RSA"},  {0x006c, "DH_anon"},     {0x00ae, "PSK"},        {0x00b2, "DHE_PSK"},
    {0x00b6, "RSA_PSK"},  {0xc023, "ECDHE_ECDSA"}, {0xc025, "ECDH_ECDSA"}, {0xc027, "ECDHE_RSA"},
    {0xc029, "ECDH_RSA"}, {0xc037, "ECDHE_PSK"}};
constexpr Member kAes256CbcSha256[] = {{0x003d, "RSA"},     {0x0068, "DH_DSS"},
                                       {0x0069, "DH_RSA"},  {0x006a, "DHE_DSS"},
                                       {0x006b, "DHE_RSA"}, {0x006d, "DH_anon"}};
constexpr Member kAes256CbcSha384[] = {
    {0x00af, "PSK"},        {0x00b3, "DHE_PSK"},   {0x00b7, "RSA_PSK"},  {0xc024, "ECDHE_ECDSA"},
    {0xc026, "ECDH_ECDSA"}, {0xc028, "ECDHE_RSA"}, {0xc02a, "ECDH_RSA"}, {0xc038, "ECDHE_PSK"}};
constexpr Member kCamellia128CbcSha[] = {{0x0041, "RSA"},     {0x0042, "DH_DSS"},
                                         {0x0043, "DH_RSA"},  {0x0044, "DHE_DSS"},
                                         {0x0045, "DHE_RSA"}, {0x0046, "DH_anon"}};
constexpr Member kCamellia256CbcSha[] = {{0x0084, "RSA"},     {0x0085, "DH_DSS"},
                                         {0x0086, "DH_RSA"},  {0x0087, "DHE_DSS"},
                                         {0x0088, "DHE_RSA"}, {0x0089, "DH_anon"}};
constexpr Member kCamellia128CbcSha256[] = {
    {0x00ba, "RSA"},       {0x00bb, "DH_DSS"},   {0x00bc, "DH_RSA"},      {0x00bd, "DHE_DSS"},
    {0x00be, "DHE_RSA"},   {0x00bf, "DH_anon"},  {0xc072, "ECDHE_ECDSA"}, {0xc074, "ECDH_ECDSA"},
    {0xc076, "ECDHE_RSA"}, {0xc078, "ECDH_RSA"}, {0xc094, "PSK"},         {0xc096, "DHE_PSK"},
    {0xc098, "RSA_PSK"},   {0xc09a, "ECDHE_PSK"}};
constexpr Member kCamellia256CbcSha256[] = {{0x00c0, "RSA"},     {0x00c1, "DH_DSS"},
                                            {0x00c2, "DH_RSA"},  {0x00c3, "DHE_DSS"},
                                            {0x00c4, "DHE_RSA"}, {0x00c5, "DH_anon"}};
constexpr Member kCamellia256CbcSha384[] = {
    {0xc073, "ECDHE_ECDSA"}, {0xc075, "ECDH_ECDSA"}, {0xc077, "ECDHE_RSA"}, {0xc079, "ECDH_RSA"},
    {0xc095, "PSK"},         {0xc097, "DHE_PSK"},    {0xc099, "RSA_PSK"},   {0xc09b, "ECDHE_PSK"}};
constexpr Member kAria128CbcSha256[] = {
    {0xc03c, "RSA"},       {0xc03e, "DH_DSS"},   {0xc040, "DH_RSA"},      {0xc042, "DHE_DSS"},
    {0xc044, "DHE_RSA"},   {0xc046, "DH_anon"},  {0xc048, "ECDHE_ECDSA"}, {0xc04a, "ECDH_ECDSA"},
    {0xc04c, "ECDHE_RSA"}, {0xc04e, "ECDH_RSA"}, {0xc064, "PSK"},         {0xc066, "DHE_PSK"},
    {0xc068, "RSA_PSK"},   {0xc070, "ECDHE_PSK"}};
constexpr Member kAria256CbcSha384[] = {
    {0xc03d, "RSA"},       {0xc03f, "DH_DSS"},   {0xc041, "DH_RSA"},      {0xc043, "DHE_DSS"},
    {0xc045, "DHE_RSA"},   {0xc047, "DH_anon"},  {0xc049, "ECDHE_ECDSA"}, {0xc04b, "ECDH_ECDSA"},
    {0xc04d, "ECDHE_RSA"}, {0xc04f, "ECDH_RSA"}, {0xc065, "PSK"},         {0xc067, "DHE_PSK"},
    {0xc069, "RSA_PSK"},   {0xc071, "ECDHE_PSK"}};
constexpr Member kAes128GcmSha256[] = {
    {0x009c, "RSA"},       {0x009e, "DHE_RSA"},  {0x00a0, "DH_RSA"},      {0x00a2, "DHE_DSS"},
    {0x00a4, "DH_DSS"},    {0x00a6, "DH_anon"},  {0x00a8, "PSK"},         {0x00aa, "DHE_PSK"},
    {0x00ac, "RSA_PSK"},   {0x1301, ""},         {0xc02b, "ECDHE_ECDSA"}, {0xc02d, "ECDH_ECDSA"},
    {0xc02f, "ECDHE_RSA"}, {0xc031, "ECDH_RSA"}, {0xc0b0, "ECCPWD"},      {0xd001, "ECDHE_PSK"}};
constexpr Member kAes256GcmSha384[] = {
    {0x009d, "RSA"},       {0x009f, "DHE_RSA"},  {0x00a1, "DH_RSA"},      {0x00a3, "DHE_DSS"},
    {0x00a5, "DH_DSS"},    {0x00a7, "DH_anon"},  {0x00a9, "PSK"},         {0x00ab, "DHE_PSK"},
    {0x00ad, "RSA_PSK"},   {0x1302, ""},         {0xc02c, "ECDHE_ECDSA"}, {0xc02e, "ECDH_ECDSA"},
    {0xc030, "ECDHE_RSA"}, {0xc032, "ECDH_RSA"}, {0xc0b1, "ECCPWD"},      {0xd002, "ECDHE_PSK"}};
constexpr Member kAes128Ccm[] = {{0xc09c, "RSA"},
                                 {0xc09e, "DHE_RSA"},
                                 {0xc0a4, "PSK"},
                                 {0xc0a6, "DHE_PSK"},
                                 {0xc0ac, "ECDHE_ECDSA"}};
constexpr Member kAes256Ccm[] = {{0xc09d, "RSA"},
                                 {0xc09f, "DHE_RSA"},
                                 {0xc0a5, "PSK"},
                                 {0xc0a7, "DHE_PSK"},
                                 {0xc0ad, "ECDHE_ECDSA"}};
constexpr Member kAes128CcmSha256[] = {{0x1304, ""}, {0xc0b2, "ECCPWD"}, {0xd005, "ECDHE_PSK"}};
constexpr Member kAes256CcmSha384[] = {{0xc0b3, "ECCPWD"}};
constexpr Member kAes128Ccm8[] = {{0xc0a0, "RSA"},         {0xc0a2, "DHE_RSA"},
                                  {0xc0a8, "PSK"},         {0xc0aa, "PSK_DHE"},
                                  {0xc0ae, "ECDHE_ECDSA"}, {0xc0ff, "ECJPAKE"}};
constexpr Member kAes256Ccm8[] = {{0xc0a1, "RSA"},
                                  {0xc0a3, "DHE_RSA"},
                                  {0xc0a9, "PSK"},
                                  {0xc0ab, "PSK_DHE"},
                                  {0xc0af, "ECDHE_ECDSA"}};
constexpr Member kAes128Ccm8Sha256[] = {{0x1305, ""}, {0xd003, "ECDHE_PSK"}};
constexpr Member kCamellia128GcmSha256[] = {
    {0xc07a, "RSA"},       {0xc07c, "DHE_RSA"},  {0xc07e, "DH_RSA"},      {0xc080, "DHE_DSS"},
    {0xc082, "DH_DSS"},    {0xc084, "DH_anon"},  {0xc086, "ECDHE_ECDSA"}, {0xc088, "ECDH_ECDSA"},
    {0xc08a, "ECDHE_RSA"}, {0xc08c, "ECDH_RSA"}, {0xc08e, "PSK"},         {0xc090, "DHE_PSK"},
    {0xc092, "RSA_PSK"}};
constexpr Member kCamellia256GcmSha384[] = {
    {0xc07b, "RSA"},       {0xc07d, "DHE_RSA"},  {0xc07f, "DH_RSA"},      {0xc081, "DHE_DSS"},
    {0xc083, "DH_DSS"},    {0xc085, "DH_anon"},  {0xc087, "ECDHE_ECDSA"}, {0xc089, "ECDH_ECDSA"},
    {0xc08b, "ECDHE_RSA"}, {0xc08d, "ECDH_RSA"}, {0xc08f, "PSK"},         {0xc091, "DHE_PSK"},
    {0xc093, "RSA_PSK"}};
constexpr Member kAria128GcmSha256[] = {
    {0xc050, "RSA"},       {0xc052, "DHE_RSA"},  {0xc054, "DH_RSA"},      {0xc056, "DHE_DSS"},
    {0xc058, "DH_DSS"},    {0xc05a, "DH_anon"},  {0xc05c, "ECDHE_ECDSA"}, {0xc05e, "ECDH_ECDSA"},
    {0xc060, "ECDHE_RSA"}, {0xc062, "ECDH_RSA"}, {0xc06a, "PSK"},         {0xc06c, "DHE_PSK"},
    {0xc06e, "RSA_PSK"}};
constexpr Member kAria256GcmSha384[] = {
    {0xc051, "RSA"},       {0xc053, "DHE_RSA"},  {0xc055, "DH_RSA"},      {0xc057, "DHE_DSS"},
    {0xc059, "DH_DSS"},    {0xc05b, "DH_anon"},  {0xc05d, "ECDHE_ECDSA"}, {0xc05f, "ECDH_ECDSA"},
    {0xc061, "ECDHE_RSA"}, {0xc063, "ECDH_RSA"}, {0xc06b, "PSK"},         {0xc06d, "DHE_PSK"},
    {0xc06f, "RSA_PSK"}};
constexpr Member kChacha20Poly1305Sha256[] = {
    {0x1303, ""},    {0xcca8, "ECDHE_RSA"}, {0xcca9, "ECDHE_ECDSA"}, {0xccaa, "DHE_RSA"},
    {0xccab, "PSK"}, {0xccac, "ECDHE_PSK"}, {0xccad, "DHE_PSK"},     {0xccae, "RSA_PSK"}};

struct Form {
  std::span<const Member> members;
  TlsCipherSuite common;
};

TlsCipherSuite with_mac(std::string_view name, TlsProtection protection, HashKind mac) {
  TlsCipherSuite suite;
  suite.cipher_and_hash = name;
  suite.protection = protection;
  suite.mac = mac;
  suite.mac_octets = digest_octets(mac);
  suite.prf = mac == HashKind::sha384 ? HashKind::sha384 : HashKind::sha256;  // RFC 5246 section 5
  return suite;
}

Form bare(std::string_view name, std::span<const Member> members, HashKind mac) {
  return {members, with_mac(name, TlsProtection::bare, mac)};
}

Form stream(std::string_view name, std::span<const Member> members, const char* cipher,
            HashKind mac) {
  TlsCipherSuite suite = with_mac(name, TlsProtection::stream, mac);
  suite.cipher = cipher;
  suite.shelf = Shelf::legacy;
  suite.key_octets = 16;
  return {members, suite};
}

struct BlockCipher {
  const char* name;
  Shelf shelf;
  size_t key_octets, block_octets;
};

Form blocks(std::string_view name, std::span<const Member> members, const BlockCipher& cipher,
            HashKind mac) {
  TlsCipherSuite suite = with_mac(name, TlsProtection::blocks, mac);
  suite.cipher = cipher.name;
  suite.shelf = cipher.shelf;
  suite.key_octets = cipher.key_octets;
  suite.fixed_iv_octets = suite.record_iv_octets = cipher.block_octets;
  return {members, suite};
}

/// RFC 5288 section 3, RFC 6655 section 3 and others; RFC 7905 section 2 for ChaCha20.
Form sealed(std::string_view name, std::span<const Member> members, AeadKind kind, HashKind prf) {
  const bool explicit_nonce = kind != AeadKind::chacha20_poly1305;
  TlsCipherSuite suite;
  suite.cipher_and_hash = name;
  suite.protection = TlsProtection::aead;
  suite.aead = kind;
  suite.prf = prf;
  suite.key_octets = aead_key_octets(kind);
  suite.fixed_iv_octets = explicit_nonce ? 4 : kAeadNonceOctets;
  suite.record_iv_octets = explicit_nonce ? 8 : 0;
  return {members, suite};
}

std::span<const Form> forms() {
  static const Form kForms[] = {
      bare("NULL_MD5", kNullMd5, HashKind::md5),
      bare("NULL_SHA", kNullSha, HashKind::sha1),
      bare("NULL_SHA256", kNullSha256, HashKind::sha256),
      bare("NULL_SHA384", kNullSha384, HashKind::sha384),
      stream("RC4_128_MD5", kRc4128Md5, "RC4", HashKind::md5),
      stream("RC4_128_SHA", kRc4128Sha, "RC4", HashKind::sha1),
      blocks("DES_CBC_MD5", kDesCbcMd5, {"DES-CBC", Shelf::legacy, 8, 8}, HashKind::md5),
      blocks("DES_CBC_SHA", kDesCbcSha, {"DES-CBC", Shelf::legacy, 8, 8}, HashKind::sha1),
      blocks("3DES_EDE_CBC_MD5", kTripleDesEdeCbcMd5, {"DES-EDE3-CBC", Shelf::usual, 24, 8},
             HashKind::md5),
      blocks("3DES_EDE_CBC_SHA", kTripleDesEdeCbcSha, {"DES-EDE3-CBC", Shelf::usual, 24, 8},
             HashKind::sha1),
      blocks("IDEA_CBC_MD5", kIdeaCbcMd5, {"IDEA-CBC", Shelf::legacy, 16, 8}, HashKind::md5),
      blocks("IDEA_CBC_SHA", kIdeaCbcSha, {"IDEA-CBC", Shelf::legacy, 16, 8}, HashKind::sha1),
      blocks("SEED_CBC_SHA", kSeedCbcSha, {"SEED-CBC", Shelf::legacy, 16, 16}, HashKind::sha1),
      blocks("AES_128_CBC_SHA", kAes128CbcSha, {"AES-128-CBC", Shelf::usual, 16, 16},
             HashKind::sha1),
      blocks("AES_256_CBC_SHA", kAes256CbcSha, {"AES-256-CBC", Shelf::usual, 32, 16},
             HashKind::sha1),
      blocks("AES_128_CBC_SHA256", kAes128CbcSha256, {"AES-128-CBC", Shelf::usual, 16, 16},
             HashKind::sha256),
      blocks("AES_256_CBC_SHA256", kAes256CbcSha256, {"AES-256-CBC", Shelf::usual, 32, 16},
             HashKind::sha256),
      blocks("AES_256_CBC_SHA384", kAes256CbcSha384, {"AES-256-CBC", Shelf::usual, 32, 16},
             HashKind::sha384),
      blocks("CAMELLIA_128_CBC_SHA", kCamellia128CbcSha, {"CAMELLIA-128-CBC", Shelf::usual, 16, 16},
             HashKind::sha1),
      blocks("CAMELLIA_256_CBC_SHA", kCamellia256CbcSha, {"CAMELLIA-256-CBC", Shelf::usual, 32, 16},
             HashKind::sha1),
      blocks("CAMELLIA_128_CBC_SHA256", kCamellia128CbcSha256,
             {"CAMELLIA-128-CBC", Shelf::usual, 16, 16}, HashKind::sha256),
      blocks("CAMELLIA_256_CBC_SHA256", kCamellia256CbcSha256,
             {"CAMELLIA-256-CBC", Shelf::usual, 32, 16}, HashKind::sha256),
      blocks("CAMELLIA_256_CBC_SHA384", kCamellia256CbcSha384,
             {"CAMELLIA-256-CBC", Shelf::usual, 32, 16}, HashKind::sha384),
      blocks("ARIA_128_CBC_SHA256", kAria128CbcSha256, {"ARIA-128-CBC", Shelf::usual, 16, 16},
             HashKind::sha256),
      blocks("ARIA_256_CBC_SHA384", kAria256CbcSha384, {"ARIA-256-CBC", Shelf::usual, 32, 16},
             HashKind::sha384),
      sealed("AES_128_GCM_SHA256", kAes128GcmSha256, AeadKind::aes_128_gcm, HashKind::sha256),
      sealed("AES_256_GCM_SHA384", kAes256GcmSha384, AeadKind::aes_256_gcm, HashKind::sha384),
      sealed("AES_128_CCM", kAes128Ccm, AeadKind::aes_128_ccm, HashKind::sha256),
      sealed("AES_256_CCM", kAes256Ccm, AeadKind::aes_256_ccm, HashKind::sha256),
      sealed("AES_128_CCM_SHA256", kAes128CcmSha256, AeadKind::aes_128_ccm, HashKind::sha256),
      sealed("AES_256_CCM_SHA384", kAes256CcmSha384, AeadKind::aes_256_ccm, HashKind::sha384),
      sealed("AES_128_CCM_8", kAes128Ccm8, AeadKind::aes_128_ccm_8, HashKind::sha256),
      sealed("AES_256_CCM_8", kAes256Ccm8, AeadKind::aes_256_ccm_8, HashKind::sha256),
      sealed("AES_128_CCM_8_SHA256", kAes128Ccm8Sha256, AeadKind::aes_128_ccm_8, HashKind::sha256),
      sealed("CAMELLIA_128_GCM_SHA256", kCamellia128GcmSha256, AeadKind::camellia_128_gcm,
             HashKind::sha256),
      sealed("CAMELLIA_256_GCM_SHA384", kCamellia256GcmSha384, AeadKind::camellia_256_gcm,
             HashKind::sha384),
      sealed("ARIA_128_GCM_SHA256", kAria128GcmSha256, AeadKind::aria_128_gcm, HashKind::sha256),
      sealed("ARIA_256_GCM_SHA384", kAria256GcmSha384, AeadKind::aria_256_gcm, HashKind::sha384),
      sealed("CHACHA20_POLY1305_SHA256", kChacha20Poly1305Sha256, AeadKind::chacha20_poly1305,
             HashKind::sha256),
  };
  return kForms;
}

/// RFC 8446 section 5.3: the nonce is made of the whole IV and the number of the record.
TlsCipherSuite of_tls13(TlsCipherSuite suite) {
  suite.fixed_iv_octets = kAeadNonceOctets;
  suite.record_iv_octets = 0;
  return suite;
}

}  // namespace

std::string TlsCipherSuite::name() const {
  std::string name = "TLS_";
  if (!is_tls13()) name.append(key_exchange).append("_WITH_");
  return name.append(cipher_and_hash);
}

std::optional<TlsCipherSuite> tls_cipher_suite(uint16_t number) {
  for (const Form& form : forms()) {
    for (const Member& member : form.members) {
      if (member.number != number) continue;
      TlsCipherSuite suite = form.common;
      suite.number = number;
      suite.key_exchange = member.key_exchange;
      return suite.is_tls13() ? of_tls13(suite) : suite;
    }
  }
  return std::nullopt;
}

}  // namespace parlance
