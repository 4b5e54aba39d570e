#include "protocols/support/qq_tea.h"

#include <string>

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

// Sealed by takayama-lily/oicq's lib/core/tea.js.
const std::string kSealed =
    hex("76d28fd84310bfc2c5cdb11f8ff6a009c6af744512238a92a1f6455a4fdfb4e10dc424a76a43b789");

QqTeaKey counting_key() {
  QqTeaKey key;
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<uint8_t>(i);
  return key;
}

TEST(QqTea, opens_what_another_implementation_sealed) {
  const auto plain = open_qq_tea(as_bytes(kSealed), counting_key());
  ASSERT_TRUE(plain);
  EXPECT_EQ(as_text(*plain), "a message of twenty-seven !");
}

TEST(QqTea, another_key_or_octet_opens_nothing) {
  EXPECT_FALSE(open_qq_tea(as_bytes(kSealed), QqTeaKey{}));
  std::string damaged = kSealed;
  damaged[3] ^= 1;
  EXPECT_FALSE(open_qq_tea(as_bytes(damaged), counting_key()));
}

TEST(QqTea, what_is_not_whole_blocks_opens_nothing) {
  for (const size_t length : {0U, 7U, 8U, 15U, 39U}) {
    EXPECT_FALSE(open_qq_tea(as_bytes(kSealed).first(length), counting_key()));
  }
}

}  // namespace
}  // namespace parlance::test
