#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

constexpr char kData = 0, kHeaders = 1, kRstStream = 3, kSettingsType = 4, kPushPromise = 5;
constexpr char kContinuation = 9;
constexpr int kEndStream = 1, kEndHeaders = 4, kPadded = 8, kPriority = 0x20;

std::string number(size_t value, int octets) {
  std::string text;
  for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) {
    text += static_cast<char>(value >> shift & 0xff);
  }
  return text;
}

std::string frame(char type, int flags, uint32_t stream, const std::string& payload) {
  return number(payload.size(), 3) + type + static_cast<char>(flags) + number(stream, 4) + payload;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

/// A field block of literals that are kept out of the table (RFC 7541 section 6.2.2).
std::string block(const Fields& fields) {
  std::string result;
  for (const auto& [name, value] : fields) {
    result += '\0';
    for (const std::string& each : {name, value}) {
      if (each.size() < 127) {
        result += static_cast<char>(each.size());
      } else {  // section 5.1; 255 octets at most are needed here
        result += '\x7f';
        const size_t rest = each.size() - 127;
        if (rest >= 128) result += static_cast<char>(rest % 128 + 128);
        result += static_cast<char>(rest >= 128 ? rest / 128 : rest);
      }
      result += each;
    }
  }
  return result;
}

std::string headers(uint32_t stream, const Fields& fields, bool ends) {
  return frame(kHeaders, kEndHeaders | (ends ? kEndStream : 0), stream, block(fields));
}
std::string data(uint32_t stream, const std::string& octets, bool ends) {
  return frame(kData, ends ? kEndStream : 0, stream, octets);
}

const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
// MAX_CONCURRENT_STREAMS = 100
const std::string kSettings = frame(kSettingsType, 0, 0, hex("0003 00000064"));
// ENABLE_CONNECT_PROTOCOL = 1
const std::string kOffersConnect = frame(kSettingsType, 0, 0, hex("0008 00000001"));
const std::string kAck = frame(kSettingsType, 1, 0, "");
const std::string kOpen = kPreface + kSettings + kAck;

const Fields kGet = {{":method", "GET"},
                     {":scheme", "http"},
                     {":authority", "a.example:80"},
                     {":path", "/path?token=secret"},
                     {"user-agent", "tester/1"}};
Fields post(const std::string& type) {
  return {{":method", "POST"}, {":scheme", "http"}, {":authority", "a.example"}, {":path", "/p"},
          {"content-type", type}};
}
const Fields kConnect = {{":method", "CONNECT"}, {":authority", "b.example:25"}};
const Fields kWebSocket = {{":method", "CONNECT"},
                           {":protocol", "websocket"},
                           {":scheme", "https"},
                           {":path", "/chat?x"},
                           {":authority", "a.example"},
                           {"sec-websocket-version", "13"},
                           {"sec-websocket-protocol", "xmpp"},
                           {"origin", "https://a.example"}};

std::string text_of(const RecordingFindings& found, const std::string& key) {
  const auto at = found.notes.find(key);
  return at == found.notes.end() ? "" : std::get<std::string>(at->second);
}
int64_t number_of(const RecordingFindings& found, const std::string& key) {
  const auto at = found.notes.find(key);
  return at == found.notes.end() ? 0 : std::get<int64_t>(at->second);
}

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

TEST(Http2, the_server_may_open_first) {
  const auto found = run_parser("http2", {server(kSettings), client(kOpen)});
  EXPECT_TRUE(found->has("server-settings"));
}

TEST(Http2, a_client_may_acknowledge_before_it_says_its_own_settings) {
  const auto found = run_parser(
      "http2", {server(kSettings), client(kPreface + kAck + kSettings + headers(1, kGet, true))});
  EXPECT_TRUE(found->has("server-settings"));
  EXPECT_TRUE(found->has("field-block"));
}

TEST(Http2, the_preface_alone_is_strong) {
  EXPECT_EQ(run_parser("http2", {client(kPreface)})->best(), Strength::strong);
  const auto other = run_parser("http2", {client(kPreface + "GET / HTTP/1.1\r\n")});
  EXPECT_EQ(other->best(), Strength::strong);
  EXPECT_TRUE(other->finished);
}

TEST(Http2, another_beginning_is_refuted) {
  EXPECT_FALSE(run_parser("http2", {client("PRI * HTTP/1.0\r\n")})->refuted.empty());
  EXPECT_FALSE(run_parser("http2", {server("HTTP/1.1 200 OK\r\n")})->refuted.empty());
}

// ---- requests and answers -----------------------------------------------------------------------

TEST(Http2, says_of_a_request_what_http1_says) {
  const std::vector<Said> talk = {
      client(kOpen + headers(1, kGet, true)),
      server(kSettings + kAck +
             headers(1, {{":status", "200"}, {"server", "s/1"}, {"content-type", "text/html"}}, false) +
             data(1, "<html>", true))};
  const auto found = run_parser("http2", talk);
  EXPECT_TRUE(found->has("field-block"));
  EXPECT_TRUE(found->has("exchange"));
  EXPECT_EQ(found->fields.find("http.method")->second, "GET");
  EXPECT_EQ(found->fields.find("http.host")->second, "a.example");
  EXPECT_EQ(found->fields.find("http.path")->second, "/path");
  EXPECT_EQ(found->fields.find("http.user_agent")->second, "tester/1");
  EXPECT_EQ(found->fields.find("http.server")->second, "s/1");
  EXPECT_EQ(text_of(*found, "http.version"), "2");
  EXPECT_EQ(text_of(*found, "http.url"), "/path");
  EXPECT_EQ(number_of(*found, "http.requests"), 1);
  EXPECT_EQ(number_of(*found, "http.status"), 200);
  for (const Confirmation& each : found->confirmed) {
    EXPECT_EQ(each.octets.find("secret"), std::string::npos);
  }
  expect_parser_habits("http2", talk);
}

TEST(Http2, bodies_of_all_streams_share_a_channel) {
  const Fields ok = {{":status", "200"}, {"content-type", "text/xml"}};
  const std::vector<Said> talk = {
      client(kOpen + headers(1, post("text/xml"), false) + headers(3, post("text/xml"), false) +
             data(1, "<a", false) + data(3, "<b/>", true) + data(1, "/>", true)),
      server(kSettings + headers(3, ok, false) + data(3, "<c/>", true) + headers(1, ok, false) +
             data(1, "<d/>", false) + headers(1, {{"trailer", "x"}}, true))};
  const auto found = run_parser("http2", talk);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].carrier, Carrier::http);
  EXPECT_EQ(found->inner[0].unit, Unit::message);
  EXPECT_EQ(found->inner[0].messages[0], (std::vector<std::string>{"<b/>", "<a/>"}));
  EXPECT_EQ(found->inner[0].messages[1], (std::vector<std::string>{"<c/>", "<d/>"}));
  expect_parser_habits("http2", talk);
}

TEST(Http2, padding_and_priority_are_no_part_of_what_is_said) {
  const std::string padded = frame(kData, kPadded | kEndStream, 1, hex("03") + "<a/>" + hex("000000"));
  const std::string request =
      frame(kHeaders, kEndHeaders | kPadded | kPriority, 1,
            hex("02 00000000 10") + block(post("text/xml")) + hex("0000"));
  const std::vector<Said> talk = {client(kOpen + request + padded)};
  const auto found = run_parser("http2", talk);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].bytes[0], "<a/>");
  expect_parser_habits("http2", talk);
}

TEST(Http2, a_block_goes_on_in_continuation_frames) {
  const std::string whole = block(kGet);
  const std::vector<Said> talk = {client(
      kOpen + frame(kHeaders, kEndStream, 1, whole.substr(0, 10)) +
      frame(kContinuation, 0, 1, whole.substr(10, 7)) + frame(kContinuation, 0, 1, "") +
      frame(kContinuation, kEndHeaders, 1, whole.substr(17)))};
  const auto found = run_parser("http2", talk);
  EXPECT_TRUE(found->has("field-block"));
  EXPECT_EQ(text_of(*found, "http.hostname"), "a.example");
  expect_parser_habits("http2", talk);
  EXPECT_TRUE(run_parser("http2", {client(kOpen + frame(kHeaders, 0, 1, whole) + kAck)})->finished);
}

TEST(Http2, promised_requests_keep_the_decoder_in_step) {
  const auto found = run_parser(
      "http2", {client(kOpen + headers(1, kGet, true)),
                server(kSettings +
                       frame(kPushPromise, kEndHeaders, 1, number(2, 4) + block(kGet)) +
                       headers(2, {{":status", "200"}, {"content-type", "text/xml"}}, false) +
                       data(2, "<p/>", true))});
  EXPECT_EQ(number_of(*found, "http.requests"), 1);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].bytes[1], "<p/>");
}

// ---- tunnels ------------------------------------------------------------------------------------

TEST(Http2, an_extended_connect_opens_a_websocket) {
  const std::vector<Said> talk = {
      client(kOpen), server(kOffersConnect + kAck), client(headers(1, kWebSocket, false)),
      server(headers(1, {{":status", "200"}, {"sec-websocket-protocol", "xmpp"}}, false)),
      client(data(1, "from client", false)), server(data(1, "from server", false))};
  const auto found = run_parser("http2", talk);
  ASSERT_EQ(found->inner.size(), 1U);
  const InnerChannel& inner = found->inner[0];
  EXPECT_EQ(inner.parser, "websocket");
  EXPECT_EQ(find(inner.parameters, "over"), "http/2");
  EXPECT_EQ(find(inner.parameters, "protocol"), "xmpp");
  EXPECT_EQ(find(inner.parameters, "host"), "a.example");
  EXPECT_EQ(find(inner.parameters, "path"), "/chat");
  EXPECT_EQ(inner.bytes[0], "from client");
  EXPECT_EQ(inner.bytes[1], "from server");
  expect_parser_habits("http2", talk);
}

TEST(Http2, a_refused_connect_opens_nothing) {
  const auto found = run_parser(
      "http2", {client(kOpen + headers(1, kWebSocket, false) + data(1, "early", false)),
                server(kSettings + headers(1, {{":status", "403"}}, false) + data(1, "no", true)),
                client(data(1, "late", true))});
  EXPECT_TRUE(found->inner.empty());
}

TEST(Http2, a_connect_is_a_tunnel_of_octets) {
  const std::vector<Said> talk = {client(kOpen + headers(1, kConnect, false) + data(1, "EHLO", false)),
                                  server(kSettings + headers(1, {{":status", "200"}}, false) +
                                         data(1, "220 ", false) + data(1, "hi", true)),
                                  client(data(1, " there", true))};
  const auto found = run_parser("http2", talk);
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].parser, "");
  EXPECT_EQ(found->inner[0].carrier, Carrier::tcp);
  EXPECT_EQ(found->inner[0].bytes[0], "EHLO there");
  EXPECT_EQ(found->inner[0].bytes[1], "220 hi");
  EXPECT_EQ(text_of(*found, "http.hostname"), "b.example");
  expect_parser_habits("http2", talk);
}

TEST(Http2, so_many_tunnels_are_looked_into_and_no_more) {
  std::string asks = kOpen, grants = kSettings;
  for (uint32_t stream = 1; stream < 101; stream += 2) {
    asks += headers(stream, kConnect, false);
    grants += headers(stream, {{":status", "200"}}, false) + data(stream, "x", true);
  }
  const auto found = run_parser("http2", {client(asks), server(grants)});
  EXPECT_EQ(found->inner.size(), Limits{}.http_tunnels);
}

TEST(Http2, refused_connects_take_no_tunnel_from_those_that_follow) {
  std::string asks = kOpen, answers = kSettings;
  const auto count = static_cast<uint32_t>(Limits{}.http_tunnels);
  for (uint32_t each = 0; each < count; ++each) asks += headers(2 * each + 1, kConnect, false);
  for (uint32_t each = 0; each < count; ++each) {
    answers += headers(2 * each + 1, {{":status", "403"}}, true);
  }
  const uint32_t last = 2 * count + 1;
  const auto found = run_parser("http2", {client(asks), server(answers), client(headers(last, kConnect, false)),
                                          server(headers(last, {{":status", "200"}}, false) +
                                                 data(last, "x", false))});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].bytes[1], "x");
}

// ---- gRPC and DNS -------------------------------------------------------------------------------

TEST(Http2, grpc_messages_of_a_stream_without_end_are_delivered_in_runs) {
  const std::string hello = hex("00 00000003") + "abc";
  const auto found = run_parser(
      "http2",
      {client(kOpen + headers(1, post("application/grpc"), false) + data(1, hello, false) +
              data(1, hello.substr(0, 6), false) + data(1, hello.substr(6), false)),
       server(kSettings +
              headers(1, {{":status", "200"}, {"content-type", "application/grpc+proto"}}, false) +
              data(1, hello + hello, false) + headers(1, {{"grpc-status", "0"}}, true))});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].parser, "grpc");
  EXPECT_EQ(find(found->inner[0].parameters, "path"), "/p");
  EXPECT_EQ(found->inner[0].messages[0], (std::vector<std::string>{hello, hello}));
  EXPECT_EQ(found->inner[0].messages[1], (std::vector<std::string>{hello + hello}));
}

// ---- h2c by Upgrade -----------------------------------------------------------------------------

TEST(Http2, behind_an_upgrade_the_request_that_asked_is_stream_1) {
  const Parameters parameters = {{"upgrade", "h2c"}, {"method", "HEAD"}, {"settings", "AAMAAABkAAQAAP__"}};
  const Start start{Carrier::tcp, Unit::bytes, true, false, &parameters};
  const std::vector<Said> talk = {
      server(kSettings + headers(1, {{":status", "200"}, {"content-type", "text/xml"}}, true)),
      client(kOpen)};
  const auto found = run_parser("http2", talk, 0, start);
  EXPECT_TRUE(found->has("server-settings"));
  EXPECT_TRUE(found->has("field-block"));
  EXPECT_EQ(number_of(*found, "http.requests"), 0);
  expect_parser_habits("http2", talk, start);
}

// ---- what was not captured ----------------------------------------------------------------------

TEST(Http2, a_server_alone_is_proven_by_its_answers) {
  const auto found = run_parser(
      "http2", {server(kSettings + headers(1, {{":status", "204"}, {"server", "s"}}, true))});
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(number_of(*found, "http.status"), 204);
}

TEST(Http2, a_connection_joined_late_is_strong_at_most) {
  const std::string ping = frame(6, 0, 0, "12345678"), pong = frame(6, 1, 0, "12345678");
  const std::string update = frame(8, 0, 0, hex("00001000"));
  const Start start{Carrier::tcp, Unit::bytes, false, true, nullptr};
  const std::vector<Said> talk = {client(ping + update + headers(7, kGet, true)),
                                  server(pong + update + data(7, "abc", true))};
  const auto found = run_parser("http2", talk, 0, start);
  EXPECT_EQ(found->best(), Strength::strong);
  EXPECT_TRUE(found->has("frame-chain"));
  EXPECT_EQ(found->fields.count("http.host"), 0U);  // the decoder's table is not known
  EXPECT_TRUE(std::get<bool>(found->notes.at("http.headers_lost")));
  EXPECT_EQ(run_parser("http2", {talk[0]}, 0, start)->best(), Strength::none);
  EXPECT_EQ(run_parser("http2", {client(ping + ping + ping), server(pong + pong + pong)}, 0, start)
                ->best(),
            Strength::none);  // one type of frame
}

/// Runs the parser over octets of the client with a hole before the last of them.
std::unique_ptr<RecordingFindings> with_hole(const std::string& before, uint64_t missing,
                                             const std::string& behind) {
  const auto parser = find_parser("http2")->make({});
  auto found = std::make_unique<RecordingFindings>();
  parser->data(Direction::to_client, as_bytes(kOffersConnect), *found);
  parser->data(Direction::to_server, as_bytes(kOpen + headers(1, kConnect, false)), *found);
  const std::string granted = headers(1, {{":status", "200"}}, false);
  parser->data(Direction::to_client, as_bytes(granted), *found);
  parser->data(Direction::to_server, as_bytes(before), *found);
  parser->gap(Direction::to_server, missing, *found);
  if (!found->is_over()) parser->data(Direction::to_server, as_bytes(behind), *found);
  return found;
}

TEST(Http2, a_hole_inside_data_is_passed_over) {
  const std::string frame = data(1, "0123456789", false);
  const auto found = with_hole(frame.substr(0, 12), 4, frame.substr(16) + headers(3, kGet, true));
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].bytes[0], "012789");
  EXPECT_EQ(found->inner[0].gaps, 1);
  EXPECT_EQ(number_of(*found, "http.requests"), 2);
  EXPECT_EQ(found->notes.count("http.headers_lost"), 0U);
}

TEST(Http2, a_hole_over_frames_loses_the_headers_but_not_the_streams) {
  const auto found =
      with_hole(data(1, "abc", false), 100, data(1, "def", false) + headers(3, kGet, true));
  EXPECT_EQ(found->inner[0].bytes[0], "abcdef");
  EXPECT_EQ(found->inner[0].gaps, 1);
  EXPECT_EQ(number_of(*found, "http.requests"), 1);
  EXPECT_TRUE(std::get<bool>(found->notes.at("http.headers_lost")));
}

// ---- hostile peers ------------------------------------------------------------------------------

TEST(Http2, rapid_reset_keeps_no_streams) {
  std::string asks = kOpen;
  for (uint32_t stream = 1; stream < 4001; stream += 2) {
    asks += headers(stream, post("text/xml"), false) + data(stream, "<a>", false) +
            frame(kRstStream, 0, stream, number(8, 4));
  }
  const auto found = run_parser("http2", {client(asks)});
  EXPECT_TRUE(found->inner.empty());
  EXPECT_GT(number_of(*found, "http.requests"), 1900);
}

TEST(Http2, bodies_are_kept_within_their_bound) {
  std::string asks = kOpen;
  const std::string part(16000, 'x');
  for (uint32_t stream = 1; stream < 400; stream += 2) {
    asks += headers(stream, post("text/xml"), false) + data(stream, part, false);
  }
  for (uint32_t stream = 1; stream < 400; stream += 2) asks += data(stream, "", true);
  const auto found = run_parser("http2", {client(asks)});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_LE(found->inner[0].bytes[0].size(), Limits{}.http_bodies_octets);
  EXPECT_GT(found->inner[0].bytes[0].size(), Limits{}.http_bodies_octets / 2);
}

TEST(Http2, continuation_without_end_is_given_up_but_frames_are_walked) {
  std::string asks = kOpen + frame(kHeaders, 0, 1, block(kGet));
  const std::string part = block({{"a", std::string(200, 'a')}});
  for (int i = 0; i < 1000; ++i) asks += frame(kContinuation, 0, 1, part);
  const auto found = run_parser("http2", {client(asks)});
  EXPECT_TRUE(std::get<bool>(found->notes.at("http.headers_lost")));
  EXPECT_EQ(number_of(*found, "http.requests"), 0);
  EXPECT_TRUE(found->refuted.empty());
}

TEST(Http2, a_connection_with_nothing_inside_is_left_in_the_end) {
  std::vector<Said> talk = {client(kOpen)};
  for (uint32_t stream = 1; stream < 10'000; stream += 2) {
    talk.push_back(client(headers(stream, kGet, true)));
  }
  EXPECT_TRUE(run_parser("http2", talk)->finished);
  talk.insert(talk.begin(), server(kOffersConnect));
  EXPECT_FALSE(run_parser("http2", talk)->finished);  // a WebSocket may come any time
}

}  // namespace
}  // namespace parlance::test
