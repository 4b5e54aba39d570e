#include "secrets/mtproxy_secrets.h"

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kSecret = hex("00112233445566778899aabbccddeeff");

TEST(MtproxySecrets, takes_the_forms_that_links_have) {
  for (const std::string& each : {kSecret, "\xdd" + kSecret, "\xee" + kSecret + "www.example"}) {
    MtproxySecrets secrets;
    ASSERT_TRUE(secrets.add(as_bytes(each)));
    ASSERT_EQ(secrets.all().size(), 1U);
    EXPECT_EQ(as_text(secrets.all()[0]), kSecret);
  }
}

TEST(MtproxySecrets, refuses_others_and_too_many) {
  MtproxySecrets secrets;
  for (const std::string& each : {std::string(), kSecret.substr(1), kSecret + "x", "\xee" + kSecret,
                                  "\xee" + kSecret + std::string(300, 'a')}) {
    EXPECT_FALSE(secrets.add(as_bytes(each)));
  }
  for (size_t i = 0; i < MtproxySecrets::kMost; ++i) EXPECT_TRUE(secrets.add(as_bytes(kSecret)));
  EXPECT_FALSE(secrets.add(as_bytes(kSecret)));
}

}  // namespace
}  // namespace parlance::test
