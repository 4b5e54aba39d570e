#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
// length, type 4 (SETTINGS), flags, stream; MAX_CONCURRENT_STREAMS = 100
const std::string kSettings = hex("000006 04 00 00000000 0003 00000064");
const std::string kAck = hex("000000 04 01 00000000");

TEST(Http2, preface_and_settings_of_both_sides_are_proof) {
  const std::vector<Said> talk = {client(kPreface + kSettings), server(kSettings + kAck),
                                  client(kAck)};
  const auto found = run_parser("http2", talk);
  EXPECT_TRUE(found->has("preface"));
  EXPECT_TRUE(found->has("client-settings"));
  EXPECT_TRUE(found->has("server-settings"));
  EXPECT_EQ(found->best(), Strength::proof);
  expect_parser_habits("http2", talk);
}

TEST(Http2, the_preface_alone_is_strong) {
  EXPECT_EQ(run_parser("http2", {client(kPreface)})->best(), Strength::strong);
  const auto other = run_parser("http2", {client(kPreface + "GET / HTTP/1.1\r\n")});
  EXPECT_EQ(other->best(), Strength::strong);
  EXPECT_TRUE(other->finished);
}

TEST(Http2, another_beginning_is_refuted) {
  EXPECT_FALSE(run_parser("http2", {client("PRI * HTTP/1.0\r\n")})->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
