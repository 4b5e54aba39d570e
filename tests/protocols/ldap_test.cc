#include <gtest/gtest.h>

#include "support/switch_to_tls.h"

namespace parlance::test {
namespace {

// SEQUENCE { number 1, [APPLICATION 23] { [0] "1.3.6.1.4.1.1466.20037" } }
const std::string kStartTls = hex("30 1d 02 01 01 77 18 80 16") + "1.3.6.1.4.1.1466.20037";
// SEQUENCE { number 1, [APPLICATION 24] { success, "", "" } }
const std::string kAgreed = hex("30 0c 02 01 01 78 07 0a 01 00 04 00 04 00");
const std::string kBind = hex("30 0c 02 01 01 60 07 02 01 03 04 00 80 00");
const std::string kBound = hex("30 84 0000000c 02 01 01 61 07 0a 01 00 04 00 04 00");

TEST(Ldap, answer_with_the_number_of_its_request_is_proof) {
  const std::vector<Said> talk = {client(kBind), server(kBound)};
  EXPECT_EQ(run_parser("ldap", talk)->best(), Strength::proof);
  expect_parser_habits("ldap", talk);
}

TEST(Ldap, answer_to_something_else_is_not) {
  for (const std::string& other : {hex("30 0c 02 01 02 61 07 0a 01 00 04 00 04 00"), kAgreed}) {
    EXPECT_EQ(run_parser("ldap", {client(kBind), server(other)})->best(), Strength::none);
  }
}

TEST(Ldap, granted_request_for_tls_switches) {
  expect_switch_to_tls("ldap",
                       {client(kStartTls), server(kAgreed), client(kHello), server(kAnswer)});
  const std::string second = hex("30 1d 02 01 02 77 18 80 16") + "1.3.6.1.4.1.1466.20037";
  expect_switch_to_tls("ldap",
                       {client(kBind), server(kBound), client(second + kHello),
                        server(hex("30 0c 02 01 02 78 07 0a 01 00 04 00 04 00") + kAnswer)});
}

TEST(Ldap, refused_request_for_tls_does_not) {
  const auto found = run_parser(
      "ldap", {client(kStartTls), server(hex("30 0c 02 01 01 78 07 0a 01 02 04 00 04 00")),
               client(kHello)});
  EXPECT_TRUE(found->inner.empty());
  EXPECT_EQ(found->best(), Strength::proof);
}

TEST(Ldap, what_is_no_message_refutes) {
  for (const std::string& other :
       {std::string("GET / HTTP/1.1\r\n"), hex("30 80 02 01 01 60 00"), hex("30 03 04 01 01"),
        hex("31 05 02 01 01 60 00"), hex("30 ff 01 01 01")}) {
    EXPECT_FALSE(run_parser("ldap", {client(other)})->refuted.empty());
  }
}

TEST(Ldap, message_without_an_end_is_given_up) {
  std::vector<Said> talk(400, client(std::string(1024, 'x')));
  talk.insert(talk.begin(), client(hex("30 84 7fffffff 02 01 01 60")));
  EXPECT_FALSE(run_parser("ldap", talk)->refuted.empty());
}

TEST(Ldap, floods_are_given_up) {
  expect_floods_are_given_up("ldap", {client(kStartTls)});
}

}  // namespace
}  // namespace parlance::test
