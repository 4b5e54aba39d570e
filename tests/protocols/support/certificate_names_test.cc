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

/// A tag, a length below 128 and a value.
std::string der(const char* tag, const std::string& value) {
  return hex(tag) + static_cast<char>(value.size()) + value;
}
std::string attribute(const char* id, const std::string& text) {
  return der("31", der("30", der("06", hex(id)) + der("0c", text)));
}
/// The beginning of a certificate, up to its issuer.
std::string issued_by(const std::string& issuer) {
  const std::string body =
      der("a0", der("02", hex("02"))) + der("02", hex("01")) + der("30", "") + der("30", issuer);
  return der("30", der("30", body));
}

TEST(CertificateNames, the_issuer_has_an_organisation_and_a_name) {
  const std::string country = attribute("550406", "US");
  const std::string organisation = attribute("55040a", "Example, LLC");
  const std::string name = attribute("550403", "Root");
  using Parts = std::vector<std::string>;
  EXPECT_EQ(certificate_issuer(as_bytes(issued_by(country + name + organisation))),
            (Parts{"Example, LLC", "Root"}));
  EXPECT_EQ(certificate_issuer(as_bytes(issued_by(country + organisation))), Parts{"Example, LLC"});
  EXPECT_EQ(certificate_issuer(as_bytes(issued_by(country))), Parts{});
  EXPECT_EQ(certificate_issuer(as_bytes(certificate())), Parts{}) << "its issuer is empty";
}

TEST(CertificateNames, a_damaged_issuer_does_no_harm) {
  const std::string whole = issued_by(attribute("55040a", "Example, LLC"));
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_TRUE(certificate_issuer(as_bytes(whole.substr(0, length))).empty());
  }
  for (size_t at = 0; at < whole.size(); ++at) {
    for (const char change : {'\xff', '\x80'}) {
      std::string odd = whole;
      odd[at] = change;
      certificate_issuer(as_bytes(odd));
    }
  }
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
