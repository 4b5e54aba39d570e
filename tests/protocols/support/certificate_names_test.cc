#include "protocols/support/certificate_names.h"

#include <gtest/gtest.h>

#include "support/recording_findings.h"
#include "support/tls_samples.h"

namespace parlance::test {
namespace {

TEST(CertificateNames, alternative_names_come_first_and_each_name_once) {
  const std::string der = certificate();
  EXPECT_EQ(certificate_names(as_bytes(der), 16),
            (std::vector<std::string>{"chat.example.com", "*.example.org"}));
}

TEST(CertificateNames, no_more_than_the_limit_are_taken) {
  const std::string der = certificate();
  EXPECT_EQ(certificate_names(as_bytes(der), 1).size(), 1U);
}

TEST(CertificateNames, damage_gives_fewer_names_and_no_harm) {
  const std::string der = certificate();
  for (size_t length = 0; length < der.size(); ++length) {
    certificate_names(as_bytes(der.substr(0, length)), 16);
  }
  for (size_t at = 0; at < der.size(); ++at) {
    std::string odd = der;
    odd[at] = static_cast<char>(0xff);
    certificate_names(as_bytes(odd), 16);
    odd[at] = static_cast<char>(0x80);
    certificate_names(as_bytes(odd), 16);
  }
  EXPECT_TRUE(certificate_names(as_bytes("no certificate"), 16).empty());
}

}  // namespace
}  // namespace parlance::test
