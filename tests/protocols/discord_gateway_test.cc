#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kHello =
    R"({"t":null,"s":null,"op":10,"d":{"heartbeat_interval":41250,"_trace":[]}})";
const std::string kIdentify =
    R"({"op":2,"d":{"token":"x","properties":{"os":"linux","browser":"discord.js"}}})";

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

/// One piece of a stream, flushed but not ended.
std::string zstd_stream(std::string text) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     ZSTD_freeCCtx);
  std::string out(512, '\0');
  ZSTD_inBuffer input{text.data(), text.size(), 0};
  ZSTD_outBuffer output{out.data(), out.size(), 0};
  ZSTD_compressStream2(context.get(), &output, &input, ZSTD_e_flush);
  out.resize(output.pos);
  return out;
}

// #{t => nil, s => nil, op => 10, d => #{heartbeat_interval => 41250}}, keys as atoms.
const std::string kHelloTerm =
    hex("83 74 00000004 64 0001 74 64 0003 6e696c 64 0001 73 64 0003 6e696c 64 0002 6f70 61 0a"
        "64 0001 64 74 00000001 64 0012 6865617274626561745f696e74657276616c 62 0000a122");
// The same from a client, keys as binaries: #{"op" => 1, "d" => nil}.
const std::string kHeartbeatTerm =
    hex("83 74 00000002 6d 00000002 6f70 61 01 6d 00000001 64 73 03 6e696c");

TEST(DiscordGateway, hello_and_identify_are_proof) {
  for (const std::string& hello : {kHello, zlib_stream(kHello), zstd_stream(kHello), kHelloTerm}) {
    const std::vector<Said> talk = {server(hello), client(kIdentify)};
    EXPECT_EQ(run_parser("discord_gateway", talk)->best(), Strength::proof);
    expect_parser_habits("discord_gateway", talk);
  }
  EXPECT_EQ(run_parser("discord_gateway", {server(kHello)})->best(), Strength::strong);
}

TEST(DiscordGateway, terms_are_read_on_both_sides) {
  const std::vector<Said> talk = {server(kHelloTerm), client(kHeartbeatTerm)};
  EXPECT_EQ(run_parser("discord_gateway", talk)->best(), Strength::proof);
  expect_parser_habits("discord_gateway", talk);
}

TEST(DiscordGateway, heartbeats_and_their_answers_are_proof_in_the_middle) {
  const std::vector<Said> talk = {client(R"({"op":1,"d":251})"),
                                  server(R"({"t":null,"s":null,"op":11,"d":null})")};
  EXPECT_EQ(run_parser("discord_gateway", talk)->best(), Strength::proof);
}

TEST(DiscordGateway, voice_gateways_are_read) {
  const std::vector<Said> talk = {
      server(R"({"op":8,"d":{"v":8,"heartbeat_interval":13750.0}})"),
      client(R"({"op":0,"d":{"server_id":"1","user_id":"2","session_id":"3","token":"4"}})"),
      server(
          R"({"op":2,"d":{"ssrc":1,"ip":"192.0.2.1","port":50001,"modes":["aead_aes256_gcm_rtpsize"]}})")};
  EXPECT_EQ(run_parser("discord_gateway", talk)->best(), Strength::proof);
  expect_parser_habits("discord_gateway", talk);
  EXPECT_EQ(run_parser("discord_gateway", {talk[0]})->best(), Strength::none);
  EXPECT_EQ(run_parser("discord_gateway", {talk[2]})->best(), Strength::strong);
}

// As https://bot.q.qq.com documents it.
TEST(DiscordGateway, the_gateway_of_qq_is_not_discord) {
  const auto found = run_parser(
      "discord_gateway",
      {server(R"({"op":10,"d":{"heartbeat_interval":45000}})"),
       client(
           R"({"op":2,"d":{"token":"x","intents":513,"shard":[0,4],"properties":{"$os":"linux","$browser":"my_library","$device":"my_library"}}})"),
       server(
           R"({"op":0,"s":1,"t":"READY","d":{"version":1,"session_id":"x","user":{"id":"1","bot":true},"shard":[0,0]}})"),
       client(R"({"op":1,"d":251})"), server(R"({"op":11})")});
  EXPECT_EQ(found->best(), Strength::none);
}

TEST(DiscordGateway, other_messages_are_nothing) {
  EXPECT_EQ(run_parser("discord_gateway", {server(R"({"op":10,"d":{}})")})->best(), Strength::none);
  EXPECT_EQ(run_parser("discord_gateway", {client(kHello)})->best(), Strength::none);
  EXPECT_FALSE(run_parser("discord_gateway", {server("x\x9cnot zlib at all")})->refuted.empty());
  EXPECT_FALSE(
      run_parser("discord_gateway", {server("\x28\xb5\x2f\xfdnot zstd at all")})->refuted.empty());
  EXPECT_EQ(run_parser("discord_gateway", {server(kHelloTerm.substr(0, 40))})->best(),
            Strength::none);
}

}  // namespace
}  // namespace parlance::test
