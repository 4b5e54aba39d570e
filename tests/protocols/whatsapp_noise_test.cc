#include <gtest/gtest.h>

#include "base/text.h"
#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::string fill(size_t count) {
  return std::string(count, '\x5a');
}

const std::string kKey = fill(32);
const std::string kXxHello = hex("57410603 000024 12220a20") + kKey;
const std::string kRoutedXxHello =
    hex("45440001 000004 080b0809"  // routing header, four octets of protobuf
        "57410502"                  // WA 5.2
        "000024 12220a20") +        // 36 octets: clientHello, 34: ephemeral, 32
    kKey;
// A client hello with static key (48) and payload (173), as seen in 2020.
const std::string kIkHello = hex("45440001 000004 0808080c 57410300 000107 1284020a20") + kKey +
                             hex("1230") + fill(48) + hex("1aad01") + fill(173);
const std::string kIkAnswer = hex("000036 1a340a20") + kKey + hex("1a10") + fill(16);
// ephemeral 32, static 48, certificate 163: 0a20.. 1230.. 1aa301.. are 250 octets, 253 with the
// tag.
const std::string kXxAnswer =
    hex("0000fd 1afa01 0a20") + kKey + hex("1230") + fill(48) + hex("1aa301") + fill(163);
// static 48, payload 110: 0a30.. 126e.. are 162 octets
const std::string kFinish = hex("0000a5 22a201 0a30") + fill(48) + hex("126e") + fill(110);

std::string frame(size_t length) {
  return std::string{'\0', static_cast<char>(length >> 8), static_cast<char>(length)} +
         fill(length);
}

std::string text_note(const RecordingFindings& findings, const std::string& key) {
  return std::get<std::string>(findings.notes.at(key));
}

TEST(WhatsappNoise, client_hello_and_server_hello_are_proof) {
  const auto found = run_parser("whatsapp_noise", {client(kIkHello), server(kIkAnswer)});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("prologue"));
  EXPECT_TRUE(found->has("client-hello"));
  EXPECT_TRUE(found->has("server-hello"));
  EXPECT_EQ(text_note(*found, "whatsapp.handshake"), "IK");
  EXPECT_EQ(text_note(*found, "whatsapp.version"), "3.0");
  EXPECT_EQ(text_note(*found, "whatsapp.generation"), "noise");
  EXPECT_TRUE(std::get<bool>(found->notes.at("whatsapp.routing_header")));
}

TEST(WhatsappNoise, hello_without_routing_header_is_found) {
  const auto found = run_parser("whatsapp_noise", {client(kXxHello)});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(text_note(*found, "whatsapp.handshake"), "XX");
  EXPECT_EQ(text_note(*found, "whatsapp.version"), "6.3");
  EXPECT_FALSE(std::get<bool>(found->notes.at("whatsapp.routing_header")));
}

TEST(WhatsappNoise, routing_header_may_have_any_length) {
  const std::string two = hex("45440001 000002 0800") + kXxHello;
  const std::string many = hex("45440001 00012f 0aac02") + fill(300) + kXxHello;
  EXPECT_EQ(run_parser("whatsapp_noise", {client(two)})->best(), Strength::proof);
  EXPECT_EQ(run_parser("whatsapp_noise", {client(many)})->best(), Strength::proof);
}

TEST(WhatsappNoise, routing_header_that_is_no_protobuf_is_refused) {
  const auto found = run_parser("whatsapp_noise", {client(hex("45440001 000002 ffff") + kXxHello)});
  EXPECT_EQ(found->best(), Strength::none);
  EXPECT_FALSE(found->refuted.empty());
}

TEST(WhatsappNoise, ik_hello_answered_with_a_static_key_is_the_fallback) {
  const auto found =
      run_parser("whatsapp_noise", {client(kIkHello), server(kXxAnswer), client(kFinish)});
  EXPECT_EQ(text_note(*found, "whatsapp.handshake"), "XXfallback");
}

TEST(WhatsappNoise, transport_frames_of_both_sides_tile) {
  const auto found = run_parser(
      "whatsapp_noise", {client(kRoutedXxHello), server(kXxAnswer), client(kFinish + frame(40)),
                         server(frame(22) + frame(3224)), client(frame(17))});
  EXPECT_TRUE(found->has("tiling"));
  EXPECT_TRUE(found->finished);
}

TEST(WhatsappNoise, second_frame_after_xx_hello_must_be_the_client_finish) {
  const auto found = run_parser("whatsapp_noise",
                                {client(kXxHello + frame(64) + frame(64) + frame(64) + frame(64))});
  EXPECT_TRUE(found->has("client-hello"));
  EXPECT_FALSE(found->has("tiling"));
}

TEST(WhatsappNoise, larger_hellos_with_later_fields_are_walked) {
  // 1 ephemeral, 9 pqMode varint, 10 extended ephemeral of 1,184 octets: 34 + 2 + 1187 = 1223
  const std::string inner = hex("0a20") + kKey + hex("4801 52a009") + fill(1184);
  const std::string hello = hex("57410603 0004ca 12c709") + inner;
  EXPECT_EQ(run_parser("whatsapp_noise", {client(hello)})->best(), Strength::proof);
}

TEST(WhatsappNoise, server_side_alone_is_strong_and_with_tiling_proof) {
  const auto hello = run_parser("whatsapp_noise", {server(kIkAnswer)});
  EXPECT_EQ(hello->best(), Strength::strong);
  const auto tiled = run_parser(
      "whatsapp_noise", {server(kIkAnswer + frame(30) + frame(31) + frame(32) + frame(33))});
  EXPECT_EQ(tiled->best(), Strength::proof);
}

TEST(WhatsappNoise, hello_cut_off_after_its_head_is_strong) {
  const auto found = run_parser("whatsapp_noise", {client(kIkHello.substr(0, 60))});
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(WhatsappNoise, pieces_cut_as_phones_cut_them_are_joined) {
  const auto found =
      run_parser("whatsapp_noise", {client(kIkHello.substr(0, 4)), client(kIkHello.substr(4, 7)),
                                    client(kIkHello.substr(11, 4)), client(kIkHello.substr(15, 3)),
                                    client(kIkHello.substr(18)), server(kIkAnswer)});
  EXPECT_EQ(found->best(), Strength::proof);
}

TEST(WhatsappNoise, look_alikes_are_refused) {
  for (const std::string& other :
       {std::string("WA  text that begins so"),                // no version
        hex("57410502 000024 1322 0a20") + kKey,               // another field
        hex("57410502 000024 1222 0a21") + kKey,               // a key of 33
        hex("57410502 000025 12220a20") + kKey + "x",          // frame longer than message
        hex("57410105 00001a f80501a59189fc12") + fill(18),    // version 1
        hex("57410502 000026 12240a20") + kKey + hex("1a00"),  // payload without static key
        hex("4544000200000408080808") + kXxHello}) {
    const auto found = run_parser("whatsapp_noise", {client(other)});
    EXPECT_NE(found->best(), Strength::proof);
    EXPECT_FALSE(found->refuted.empty()) << to_printable(as_bytes(other));
  }
}

TEST(WhatsappNoise, routing_header_without_a_prologue_says_nothing) {
  const auto found = run_parser("whatsapp_noise", {client(hex("45440001 000100 0808"))});
  EXPECT_TRUE(found->confirmed.empty());
}

TEST(WhatsappNoise, a_server_that_answers_something_else_refutes_without_a_client_hello) {
  const auto found = run_parser("whatsapp_noise", {server("HTTP/1.1 400 Bad Request\r\n\r\n")});
  EXPECT_FALSE(found->refuted.empty());
}

TEST(WhatsappNoise, has_the_habits_of_a_parser) {
  expect_parser_habits("whatsapp_noise", {client(kIkHello), server(kIkAnswer + frame(100)),
                                          client(frame(50) + frame(60)), server(frame(70))});
  expect_parser_habits("whatsapp_noise", {client(kRoutedXxHello), server(kXxAnswer),
                                          client(kFinish + frame(50) + frame(60))});
}

}  // namespace
}  // namespace parlance::test
