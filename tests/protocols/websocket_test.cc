#include <gtest/gtest.h>
#include <zlib.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const Parameters kAgreed = {{"request", "seen"},
                            {"answer", "seen"},
                            {"key", "dGhlIHNhbXBsZSBub25jZQ=="},
                            {"accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
                            {"version", "13"},
                            {"path", "/chat"},
                            {"host", "server.example.com"}};

Start agreed(const Parameters& parameters) {
  Start start;
  start.agreed = true;
  start.parameters = &parameters;
  return start;
}
Parameters with(std::initializer_list<Parameter> more) {
  Parameters result = kAgreed;
  result.insert(result.end(), more);
  return result;
}

std::string frame(uint8_t first, const std::string& payload, bool masked) {
  std::string out(1, static_cast<char>(first));
  const auto mask_bit = static_cast<char>(masked ? 0x80 : 0);
  if (payload.size() < 126) {
    out += static_cast<char>(static_cast<char>(payload.size()) | mask_bit);
  } else {
    out += static_cast<char>(126 | mask_bit);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 0xff);
  }
  const std::string key = "\x37\xfa\x21\x3d";
  if (masked) out += key;
  for (size_t i = 0; i < payload.size(); ++i) {
    out += static_cast<char>(masked ? payload[i] ^ key[i % 4] : payload[i]);
  }
  return out;
}
std::string from_client(uint8_t first, const std::string& payload) {
  return frame(first, payload, true);
}
std::string from_server(uint8_t first, const std::string& payload) {
  return frame(first, payload, false);
}

/// Compresses messages with one history, as permessage-deflate does (RFC 7692 section 7.2.1).
class Deflater {
 public:
  Deflater() { deflateInit2(&stream_, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY); }
  ~Deflater() { deflateEnd(&stream_); }
  std::string message(std::string text) {
    std::string out(text.size() + 64, '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(text.data());
    stream_.avail_in = static_cast<uInt>(text.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    deflate(&stream_, Z_SYNC_FLUSH);
    out.resize(out.size() - stream_.avail_out - 4);
    return out;
  }

 private:
  z_stream stream_{};
};

TEST(Websocket, a_matching_accept_is_proof_even_without_frames) {
  const auto found = run_parser("websocket", {}, 0, agreed(kAgreed));
  ASSERT_TRUE(found->has("accept-key"));
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<int64_t>(found->notes["websocket.frames_toserver"]), 0);
  EXPECT_EQ(found->fields.find("websocket.path")->second, "/chat");
  EXPECT_EQ(std::get<std::string>(found->notes["websocket.over"]), "http/1.1");
  EXPECT_TRUE(found->inner.empty());
}

TEST(Websocket, a_wrong_accept_is_strong_until_both_sides_send_frames) {
  Parameters wrong = kAgreed;
  wrong[3].value = "AAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  EXPECT_EQ(run_parser("websocket", {server(from_server(0x81, "hi"))}, 0, agreed(wrong))->best(),
            Strength::strong);
  const auto found =
      run_parser("websocket", {server(from_server(0x81, "hi")), client(from_client(0x81, "ho"))}, 0,
                 agreed(wrong));
  EXPECT_TRUE(found->has("frames"));
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(std::get<bool>(found->notes["websocket.accept_mismatch"]));
}

TEST(Websocket, an_extended_connect_is_proof_where_its_answer_was_read) {
  const Parameters asked = {{"request", "seen"}, {"over", "http/2"}, {"path", "/chat"}};
  Parameters granted = asked;
  granted.push_back({"answer", "seen"});
  const auto found = run_parser("websocket", {}, 0, agreed(granted));
  EXPECT_TRUE(found->has("extended-connect"));
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(std::get<std::string>(found->notes["websocket.over"]), "http/2");

  EXPECT_EQ(run_parser("websocket", {}, 0, agreed(asked))->best(), Strength::strong);
  const auto both = run_parser(
      "websocket", {server(from_server(0x81, "hi")), client(from_client(0x81, "ho"))}, 0, agreed(asked));
  ASSERT_TRUE(both->has("frames"));
  for (const Confirmation& each : both->confirmed) {
    EXPECT_EQ(each.text.find("101"), std::string::npos) << each.text;
  }
}

TEST(Websocket, has_the_habits_of_a_parser) {
  Deflater deflater;
  const Parameters deflate = with({{"extensions", "permessage-deflate"}, {"protocol", "xmpp"}});
  expect_parser_habits(
      "websocket",
      {client(from_client(0x81, "Hello")),
       server(from_server(0xc1, deflater.message("Hello Hello"))),
       server(from_server(0x01, "Hel") + from_server(0x89, "?") + from_server(0x80, "lo")),
       client(from_client(0x88, std::string("\x03\xe8", 2)))},
      agreed(deflate));
  expect_parser_habits("websocket",
                       {client(from_client(0x81, "one two") + from_client(0x81, "three")),
                        server(from_server(0x81, "four"))});
}

TEST(Websocket, the_frames_of_the_rfc_are_read) {
  // RFC 6455 section 5.7: masked "Hello"; "Hel" + "lo" in fragments; a ping
  const auto found =
      run_parser("websocket",
                 {client(hex("81 85 37fa213d 7f9f4d5158")),
                  server(hex("01 03 48656c") + hex("89 05 48656c6c6f") + hex("80 02 6c6f"))},
                 0, agreed(kAgreed));
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].carrier, Carrier::websocket);
  EXPECT_EQ(found->inner[0].unit, Unit::message);
  EXPECT_EQ(found->inner[0].messages[0], std::vector<std::string>{"Hello"});
  EXPECT_EQ(found->inner[0].messages[1], std::vector<std::string>{"Hello"});
  EXPECT_EQ(std::get<int64_t>(found->notes["websocket.frames_toclient"]), 3);
}

TEST(Websocket, the_compressed_messages_of_the_rfc_are_read) {
  // RFC 7692 section 7.2.3.2: "Hello" twice with one history
  const Parameters deflate =
      with({{"extensions", "permessage-deflate; client_max_window_bits=15"}});
  const auto found = run_parser(
      "websocket", {server(hex("c1 07 f248cdc9c90700")), server(hex("c1 05 f200110000"))}, 0,
      agreed(deflate));
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].messages[1], (std::vector<std::string>{"Hello", "Hello"}));
}

TEST(Websocket, a_lost_history_spoils_only_what_refers_to_it) {
  Deflater deflater;
  const std::string text = "a long enough text to be referred to";
  deflater.message(text);  // never captured
  const std::string refers = deflater.message(text);
  Deflater fresh;
  const std::string alone = fresh.message("stands alone");
  const auto found =
      run_parser("websocket", {server(from_server(0xc1, refers)), server(from_server(0xc1, alone))},
                 0, agreed(with({{"extensions", "permessage-deflate"}})));
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].messages[1], std::vector<std::string>{"stands alone"});
}

TEST(Websocket, frames_compressed_one_by_one_are_read) {
  Deflater deflater;
  const std::string first = deflater.message("Hello ");
  const std::string second = deflater.message("Hello again");
  const auto found =
      run_parser("websocket", {client(from_client(0x41, first) + from_client(0xc0, second))}, 0,
                 agreed(with({{"extensions", "x-webkit-deflate-frame"}})));
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].messages[0], std::vector<std::string>{"Hello Hello again"});
}

TEST(Websocket, a_compression_bomb_is_cut) {
  Deflater deflater;
  const std::string bomb = deflater.message(std::string(8 * 1024 * 1024, 'a'));
  const auto found = run_parser("websocket", {server(from_server(0xc2, bomb))}, 0,
                                agreed(with({{"extensions", "permessage-deflate"}})));
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_LE(found->inner[0].bytes[1].size(), found->limit_values.message_octets);
  EXPECT_LT(found->inner[0].bytes[1].size(), bomb.size() * 128);
  EXPECT_GT(found->inner[0].bytes[1].size(), found->limit_values.scan_octets);
  EXPECT_EQ(found->inner[0].gaps, 1);
}

TEST(Websocket, of_a_huge_message_the_head_is_delivered_and_a_gap) {
  std::string huge = hex("82 7f 0000000000100000");  // binary, 1 MiB in a 64-bit length
  huge += std::string(1024 * 1024, 'x') + from_server(0x81, "next");
  const auto found = run_parser("websocket", {server(huge)}, 0, agreed(kAgreed));
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].messages[1][0].size(), found->limit_values.message_octets);
  EXPECT_EQ(found->inner[0].messages[1][1], "next");
  EXPECT_EQ(found->inner[0].gaps, 1);
}

TEST(Websocket, a_bearer_token_in_the_subprotocol_is_redacted) {
  const auto found = run_parser(
      "websocket", {}, 0, agreed(with({{"protocol", "v1, authorization.bearer.eyJhbGciOi.x.y"}})));
  EXPECT_EQ(std::get<std::string>(found->notes["websocket.subprotocol"]),
            "v1, authorization.bearer(redacted)");
}

TEST(Websocket, the_close_code_is_noted) {
  const auto found = run_parser("websocket",
                                {client(from_client(0x88, std::string("\x03\xe9", 2))),
                                 server(from_server(0x88, std::string("\x03\xe9", 2)))},
                                0, agreed(kAgreed));
  EXPECT_EQ(std::get<int64_t>(found->notes["websocket.close_code"]), 1001);
  EXPECT_TRUE(found->finished);
}

TEST(Websocket, oddities_of_real_peers_are_passed_over) {
  // an unmasked ping of a client; a close frame with a 64-bit length
  const auto found = run_parser(
      "websocket",
      {client(hex("8900") + from_client(0x81, "text")), server(hex("887f 0000000000000002 03e8"))},
      0, agreed(kAgreed));
  EXPECT_EQ(found->inner[0].messages[0], std::vector<std::string>{"text"});
  EXPECT_EQ(std::get<int64_t>(found->notes["websocket.close_code"]), 1000);
}

TEST(Websocket, octets_that_are_no_frames_end_the_reading_but_not_the_proof) {
  const auto found = run_parser("websocket", {server("HTTP/1.1 200 OK\r\n")}, 0, agreed(kAgreed));
  EXPECT_TRUE(found->finished);
  EXPECT_EQ(found->best(), Strength::proof);
}

// ---- the drafts before hybi-01
// ---------------------------------------------------------------------

// draft-hixie-thewebsocketprotocol-76 section 1.2
const Parameters kHixie76 = {{"request", "seen"},
                             {"answer", "seen"},
                             {"key1", "4 @1  46546xW%0l 1 5"},
                             {"key2", "12998 5 Y3 1  .P00"},
                             {"key3", "^n:ds[4U"},
                             {"hixie76-location", "ws://example.com/demo"}};

TEST(Websocket, the_answer_of_hixie76_is_checked) {
  const std::vector<Said> talk = {server("8jKS'y:G*Co,Wxa-" + std::string("\0hi\xff", 4)),
                                  client(std::string("\0ho\xff\xff\0", 6))};
  const auto found = run_parser("websocket", talk, 0, agreed(kHixie76));
  EXPECT_TRUE(found->has("hixie-answer"));
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(found->inner[0].messages[0], std::vector<std::string>{"ho"});
  EXPECT_EQ(found->inner[0].messages[1], std::vector<std::string>{"hi"});
  expect_parser_habits("websocket", talk, agreed(kHixie76));
}

TEST(Websocket, a_wrong_answer_of_hixie76_is_noted) {
  const auto found = run_parser("websocket", {server("0123456789abcdef")}, 0, agreed(kHixie76));
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_TRUE(std::get<bool>(found->notes["websocket.accept_mismatch"]));
}

TEST(Websocket, hixie75_is_proven_by_messages_of_both_sides) {
  const Parameters hixie75 = {
      {"request", "seen"}, {"answer", "seen"}, {"hixie75-location", "ws://a/"}};
  const auto found = run_parser(
      "websocket", {client(std::string("\0a\xff", 3)), server(std::string("\0b\xff", 3))}, 0,
      agreed(hixie75));
  EXPECT_TRUE(found->has("hixie-frames"));
}

// ---- without a handshake
// ---------------------------------------------------------------------------

TEST(Websocket, a_chain_of_frames_of_both_sides_is_strong) {
  const auto found =
      run_parser("websocket", {client(from_client(0x82, "a") + from_client(0x8a, "")),
                               server(from_server(0x82, "b")), client(from_client(0x82, "c"))});
  ASSERT_TRUE(found->has("frame-chain"));
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_EQ(found->confirmed.at(0).octets, "") << "what it says is not shown";
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].messages[0], (std::vector<std::string>{"a", "c"}))
      << "also what came before";
  EXPECT_EQ(std::get<int64_t>(found->notes["websocket.frames_toserver"]), 3);
}

TEST(Websocket, without_a_handshake_the_client_is_who_masks) {
  const auto found =
      run_parser("websocket", {server(from_client(0x81, "text") + from_client(0x81, "text")),
                               client(from_server(0x81, "back"))});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].messages[0], (std::vector<std::string>{"text", "text"}));
  EXPECT_EQ(found->inner[0].messages[1], std::vector<std::string>{"back"});
}

TEST(Websocket, one_side_alone_says_nothing) {
  std::string chain;
  for (int i = 0; i < 10; ++i) chain += from_client(0x81, "readable");
  EXPECT_EQ(run_parser("websocket", {client(chain)})->best(), Strength::none);
  chain.clear();
  for (int i = 0; i < 10; ++i) chain += from_server(0x81, "readable");
  EXPECT_EQ(run_parser("websocket", {server(chain)})->best(), Strength::none);
}

TEST(Websocket, what_only_looks_like_frames_is_not_confirmed) {
  const std::vector<std::pair<const char*, std::vector<Said>>> cases = {
      {"MQTT SUBSCRIBE and SUBACK",
       {client(hex("820b00010006746f7069635801")), server(hex("9003000100"))}},
      {"SOCKS5", {client(hex("050100")), server(hex("0500"))}},
      {"SOCKS answer 01 00", {client(hex("0100")), server(hex("0100"))}},
      {"SCCP", {client(hex("8800000012000000")), server(hex("8800000012000000"))}},
      {"Modbus",
       {client(hex("020200000006010400100002")), server(hex("020200000006010400100002"))}},
      {"OpenFlow", {client(hex("0104001800000018")), server(hex("0104001800000018"))}},
      {"a chain that begins with a close frame",
       {client(from_client(0x88, "") + from_client(0x81, "text") + from_client(0x81, "text")),
        server(from_server(0x81, "text"))}},
      {"both sides masked",
       {client(from_client(0x81, "text") + from_client(0x81, "text") + from_client(0x81, "text")),
        server(from_client(0x81, "text"))}},
      {"text that is not UTF-8",
       {client(from_client(0x81, "\xff\xfe\xfd") + from_client(0x81, "\xff\xfe\xfd") +
               from_client(0x81, "\xff\xfe\xfd")),
        server(from_server(0x82, "text"))}},
  };
  for (const auto& [name, talk] : cases) {
    EXPECT_EQ(run_parser("websocket", talk)->best(), Strength::none) << name;
  }
}

// ---- holes
// -----------------------------------------------------------------------------------------

TEST(Websocket, a_hole_inside_a_payload_is_survived) {
  RecordingFindings findings;
  const auto parser = find_parser("websocket")->make(agreed(kAgreed));
  parser->data(Direction::to_client, as_bytes(hex("82 0a") + "abc"), findings);
  parser->gap(Direction::to_client, 5, findings);
  parser->data(Direction::to_client, as_bytes("ij" + from_server(0x81, "next")), findings);
  ASSERT_EQ(findings.inner.size(), 1U);
  EXPECT_EQ(findings.inner[0].messages[1], (std::vector<std::string>{"abc", "next"}));
  EXPECT_EQ(findings.inner[0].gaps, 1);
}

TEST(Websocket, behind_a_larger_hole_only_whole_frames_are_trusted) {
  RecordingFindings findings;
  const auto parser = find_parser("websocket")->make(agreed(kAgreed));
  parser->data(Direction::to_client, as_bytes(from_server(0x81, "one")), findings);
  parser->gap(Direction::to_client, 100, findings);
  parser->data(Direction::to_client, as_bytes("the rest of some frame"), findings);
  parser->data(Direction::to_client, as_bytes(from_server(0x81, "two")), findings);
  EXPECT_EQ(findings.inner[0].messages[1], (std::vector<std::string>{"one", "two"}));
}

}  // namespace
}  // namespace parlance::test
