#include <gtest/gtest.h>
#include <zlib.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kHello =
    R"({"t":null,"s":null,"op":10,"d":{"heartbeat_interval":41250,"_trace":[]}})";
const std::string kIdentify = R"({"op":2,"d":{"token":"x","properties":{"os":"linux"}}})";

std::string zlib_stream(std::string text) {
  z_stream stream{};
  deflateInit(&stream, 6);
  std::string out(512, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_SYNC_FLUSH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(DiscordGateway, hello_and_identify_are_proof) {
  for (const std::string& hello : {kHello, zlib_stream(kHello)}) {
    const std::vector<Said> talk = {server(hello), client(kIdentify)};
    EXPECT_EQ(run_parser("discord_gateway", talk)->best(), Strength::proof);
    expect_parser_habits("discord_gateway", talk);
  }
  EXPECT_EQ(run_parser("discord_gateway", {server(kHello)})->best(), Strength::strong);
}

TEST(DiscordGateway, other_messages_are_nothing) {
  EXPECT_EQ(run_parser("discord_gateway", {server(R"({"op":10,"d":{}})")})->best(), Strength::none);
  EXPECT_EQ(run_parser("discord_gateway", {client(kHello)})->best(), Strength::none);
  EXPECT_FALSE(run_parser("discord_gateway", {server("x\x9cnot zlib at all")})->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
