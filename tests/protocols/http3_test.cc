#include <gtest/gtest.h>

#include "base/text.h"
#include "protocols/support/qpack_reader.h"
#include "protocols/support/quic_stream_part.h"
#include "support/recording_findings.h"

namespace parlance::test {
namespace {

/// A part of a stream as the QUIC parser hands it on.
std::string part(uint64_t stream, const std::string& octets,
                 QuicStreamPart::Kind kind = QuicStreamPart::Kind::octets, uint64_t missing = 0) {
  std::vector<uint8_t> message;
  write_quic_stream_part({stream, kind, missing, as_bytes(octets)}, message);
  return std::string(as_text(message));
}
std::string last(uint64_t stream, const std::string& octets) {
  return part(stream, octets, QuicStreamPart::Kind::last);
}
std::string gap(uint64_t stream, uint64_t missing) {
  return part(stream, {}, QuicStreamPart::Kind::gap, missing);
}
/// A frame; its length in two octets.
std::string frame(char type, const std::string& payload) {
  return std::string(1, type) + static_cast<char>(0x40 | payload.size() >> 8) +
         static_cast<char>(payload.size()) + payload;
}
/// A field line with a literal name (RFC 9204 section 4.5.6), both shorter than 7 and 127 octets …
std::string field(const std::string& name, const std::string& value) {
  const std::string length = name.size() < 7
                                 ? std::string(1, static_cast<char>(0x20 | name.size()))
                                 : std::string("\x27") + static_cast<char>(name.size() - 7);
  return length + name + static_cast<char>(value.size()) + value;
}
const std::string kNoTable = std::string(2, '\0');  // the section does without the dynamic table
std::string request(const std::string& path, const std::string& more = {}) {
  return frame(1, kNoTable + hex("d1 d7") +  // GET, https
                      hex("50 07") + "example" + hex("51") + static_cast<char>(path.size()) + path + more);
}
std::string answer(const std::string& more = {}) {
  return frame(1, kNoTable + hex("d9") + more);  // 200
}
const std::string kConnect =
    frame(1, kNoTable + hex("cf d7 50 07") + "example" + hex("51 05") + "/chat" +
                 field(":protocol", "websocket") + field("sec-websocket-version", "13"));

const Said kClientControl = client(part(2, hex("00 04 05 01 40dc 07 08")));
const Said kServerControl = server(part(3, hex("00 04 07 01 40dc 07 08 08 01")));

TEST(Http3, settings_on_a_control_stream_are_proof) {
  const auto found = run_parser("http3", {kClientControl});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_TRUE(found->has("settings"));
  expect_parser_habits("http3", {kClientControl, kServerControl});
}

TEST(Http3, settings_may_be_cut_anywhere_and_what_follows_them_is_passed_over) {
  const std::string octets = hex("00 04 05 01 40dc 07 08") + hex("07 01 00") + std::string(3000, '\x0d');
  for (size_t cut = 0; cut <= 12; ++cut) {
    const auto found = run_parser(
        "http3", {client(part(2, octets.substr(0, cut))), client(part(2, octets.substr(cut)))});
    EXPECT_TRUE(found->has("settings")) << cut;
    EXPECT_FALSE(found->is_over()) << cut;
  }
}

TEST(Http3, settings_that_cannot_be_are_refused) {
  for (const char* each : {"00 07 01 00",               // GOAWAY first
                           "00 04 02 02 01",            // a setting of HTTP/2
                           "00 04 04 01 40dc 00",       // half a pair
                           "00 04 7fff"}) {             // too long
    const auto found = run_parser("http3", {client(part(2, hex(each)))});
    EXPECT_EQ(found->best(), Strength::none) << each;
    EXPECT_FALSE(found->refuted.empty()) << each;
  }
}

class Http3Fields : public testing::Test {
 protected:
  void SetUp() override {
    if (!QpackReader::available()) GTEST_SKIP() << "built without nghttp3";
  }
};

TEST_F(Http3Fields, a_request_and_its_answer_are_read) {
  const std::vector<Said> talk = {
      kClientControl, kServerControl,
      client(last(0, request("/index.html?token=1", field("user-agent", "curl/8")))),
      server(part(0, answer(field("content-type", "application/json") + field("server", "nginx")))),
      server(last(0, frame(0, "{\"a\":1}")))};
  const auto found = run_parser("http3", talk);
  EXPECT_TRUE(found->has("field-section"));
  EXPECT_TRUE(found->has("exchange"));
  EXPECT_EQ(std::get<std::string>(found->notes.at("http.version")), "3");
  EXPECT_EQ(std::get<std::string>(found->notes.at("http.url")), "/index.html");
  EXPECT_EQ(std::get<std::string>(found->notes.at("http.hostname")), "example");
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].carrier, Carrier::http);
  EXPECT_EQ(found->inner[0].messages[1], std::vector<std::string>{"{\"a\":1}"});
  expect_parser_habits("http3", talk);
}

TEST_F(Http3Fields, frames_may_be_cut_anywhere) {
  const std::string octets = request("/") + frame(0, "") + frame(0x21, "grease") + frame(0, "body");
  for (size_t cut = 0; cut <= octets.size(); ++cut) {
    const auto found = run_parser("http3", {client(part(0, octets.substr(0, cut))),
                                            client(last(0, octets.substr(cut)))});
    EXPECT_TRUE(found->has("field-section")) << cut;
    EXPECT_FALSE(found->notes.contains("http.unread_streams")) << cut;
  }
}

TEST_F(Http3Fields, hundreds_of_requests_share_one_channel_of_bodies) {
  std::vector<Said> talk;
  for (uint64_t id = 0; id < 4 * 500; id += 4) {
    talk.push_back(client(last(id, request("/poll"))));
    talk.push_back(server(last(id, answer(field("content-type", "text/plain")) + frame(0, "hello"))));
  }
  const auto found = run_parser("http3", talk);
  EXPECT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].messages[1].size(), 500U);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("http.requests")), 500);
}

TEST_F(Http3Fields, an_extended_connect_that_is_granted_opens_a_websocket) {
  const std::string frames = hex("8185 00000000") + "Hello";
  const std::vector<Said> talk = {kServerControl, client(part(0, kConnect)),
                                  server(part(0, answer(field("sec-websocket-protocol", "xmpp")))),
                                  client(part(0, frame(0, frames))),
                                  server(part(0, frame(0, hex("8101") + "x")))};
  const auto found = run_parser("http3", talk);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].parser, "websocket");
  EXPECT_EQ(find(found->inner[0].parameters, "over"), "http/3");
  EXPECT_EQ(find(found->inner[0].parameters, "protocol"), "xmpp");
  EXPECT_EQ(found->inner[0].bytes[0], frames);
  EXPECT_EQ(found->inner[0].bytes[1], hex("8101") + "x");
  expect_parser_habits("http3", talk);
}

TEST_F(Http3Fields, a_refused_connect_opens_nothing) {
  const std::string refused = frame(1, kNoTable + field(":status", "403"));
  const auto found = run_parser("http3", {client(part(0, kConnect)), server(last(0, refused))});
  EXPECT_TRUE(found->inner.empty());
}

TEST_F(Http3Fields, a_hole_in_a_websocket_is_a_gap_and_one_between_frames_loses_the_stream) {
  const std::vector<Said> opened = {client(part(0, kConnect)), server(part(0, answer()))};
  std::vector<Said> inside = opened;
  inside.push_back(server(part(0, frame(0, "123456789").substr(0, 6))));
  inside.push_back(server(gap(0, 3)));
  inside.push_back(server(part(0, "789")));
  const auto found = run_parser("http3", inside);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].gaps, 1);
  EXPECT_EQ(found->inner[0].bytes[1], "123789");

  std::vector<Said> between = opened;
  between.push_back(server(gap(0, 3)));
  between.push_back(server(part(0, frame(0, "x"))));
  const auto lost = run_parser("http3", between);
  EXPECT_EQ(lost->inner[0].bytes[1], "");
  EXPECT_EQ(std::get<int64_t>(lost->notes.at("http.unread_streams")), 1);
}

// RFC 9204 appendix B.2: the encoder stream brings :authority and :path, a section refers to both.
const std::string kEncoder =
    hex("02 3fbd01 c00f 7777772e6578616d706c652e636f6d c10c 2f73616d706c652f70617468");
const std::string kWithTable = frame(1, hex("03 81 d1 d7 10 11"));

TEST_F(Http3Fields, sections_wait_for_what_the_encoder_stream_brings) {
  const std::vector<std::vector<Said>> orders = {
      {kServerControl, client(part(6, kEncoder)), client(last(0, kWithTable))},
      {kServerControl, client(last(0, kWithTable)), client(part(6, kEncoder))},
      {client(part(6, kEncoder)), client(last(0, kWithTable)), kServerControl},
      {client(last(0, kWithTable)), kServerControl, client(part(6, kEncoder.substr(0, 9))),
       client(part(6, kEncoder.substr(9)))}};
  for (const auto& each : orders) {
    const auto found = run_parser("http3", each);
    ASSERT_TRUE(found->notes.contains("http.url"));
    EXPECT_EQ(std::get<std::string>(found->notes.at("http.url")), "/sample/path");
    EXPECT_EQ(std::get<std::string>(found->notes.at("http.hostname")), "www.example.com");
    expect_parser_habits("http3", each);
  }
}

TEST_F(Http3Fields, without_a_part_of_the_encoder_stream_sections_are_lost_not_guessed) {
  const auto found = run_parser("http3", {kServerControl, client(gap(6, 9)), client(last(0, kWithTable)),
                                          client(last(4, request("/plain")))});
  EXPECT_EQ(std::get<int64_t>(found->notes.at("http.unread_streams")), 1);
  EXPECT_EQ(std::get<std::string>(found->notes.at("http.url")), "/plain");
}

// The required insert count wraps around: 12 entries on it would be written the same (section 4.5.1.1).
TEST_F(Http3Fields, behind_a_hole_of_the_encoder_stream_no_entry_is_taken_for_another) {
  const auto found =
      run_parser("http3", {kServerControl, client(part(6, kEncoder)), client(gap(6, 200)),
                           client(last(0, kWithTable)), client(last(4, request("/plain")))});
  EXPECT_EQ(std::get<int64_t>(found->notes.at("http.unread_streams")), 1);
  EXPECT_EQ(found->fields.count("http.path"), 1U);
  EXPECT_EQ(std::get<std::string>(found->notes.at("http.url")), "/plain");
}

TEST_F(Http3Fields, what_a_hole_made_useless_no_longer_counts_as_kept) {
  std::vector<Said> talk;
  const std::string much = std::string(61600, 'x');  // 17 times that leaves 1 KiB of what may be kept
  for (uint64_t id = 0; id < 4 * 100; id += 4) {
    talk.push_back(client(part(id, hex("01 8000ffff") + much)));
    talk.push_back(client(gap(id, 9)));
  }
  std::string fields;
  for (int i = 0; i < 20; ++i) fields += field("a", std::string(100, 'a'));
  const std::string octets = request("/whole", fields);
  talk.push_back(client(part(400, octets.substr(0, octets.size() - 1))));
  talk.push_back(client(last(400, octets.substr(octets.size() - 1))));
  const auto found = run_parser("http3", talk);
  EXPECT_EQ(found->fields.count("http.path"), 1U);
  EXPECT_EQ(std::get<int64_t>(found->notes.at("http.unread_streams")), 100);
}

TEST_F(Http3Fields, what_is_kept_of_all_streams_is_bounded) {
  std::vector<Said> talk;
  const std::string much = std::string(60000, 'x');
  for (uint64_t id = 0; id < 4 * 100; id += 4) {
    talk.push_back(client(part(id, hex("01 8000ffff") + much)));  // a section that never ends
  }
  const auto found = run_parser("http3", talk);
  EXPECT_GT(std::get<int64_t>(found->notes.at("http.unread_streams")), 70);
}

}  // namespace
}  // namespace parlance::test
