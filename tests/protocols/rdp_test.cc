#include <gtest/gtest.h>

#include "support/switch_to_tls.h"

namespace parlance::test {
namespace {

// TPKT, X.224 request, "Cookie: mstshash=a", negotiation: TLS or CredSSP
const std::string kRequest =
    hex("0300 0027 22 e0 0000 0000 00") + "Cookie: mstshash=a\r\n" + hex("01 00 0800 03000000");
std::string answer(const std::string& negotiation) {
  return hex("0300 0013 0e d0 0000 1234 00") + hex(negotiation);
}

TEST(Rdp, chosen_tls_switches) {
  expect_switch_to_tls("rdp", {client(kRequest), server(answer("02 1f 0800 01000000")),
                               client(kHello), server(kAnswer)});
  expect_switch_to_tls("rdp", {client(kRequest), server(answer("02 1f 0800 02000000")),
                               client(kHello), server(kAnswer)});
}

TEST(Rdp, other_choices_do_not) {
  for (const char* negotiation :
       {"02 00 0800 00000000", "03 00 0800 05000000", "02 1f 0800 08000000"}) {  // not asked for
    const auto found =
        run_parser("rdp", {client(kRequest), server(answer(negotiation)), client(kHello)});
    EXPECT_EQ(found->best(), Strength::proof);
    EXPECT_TRUE(found->inner.empty());
  }
}

TEST(Rdp, users_are_never_shown) {
  const auto found = run_parser("rdp", {client(kRequest), server(answer("02 1f 0800 01000000"))});
  for (const Confirmation& each : found->confirmed) EXPECT_LE(each.octets.size(), 11U);
}

TEST(Rdp, other_packets_are_refuted) {
  for (const std::string& other :
       {std::string("GET / HTTP/1.1\r\n"), hex("0300 000b 06 e0 0000 0000 00"),
        hex("0300 0013 0d e0 0000 0000 00 01 00 0800 03000000"),
        hex("0300 0013 0e e0 0000 0000 00 01 00 0900 03000000")}) {
    EXPECT_FALSE(run_parser("rdp", {client(other)})->refuted.empty());
  }
}

TEST(Rdp, floods_are_given_up) {
  expect_floods_are_given_up("rdp", {client(kRequest)});
  expect_floods_are_given_up("rdp", {client(kRequest.substr(0, 20))});
}

}  // namespace
}  // namespace parlance::test
