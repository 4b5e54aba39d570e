#include "protocols/support/quic_protection.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "protocols/support/quic_packet.h"
#include "support/quic_sender.h"
#include "support/recording_findings.h"
#include "support/sealing.h"

namespace parlance::test {
namespace {

// RFC 9001 appendix A.5 and RFC 9369 appendix A.5: PING under number 654360564, no identifier.
const std::string kSecret =
    hex("9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b");
constexpr uint64_t kBefore = 654360563;

TEST(QuicProtection, packets_of_the_rfcs_open) {
  const TlsCipherSuite suite = tls_cipher_suite(0x1303).value();
  const std::string first = hex("4cfe4189655e5cd55c41f69080575d7999c25a5bfb");
  QuicProtection protection(suite, kQuicVersion1, as_bytes(kSecret), kBefore);
  const auto frames = protection.open(as_bytes(first), 1);
  ASSERT_TRUE(frames);
  EXPECT_EQ(to_hex(*frames), "01");

  const std::string second = hex("5558b1c60ae7b6b932bc27d786f4bc2bb20f2162ba");
  QuicProtection of_version_2(suite, kQuicVersion2, as_bytes(kSecret), kBefore);
  const auto same = of_version_2.open(as_bytes(second), 1);
  ASSERT_TRUE(same);
  EXPECT_EQ(to_hex(*same), "01");
  EXPECT_FALSE(protection.open(as_bytes(second), 1));
}

TEST(QuicProtection, suites_are_those_of_tls_13_with_header_protection) {
  const auto numbers = [](size_t secret_octets, std::optional<uint16_t> number = std::nullopt) {
    std::vector<uint16_t> found;
    for (const auto& each : quic_suites(secret_octets, number)) found.push_back(each.number);
    return found;
  };
  EXPECT_EQ(numbers(32), (std::vector<uint16_t>{0x1301, 0x1303, 0x1304}));
  EXPECT_EQ(numbers(48), std::vector<uint16_t>{0x1302});
  EXPECT_EQ(numbers(32, 0x1303), std::vector<uint16_t>{0x1303});
  EXPECT_TRUE(numbers(48, 0x1303).empty());
  EXPECT_TRUE(numbers(32, 0x1305).empty());
  EXPECT_TRUE(numbers(32, 0xc02f).empty());
}

TEST(QuicProtection, numbers_are_the_nearest_to_what_is_expected) {
  EXPECT_EQ(decode_quic_number(0xa82f30ea, 0x9b32, 2), 0xa82f9b32U);  // RFC 9000 appendix A.3
  EXPECT_EQ(decode_quic_number(std::nullopt, 0, 1), 0U);
  EXPECT_EQ(decode_quic_number(std::nullopt, 0xff, 1), 0xffU);
  EXPECT_EQ(decode_quic_number(0xff, 0x00, 1), 0x100U);
  EXPECT_EQ(decode_quic_number(0x100, 0xff, 1), 0xffU);
  EXPECT_EQ(decode_quic_number(0x1fe, 0x7e, 1), 0x27eU);
  EXPECT_EQ(decode_quic_number((uint64_t{1} << 62) - 2, 0, 1), (uint64_t{1} << 62) - 256);
}

class KeyUpdate : public testing::TestWithParam<uint16_t> {
 protected:
  std::string packet(Bytes secret, bool phase, uint32_t number) const {
    const std::string header = std::string(1, phase ? '\x44' : '\x40') + "dcid";
    return sealed_quic_packet(suite, kQuicVersion1, secret, header, number, "\x01padding", first);
  }
  bool opens(const std::string& octets) { return protection.open(as_bytes(octets), 5).has_value(); }

  TlsCipherSuite suite = tls_cipher_suite(GetParam()).value();
  std::vector<uint8_t> first = pattern(digest_octets(suite.prf));
  std::vector<uint8_t> second = next_quic_secret(suite, kQuicVersion1, first);
  std::vector<uint8_t> third = next_quic_secret(suite, kQuicVersion1, second);
  QuicProtection protection{suite, kQuicVersion1, first};
};

TEST_P(KeyUpdate, is_followed_and_late_packets_of_before_still_open) {
  EXPECT_TRUE(opens(packet(first, false, 0)));
  EXPECT_TRUE(opens(packet(first, false, 4)));
  EXPECT_TRUE(opens(packet(second, true, 7)));
  EXPECT_EQ(protection.updates(), 1U);
  EXPECT_TRUE(opens(packet(first, false, 5))) << "came late";
  EXPECT_TRUE(opens(packet(second, true, 6))) << "came late, of the new keys";
  EXPECT_TRUE(opens(packet(third, false, 9)));
  EXPECT_EQ(protection.updates(), 2U);
  EXPECT_TRUE(opens(packet(second, true, 8)));
  EXPECT_FALSE(opens(packet(first, false, 3))) << "two updates ago";
}

TEST_P(KeyUpdate, forged_packets_change_nothing) {
  EXPECT_TRUE(opens(packet(first, false, 1)));
  for (uint32_t number = 2; number < 40; ++number) {
    std::string forged = packet(second, true, number);
    forged.back() = static_cast<char>(forged.back() ^ 1);
    EXPECT_FALSE(opens(forged));
  }
  EXPECT_EQ(protection.updates(), 0U);
  EXPECT_TRUE(opens(packet(first, false, 2)));
}

TEST_P(KeyUpdate, no_truncation_opens) {
  const std::string whole = packet(first, false, 1);
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(opens(whole.substr(0, length))) << length;
  }
}

INSTANTIATE_TEST_SUITE_P(Suites, KeyUpdate, testing::Values(0x1301, 0x1302, 0x1303, 0x1304));

}  // namespace
}  // namespace parlance::test
