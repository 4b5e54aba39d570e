#include "protocols/support/tls_record_opener.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include "base/text.h"
#include "protocols/support/hkdf.h"
#include "support/sealing.h"

namespace parlance::test {
namespace {

// ---- the other side

struct Record {
  Octets header, body;
};

Octets be(uint64_t value, size_t count) {
  Octets result(count);
  for (size_t i = count; i-- > 0; value >>= 8) result[i] = static_cast<uint8_t>(value);
  return result;
}

Record record_of(uint8_t type, uint16_t version, Octets body) {
  return {joined({be(type, 1), be(version, 2), be(body.size(), 2)}), std::move(body)};
}

Octets xored(Octets iv, uint64_t number) {
  const Octets octets = be(number, iv.size());
  for (size_t i = 0; i < iv.size(); ++i) iv[i] = static_cast<uint8_t>(iv[i] ^ octets[i]);
  return iv;
}

/// Seals as RFC 8446 says.
struct Tls13Sealer {
  TlsCipherSuite suite;
  Octets secret;
  std::string_view prefix = "tls13 ";
  bool authenticates_header = true;
  uint64_t number = 0;

  Record seal_record(uint8_t type, Bytes content, size_t padding = 0) {
    const Octets key = hkdf_expand_label(suite.prf, secret, "key", {}, suite.key_octets, prefix);
    const Octets iv = hkdf_expand_label(suite.prf, secret, "iv", {}, 12, prefix);
    const Octets inner = joined({content, be(type, 1), Octets(padding)});
    Record record = record_of(23, 0x0303, Octets(inner.size() + aead_tag_octets(suite.aead)));
    record.body = seal(suite.aead, key, xored(iv, number++),
                       authenticates_header ? record.header : Octets(), inner);
    return record;
  }
};

/// Seals as RFC 5246 and its forerunners and extensions say.
struct Tls12Sealer {
  TlsCipherSuite suite;
  uint16_t version;
  TlsDirectionKeys keys;
  Tls12Options options;
  uint64_t number = 0;
  Octets chain = keys.iv;
  CipherContext stream{};

  Octets mac(uint8_t type, Bytes text) const {
    const Octets length = be(text.size(), 2);
    if (version == 0x0300) {
      const size_t pad = suite.mac == HashKind::md5 ? 48 : 40;
      const Digest inner = digest_of(
          suite.mac, {keys.mac_key, Octets(pad, 0x36), be(number, 8), be(type, 1), length, text});
      return octets(digest_of(suite.mac, {keys.mac_key, Octets(pad, 0x5c), inner}).bytes());
    }
    const Digest whole = Hmac(suite.mac, keys.mac_key)
                             .of({be(number, 8), be(type, 1), be(version, 2), length, text});
    return octets(first_of(whole, options.truncated_hmac ? 10 : whole.size()));
  }

  Record seal_record(uint8_t type, Bytes content, size_t more_padding = 0) {
    const Octets body = suite.protection == TlsProtection::aead ? sealed(type, content)
                        : suite.protection == TlsProtection::blocks
                            ? blocks(type, content, more_padding)
                            : streamed(type, content);
    ++number;
    return record_of(type, version, body);
  }

  Octets sealed(uint8_t type, Bytes content) const {
    const Octets authenticated =
        joined({be(number, 8), be(type, 1), be(version, 2), be(content.size(), 2)});
    if (suite.record_iv_octets == 0) {
      return seal(suite.aead, keys.key, xored(keys.iv, number), authenticated, content);
    }
    const Octets explicit_part = pattern(8, static_cast<uint32_t>(number + 77));
    return joined({explicit_part, seal(suite.aead, keys.key, joined({keys.iv, explicit_part}),
                                       authenticated, content)});
  }

  Octets padded(Bytes text, size_t more_padding) const {
    const size_t block = suite.record_iv_octets;
    const size_t more = version == 0x0300 ? 0 : more_padding * block;  // SSL 3.0 forbids it
    const size_t count = block - 1 - text.size() % block + more;
    const auto octet = static_cast<uint8_t>(count);
    // In SSL 3.0 only the last one means anything.
    return joined({text, Octets(count, version == 0x0300 ? 0xee : octet), Bytes(&octet, 1)});
  }

  Octets blocks(uint8_t type, Bytes content, size_t more_padding) {
    const bool chained = version <= 0x0301;
    const Octets iv =
        chained ? chain : pattern(suite.record_iv_octets, static_cast<uint32_t>(number + 99));
    const Octets text = options.encrypt_then_mac
                            ? padded(content, more_padding)
                            : padded(joined({content, mac(type, content)}), more_padding);
    const Octets encrypted = encrypt(suite.cipher, suite.shelf, keys.key, iv, text);
    chain = octets(Bytes(encrypted).last(suite.record_iv_octets));
    const Octets body = joined({chained ? Octets() : iv, encrypted});
    return options.encrypt_then_mac ? joined({body, mac(type, body)}) : body;
  }

  Octets streamed(uint8_t type, Bytes content) {
    Octets text = joined({content, mac(type, content)});
    if (suite.protection == TlsProtection::bare) return text;
    if (!stream) {
      stream.reset(EVP_CIPHER_CTX_new());
      EVP_EncryptInit_ex2(stream.get(), cipher_named(suite.cipher, suite.shelf), keys.key.data(),
                          nullptr, nullptr);
    }
    int length = 0;
    EVP_EncryptUpdate(stream.get(), text.data(), &length, text.data(),
                      static_cast<int>(text.size()));
    return text;
  }
};

Tls12Sealer sealer_of(uint16_t number, uint16_t version, Tls12Options options = {}) {
  const TlsCipherSuite suite = *tls_cipher_suite(number);
  return {suite,
          version,
          {pattern(suite.mac_octets, 5), pattern(suite.key_octets, 6),
           pattern(suite.fixed_iv_octets, 7)},
          options};
}

std::unique_ptr<TlsRecordOpener> opener_of(const Tls12Sealer& sealer) {
  return make_tls12_opener(sealer.suite, sealer.version, sealer.keys, sealer.options);
}

// ---- what they have in common

/// "type:content in hexadecimal", or "refused".
std::string opened(TlsRecordOpener& opener, const Record& record) {
  const auto result = opener.open(record.header, record.body);
  return result ? std::to_string(result->type) + ":" + to_hex(result->content) : "refused";
}
std::string expected(uint8_t type, Bytes content) {
  return std::to_string(type) + ":" + to_hex(content);
}

/// Records of many sizes are opened one after another.
template <class Sealer>
void expect_all_open(Sealer& sealer, TlsRecordOpener& opener) {
  for (const size_t size : std::vector<size_t>{16, 0, 1, 15, 17, 1400, 16384, 31}) {
    const Octets content = pattern(size);
    const uint8_t type = size == 16 ? 22 : 23;
    ASSERT_EQ(opened(opener, sealer.seal_record(type, content, size % 3)), expected(type, content))
        << sealer.suite.name() << ' ' << size;
  }
  EXPECT_EQ(opener.number(), 8U);
}

/// No bit of the body may change, nothing may be cut off, and it does no harm to have tried.
template <class Sealer>
void expect_damage_refused(Sealer& sealer, TlsRecordOpener& opener) {
  opened(opener, sealer.seal_record(22, pattern(16)));
  const Octets content = pattern(20, 3);
  const Record good = sealer.seal_record(23, content);
  for (size_t bit = 0; bit < good.body.size() * 8; ++bit) {
    Record odd = good;
    odd.body[bit / 8] = static_cast<uint8_t>(odd.body[bit / 8] ^ 1U << bit % 8);
    ASSERT_EQ(opened(opener, odd), "refused") << sealer.suite.name() << ' ' << bit;
  }
  for (size_t size = 0; size < good.body.size(); ++size) {
    const Record cut = record_of(23, 0x0303, octets(Bytes(good.body).first(size)));
    ASSERT_EQ(opened(opener, cut), "refused") << sealer.suite.name() << ' ' << size;
  }
  Record odd = good;
  odd.header[0] = 22;
  EXPECT_EQ(opened(opener, odd), "refused");
  odd.header.pop_back();
  EXPECT_EQ(opened(opener, odd), "refused");
  EXPECT_EQ(opener.number(), 1U);
  EXPECT_EQ(opened(opener, good), expected(23, content)) << sealer.suite.name();
  EXPECT_EQ(opened(opener, good), "refused");  // it has had its number
}

/// One of each way to protect records.
const uint16_t kTls12Numbers[] = {
    0x009c, 0x009d,                                   // AES-GCM
    0xc09c, 0xc09d, 0xc0a0, 0xc0a1,                   // AES-CCM, CCM_8
    0xcca8, 0xc07a, 0xc07b, 0xc050, 0xc051,           // ChaCha20-Poly1305, CAMELLIA-GCM, ARIA-GCM
    0x002f, 0x0035, 0x003c, 0x003d, 0xc028,           // AES-CBC with SHA-1, SHA-256, SHA-384
    0x000a, 0x001f, 0x0023,                           // 3DES-CBC, also with MD5
    0x0041, 0x0084, 0xc03c, 0xc03d,                   // CAMELLIA-CBC, ARIA-CBC
    0x0096, 0x0007, 0x0009, 0x0022, 0x0025,           // SEED, IDEA, DES
    0x0004, 0x0005, 0x0001, 0x0002, 0x003b, 0xc03b};  // RC4, NULL

/// A machine may lack libcrypto's module of old ciphers, and Debian's has no IDEA; the others are everywhere.
/// libcrypto is asked here, not what is tested: that may not say why it is not tested.
bool is_here(const TlsCipherSuite& suite) {
  if (suite.shelf == Shelf::usual) return true;
  OSSL_LIB_CTX* const library = OSSL_LIB_CTX_new();
  OSSL_PROVIDER* const provider = OSSL_PROVIDER_load(library, "legacy");
  EVP_CIPHER* const cipher = EVP_CIPHER_fetch(library, suite.cipher, nullptr);
  const bool has = cipher != nullptr;
  EVP_CIPHER_free(cipher);
  if (provider != nullptr) OSSL_PROVIDER_unload(provider);
  OSSL_LIB_CTX_free(library);
  return has;
}

/// Calls `act` with each suite, version and set of options that go together.
template <class Act>
void for_each_form(Act act) {
  for (const uint16_t number : kTls12Numbers) {
    for (uint16_t version = 0x0300; version <= 0x0303; ++version) {
      for (const int options : {0, 1, 2, 3}) {
        const Tls12Options chosen{(options & 1) != 0, (options & 2) != 0};
        Tls12Sealer sealer = sealer_of(number, version, chosen);
        const bool aead = sealer.suite.protection == TlsProtection::aead;
        const bool blocks = sealer.suite.protection == TlsProtection::blocks;
        const bool old_hash =
            sealer.suite.mac == HashKind::md5 || sealer.suite.mac == HashKind::sha1;
        if ((aead && version < 0x0303) || (version == 0x0300 && (!old_hash || options != 0)) ||
            (chosen.encrypt_then_mac && !blocks) || (aead && options != 0) ||
            !is_here(sealer.suite)) {
          continue;
        }
        act(sealer);
      }
    }
  }
}

// ---- TLS 1.2 and before

TEST(Tls12RecordOpener, every_suite_opens_in_every_version) {
  int forms = 0;
  for_each_form([&](Tls12Sealer& sealer) {
    const auto opener = opener_of(sealer);
    ASSERT_TRUE(opener) << sealer.suite.name();
    expect_all_open(sealer, *opener);
    ++forms;
  });
  EXPECT_GT(forms, 100);
}

TEST(Tls12RecordOpener, every_flipped_bit_is_refused) {
  for_each_form([](Tls12Sealer& sealer) {
    // SSL 3.0 does not protect padding: below.
    if (sealer.version == 0x0300 && sealer.suite.protection == TlsProtection::blocks) return;
    const auto opener = opener_of(sealer);
    ASSERT_TRUE(opener) << sealer.suite.name();
    expect_damage_refused(sealer, *opener);
  });
}

// RFC 6101 section 5.2.3.2: padding may hold anything. What comes out is right all the same.
TEST(Tls12RecordOpener, ssl3_gives_no_wrong_content) {
  Tls12Sealer sealer = sealer_of(0x002f, 0x0300);
  const auto opener = opener_of(sealer);
  const Octets content = pattern(20, 3);
  const Record good = sealer.seal_record(23, content);
  size_t refused = 0;
  for (size_t bit = 0; bit < good.body.size() * 8; ++bit) {
    Record odd = good;
    odd.body[bit / 8] = static_cast<uint8_t>(odd.body[bit / 8] ^ 1U << bit % 8);
    const auto fresh = opener_of(sealer);
    const std::string result = opened(*fresh, odd);
    EXPECT_TRUE(result == "refused" || result == expected(23, content));
    refused += result == "refused" ? 1U : 0U;
  }
  EXPECT_GT(refused, good.body.size() * 8 / 2);
}

TEST(Tls12RecordOpener, a_record_that_was_not_seen_can_be_skipped) {
  for_each_form([](Tls12Sealer& sealer) {
    const bool chained =
        sealer.suite.protection == TlsProtection::blocks && sealer.version <= 0x0301;
    const auto opener = opener_of(sealer);
    ASSERT_TRUE(opener) << sealer.suite.name();
    if (chained || !opener->survives_gap()) return;
    sealer.seal_record(23, pattern(9));
    const Record second = sealer.seal_record(23, pattern(9));
    sealer.seal_record(23, pattern(7));
    const Record fourth = sealer.seal_record(23, pattern(8));
    EXPECT_EQ(opened(*opener, second), "refused");
    opener->skip(1);
    EXPECT_EQ(opened(*opener, second), expected(23, pattern(9)));
    EXPECT_FALSE(opener->open_after_gap(fourth.header, fourth.body, 0));
    EXPECT_EQ(opener->number(), 2U);
    const auto after_gap = opener->open_after_gap(fourth.header, fourth.body, 1);
    ASSERT_TRUE(after_gap);
    EXPECT_EQ(to_hex(after_gap->content), to_hex(pattern(8)));
    EXPECT_EQ(opener->number(), 4U);
  });
}

TEST(Tls12RecordOpener, a_record_that_is_given_up_leaves_the_next_one_whole) {
  for_each_form([](Tls12Sealer& sealer) {
    const auto opener = opener_of(sealer);
    ASSERT_TRUE(opener) << sealer.suite.name();
    const Record first = sealer.seal_record(23, pattern(40));
    const Record second = sealer.seal_record(23, pattern(9));
    Record odd = first;
    odd.body.front() ^= 1;
    EXPECT_EQ(opened(*opener, odd), "refused");
    opener->lose_record(odd.body);
    EXPECT_EQ(opened(*opener, second), expected(23, pattern(9))) << sealer.suite.name();
  });
}

TEST(Tls12RecordOpener, chained_blocks_go_on_one_record_after_a_gap) {
  Tls12Sealer sealer = sealer_of(0x002f, 0x0301);
  const auto opener = opener_of(sealer);
  sealer.seal_record(23, pattern(5));
  const Record second = sealer.seal_record(23, pattern(6)),
               third = sealer.seal_record(23, pattern(7));
  opener->skip(1);
  EXPECT_EQ(opened(*opener, second), "refused");
  opener->lose_record(second.body);
  EXPECT_EQ(opened(*opener, third), expected(23, pattern(7)));
}

TEST(Tls12RecordOpener, rc4_does_not_survive_a_gap) {
  Tls12Sealer sealer = sealer_of(0x0005, 0x0301);
  if (!is_here(sealer.suite)) GTEST_SKIP() << "libcrypto's module of old ciphers is not installed: no RC4";
  const auto opener = opener_of(sealer);
  ASSERT_TRUE(opener);
  EXPECT_FALSE(opener->survives_gap());
  EXPECT_TRUE(opener_of(sealer_of(0x002f, 0x0301))->survives_gap());
}

TEST(Tls12RecordOpener, octets_of_any_kind_and_number_are_refused) {
  for_each_form([](Tls12Sealer& sealer) {
    const auto opener = opener_of(sealer);
    ASSERT_TRUE(opener) << sealer.suite.name();
    for (uint32_t size = 0; size < 400; size += size < 70 ? 1 : 16) {
      const Record record = record_of(23, sealer.version, pattern(size, size));
      EXPECT_EQ(opened(*opener, record), "refused");
      opener->lose_record(record.body);
    }
  });
}

TEST(Tls12RecordOpener, keys_and_versions_that_do_not_fit_are_refused) {
  const auto make = [](uint16_t number, uint16_t version, size_t less_key) {
    Tls12Sealer sealer = sealer_of(number, version);
    sealer.keys.key.resize(sealer.keys.key.size() - less_key);
    return opener_of(sealer);
  };
  EXPECT_TRUE(make(0x009c, 0x0303, 0));
  EXPECT_FALSE(make(0x009c, 0x0303, 1));
  EXPECT_FALSE(make(0x009c, 0x0302, 0));  // AEADs came with TLS 1.2
  EXPECT_FALSE(make(0x002f, 0x0304, 0));
  EXPECT_FALSE(make(0x002f, 0x0002, 0));
  EXPECT_FALSE(make(0x1301, 0x0303, 0));
  EXPECT_FALSE(make_tls13_opener(*tls_cipher_suite(0x002f), pattern(32)));
  EXPECT_FALSE(make_tls12_opener(*tls_cipher_suite(0x002f), 0x0303, {}));
}

// ---- TLS 1.3

Tls13Sealer sealer13_of(uint16_t number) {
  const TlsCipherSuite suite = *tls_cipher_suite(number);
  return {suite, pattern(digest_octets(suite.prf), number)};
}

TEST(Tls13RecordOpener, every_suite_opens) {
  for (uint16_t number = 0x1301; number <= 0x1305; ++number) {
    Tls13Sealer sealer = sealer13_of(number);
    const auto opener = make_tls13_opener(sealer.suite, sealer.secret);
    ASSERT_TRUE(opener);
    expect_all_open(sealer, *opener);
  }
}

TEST(Tls13RecordOpener, every_flipped_bit_is_refused) {
  for (uint16_t number = 0x1301; number <= 0x1305; ++number) {
    Tls13Sealer sealer = sealer13_of(number);
    const auto opener = make_tls13_opener(sealer.suite, sealer.secret);
    expect_damage_refused(sealer, *opener);
    Record good = sealer.seal_record(23, pattern(4));
    for (size_t bit = 0; bit < good.header.size() * 8; ++bit) {
      Record odd = good;
      odd.header[bit / 8] = static_cast<uint8_t>(odd.header[bit / 8] ^ 1U << bit % 8);
      EXPECT_EQ(opened(*opener, odd), "refused");
    }
  }
}

// RFC 8448 section 3: the client's Finished, and the application data that it sends.
TEST(Tls13RecordOpener, records_of_the_rfc_open) {
  const auto handshake =
      make_tls13_opener(*tls_cipher_suite(0x1301),
                        octets("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"));
  EXPECT_EQ(
      opened(*handshake, {octets("1703030035"),
                          octets("75ec4dc238cce60b298044a71e219c56cc77b0517fe9b93c7a4bfc44d87f38f8"
                                 "0338ac98fc46deb384bd1caeacab6867d726c40546")}),
      "22:14000020a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61");
  const auto application =
      make_tls13_opener(*tls_cipher_suite(0x1301),
                        octets("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"));
  Octets counting(50);
  for (size_t i = 0; i < counting.size(); ++i) counting[i] = static_cast<uint8_t>(i);
  EXPECT_EQ(opened(*application,
                   {octets("1703030043"),
                    octets("a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5"
                           "b46b395bd54a9a20441e2b62974e1f5a6292a2977014bd1e3deae63aeebb2169"
                           "4915e4")}),
            expected(23, counting));
}

TEST(Tls13RecordOpener, keys_are_updated) {
  for (const uint16_t number : std::vector<uint16_t>{0x1301, 0x1302, 0x1303}) {
    Tls13Sealer sealer = sealer13_of(number);
    const auto opener = make_tls13_opener(sealer.suite, sealer.secret);
    EXPECT_EQ(opened(*opener, sealer.seal_record(22, pattern(5))), expected(22, pattern(5)));
    for (int i = 0; i < 3; ++i) {
      sealer.secret = hkdf_expand_label(sealer.suite.prf, sealer.secret, "traffic upd", {},
                                        sealer.secret.size());
      sealer.number = 0;
      const Record record = sealer.seal_record(23, pattern(7));
      EXPECT_EQ(opened(*opener, record), "refused");
      EXPECT_TRUE(opener->update());
      EXPECT_EQ(opened(*opener, record), expected(23, pattern(7)));
    }
  }
  EXPECT_FALSE(opener_of(sealer_of(0x002f, 0x0303))->update());
}

TEST(Tls13RecordOpener, padding_goes_and_a_record_of_nothing_else_is_refused) {
  Tls13Sealer sealer = sealer13_of(0x1301);
  const auto opener = make_tls13_opener(sealer.suite, sealer.secret);
  const Octets zeroes(3);
  EXPECT_EQ(opened(*opener, sealer.seal_record(23, zeroes, 300)), "23:000000");
  EXPECT_EQ(opened(*opener, sealer.seal_record(21, {}, 2)), "21:");
  EXPECT_EQ(opened(*opener, sealer.seal_record(0, zeroes, 9)), "refused");
  --sealer.number;
  EXPECT_EQ(opened(*opener, sealer.seal_record(23, pattern(2))), expected(23, pattern(2)));
}

TEST(Tls13RecordOpener, drafts_differ_in_labels_and_in_what_is_authenticated) {
  for (uint16_t draft = 18; draft <= 28; ++draft) {
    Tls13Sealer sealer = sealer13_of(0x1303);
    sealer.prefix = draft < 20 ? "TLS 1.3, " : "tls13 ";
    sealer.authenticates_header = draft >= 25;
    const auto version = static_cast<uint16_t>(0x7f00 + draft);
    const auto opener = make_tls13_opener(sealer.suite, sealer.secret, version);
    ASSERT_TRUE(opener);
    expect_all_open(sealer, *opener);
  }
  for (const uint16_t version : std::vector<uint16_t>{0x7f11, 0x7f1d, 0x0303, 0x0305}) {
    EXPECT_FALSE(make_tls13_opener(*tls_cipher_suite(0x1301), pattern(32), version));
  }
  EXPECT_FALSE(make_tls13_opener(*tls_cipher_suite(0x1301), pattern(48)));
}

}  // namespace
}  // namespace parlance::test
