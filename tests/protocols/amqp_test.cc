#include <gtest/gtest.h>

#include "support/switch_to_tls.h"

namespace parlance::test {
namespace {

const std::string kHeader091 = "AMQP" + hex("00000901");
const std::string kHeader10 = "AMQP" + hex("03010000");
// method frame: type 1, channel 0, 8 octets: class 10, method 10, version 0-9, a cut table; end CE
const std::string kStart = hex("01 0000 00000008 000a000a 0009 0000 ce");
// SASL mechanisms: size 16, data offset 2, type 1, channel 0, described type 00 53 40
const std::string kMechanisms = hex("00000010 02 01 0000 00 53 40 c0 03 01 e0 00");

TEST(Amqp, the_header_is_strong_and_its_answer_proof) {
  const std::vector<Said> old = {client(kHeader091), server(kStart)};
  EXPECT_EQ(run_parser("amqp", {client(kHeader091)})->best(), Strength::strong);
  EXPECT_EQ(run_parser("amqp", old)->best(), Strength::proof);
  expect_parser_habits("amqp", old);
  const std::vector<Said> one = {client(kHeader10), server(kHeader10 + kMechanisms)};
  EXPECT_EQ(run_parser("amqp", one)->best(), Strength::proof);
  expect_parser_habits("amqp", one);
}

TEST(Amqp, headers_that_both_say_tls_are_followed_by_it) {
  const std::string header = "AMQP" + hex("02010000");
  expect_switch_to_tls("amqp", {client(header), server(header), client(kHello), server(kAnswer)});
  EXPECT_TRUE(run_parser("amqp", {client(header), server(kHeader10)})->inner.empty());
}

TEST(Amqp, other_versions_and_answers_are_not_proof) {
  EXPECT_FALSE(run_parser("amqp", {client("AMQP" + hex("05050505"))})->refuted.empty());
  EXPECT_FALSE(run_parser("amqp", {client("AMQPlease")})->refuted.empty());
  const auto found =
      run_parser("amqp", {client(kHeader091), server("HTTP/1.1 400 Bad Request\r\n")});
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_TRUE(found->finished);
}

}  // namespace
}  // namespace parlance::test
