#include <gtest/gtest.h>
#include <zlib.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

const std::string kRequest =
    "GET /index.html?token=secret HTTP/1.1\r\nHost: example.net:8080\r\nUser-Agent: "
    "probe/1\r\n\r\n";
const std::string kAnswer =
    "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello";

std::string upgrade_request(const std::string& more = "") {
  return "GET /chat?t=1 HTTP/1.1\r\nhost: server.example.com\r\nUPGRADE: WebSocket\r\n"
         "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "Sec-WebSocket-Version: 13\r\nOrigin: http://example.com\r\n" +
         more + "\r\n";
}
const std::string kUpgradeAnswer =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(512, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string post(const std::string& type, const std::string& body, const std::string& more = "") {
  return "POST /http-bind HTTP/1.1\r\nHost: a.example\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more + "\r\n" + body;
}

TEST(Http1, request_and_answer_are_proof) {
  const auto found = run_parser("http1", {client(kRequest), server(kAnswer)});
  EXPECT_TRUE(found->has("request-line"));
  EXPECT_TRUE(found->has("header-block"));
  EXPECT_TRUE(found->has("exchange"));
  EXPECT_EQ(found->best(), Strength::proof);
  EXPECT_EQ(found->fields.find("http.host")->second, "example.net");
  EXPECT_EQ(found->fields.find("http.path")->second, "/index.html");
  EXPECT_EQ(std::get<std::string>(found->notes["http.url"]), "/index.html");
  EXPECT_EQ(std::get<std::string>(found->notes["http.version"]), "1.1");
  EXPECT_EQ(std::get<int64_t>(found->notes["http.status"]), 200);
  EXPECT_EQ(std::get<int64_t>(found->notes["http.requests"]), 1);
  EXPECT_TRUE(found->inner.empty()) << "a page is not looked into";
}

TEST(Http1, queries_and_credentials_are_not_shown) {
  for (const std::string target : {"/a?token=secret", "/a;sid=secret", "http://me:secret@a/b"}) {
    const auto found =
        run_parser("http1", {client("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n")});
    EXPECT_EQ(found->best(), Strength::proof);
    for (const Confirmation& each : found->confirmed) {
      EXPECT_EQ(each.octets.find("@"), std::string::npos);
      EXPECT_EQ(each.octets.find("sid"), std::string::npos);
      EXPECT_EQ(each.octets.find("token"), std::string::npos);
    }
  }
}

TEST(Http1, carriage_returns_without_end_are_refuted) {
  EXPECT_FALSE(run_parser("http1", {client(std::string(16, '\r'))})->refuted.empty());
}

TEST(Http1, has_the_habits_of_a_parser) {
  expect_parser_habits("http1",
                       {client(kRequest), server(kAnswer), client(post("text/xml", "<body/>")),
                        server("HTTP/1.1 204 No Content\r\nX: y\r\n\r\n")});
  expect_parser_habits("http1", {client(upgrade_request()), server(kUpgradeAnswer + "\x81\x02hi"),
                                 client(hex("8182 00000000") + "ho")});
}

TEST(Http1, a_start_line_alone_is_strong) {
  const auto found = run_parser("http1", {client("GET / HTTP/1.0\r\n")});
  EXPECT_EQ(found->best(), Strength::strong);
}

TEST(Http1, other_protocols_with_similar_lines_are_refuted) {
  for (const char* const line :
       {"REGISTER sip:a@b SIP/2.0\r\n\r\n", "OPTIONS * RTSP/1.0\r\n\r\n", "ICY 200 OK\r\n\r\n",
        "SIP/2.0 200 OK\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n", "hello HTTP/1.1\r\n", "USER guest\r\n",
        "220 mail ESMTP\r\n", "GET / HTTP/1.1\x01\r\n", "HTTP/1.1 2x0 OK\r\n"}) {
    const auto found = run_parser("http1", {client(line)});
    EXPECT_FALSE(found->refuted.empty()) << line;
    EXPECT_EQ(found->best(), Strength::none) << line;
  }
}

TEST(Http1, one_side_alone_is_read) {
  EXPECT_TRUE(run_parser("http1", {client(kRequest + kRequest)})->has("header-block"));
  const auto answers = run_parser("http1", {server(kAnswer + kAnswer)});
  EXPECT_TRUE(answers->has("header-block"));
  EXPECT_FALSE(answers->has("exchange"));
}

TEST(Http1, line_ends_may_be_bare_and_fields_folded) {
  const auto found = run_parser(
      "http1", {client("GET /a HTTP/1.1\nHOST: b.example\nX-Long: one\n  two\nUser-Agent: c\n\n")});
  EXPECT_TRUE(found->has("header-block"));
  EXPECT_EQ(found->fields.find("http.host")->second, "b.example");
}

TEST(Http1, credentials_do_not_reach_the_record) {
  const auto found = run_parser(
      "http1",
      {client("GET http://user:pw@h.example/p?key=1 HTTP/1.1\r\nHost: u:p@h.example\r\n\r\n")});
  EXPECT_EQ(std::get<std::string>(found->notes["http.url"]), "/p");
  EXPECT_EQ(std::get<std::string>(found->notes["http.hostname"]), "h.example");
}

TEST(Http1, pipelined_head_requests_have_no_bodies) {
  const std::string head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
  const auto found =
      run_parser("http1", {client(head + kRequest),
                           server("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + kAnswer)});
  EXPECT_EQ(std::get<int64_t>(found->notes["http.requests"]), 2);
  EXPECT_EQ(found->fields.count("http.content_type"), 1U) << "the second answer was read";
}

TEST(Http1, bodies_of_text_kinds_are_delivered_decoded) {
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
      "Transfer-Encoding: chunked\r\n\r\n4;x=y\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\nTrailer: t\r\n\r\n";
  const std::string zipped = gzip("<body rid='2'/>");
  const auto found = run_parser(
      "http1", {client(post("text/xml; charset=utf-8", "<body rid='1'/>")), server(chunked),
                client(post("application/xml", zipped, "Content-Encoding: gzip\r\n"))});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].carrier, Carrier::http);
  EXPECT_EQ(found->inner[0].unit, Unit::message);
  EXPECT_EQ(found->inner[0].messages[0],
            (std::vector<std::string>{"<body rid='1'/>", "<body rid='2'/>"}));
  EXPECT_EQ(found->inner[0].messages[1], std::vector<std::string>{"{\"a\":1}"});
}

TEST(Http1, downloads_are_not_delivered) {
  const auto found = run_parser(
      "http1",
      {client(kRequest), server("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.tcpdump.pcap"
                                "\r\nContent-Length: 100000\r\n\r\n" +
                                std::string(100000, '\x10') + kAnswer)});
  EXPECT_TRUE(found->inner.empty());
  EXPECT_EQ(found->fields.count("http.server"), 1U) << "the next answer was found behind it";
}

TEST(Http1, a_body_until_close_is_delivered_at_the_end) {
  const auto found = run_parser(
      "http1", {client("GET / HTTP/1.0\r\n\r\n"),
                server("HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n<a>"), server("</a>")});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].bytes[1], "<a></a>");
}

TEST(Http1, upgrade_to_websocket_hands_over_the_handshake) {
  const auto found =
      run_parser("http1", {client(upgrade_request("Sec-WebSocket-Protocol: xmpp, mqtt\r\n")),
                           server(kUpgradeAnswer + "\x81\x02hi"), client("frames")});
  ASSERT_EQ(found->inner.size(), 1U);
  const InnerChannel& inner = found->inner[0];
  EXPECT_EQ(inner.parser, "websocket");
  EXPECT_EQ(find(inner.parameters, "key"), "dGhlIHNhbXBsZSBub25jZQ==");
  EXPECT_EQ(find(inner.parameters, "accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(find(inner.parameters, "path"), "/chat");
  EXPECT_EQ(find(inner.parameters, "origin"), "http://example.com");
  EXPECT_EQ(find(inner.parameters, "protocol-requested"), "xmpp, mqtt");
  EXPECT_EQ(inner.bytes[0], "frames");
  EXPECT_EQ(inner.bytes[1], "\x81\x02hi");
}

TEST(Http1, a_silent_upgrade_is_told_at_once) {
  const auto found = run_parser("http1", {client(upgrade_request()), server(kUpgradeAnswer)});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].messages[1], std::vector<std::string>{""});
}

TEST(Http1, a_refused_upgrade_stays_http) {
  for (const char* const status :
       {"200 OK", "400 Bad Request", "403 Forbidden", "426 Upgrade Required"}) {
    const auto found = run_parser(
        "http1",
        {client(upgrade_request() + kRequest),
         server(std::string("HTTP/1.1 ") + status +
                "\r\nUpgrade: websocket\r\nContent-Length: 9\r\n\r\nwebsocket" + kAnswer)});
    for (const InnerChannel& inner : found->inner) EXPECT_EQ(inner.parser, "") << status;
    EXPECT_EQ(std::get<int64_t>(found->notes["http.requests"]), 2) << "the client is read again";
  }
}

TEST(Http1, hixie76_keys_are_taken_from_behind_the_head) {
  const auto found = run_parser(
      "http1", {client("GET /demo HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\nUpgrade: WebSocket\r\n"
                       "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n\r\n^n:ds[4U"),
                server("HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\n"
                       "Sec-WebSocket-Location: ws://example.com/demo\r\n\r\n8jKS'y:G*Co,Wxa-")});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(find(found->inner[0].parameters, "key3"), "^n:ds[4U");
  EXPECT_EQ(found->inner[0].bytes[0], "");
  EXPECT_EQ(found->inner[0].bytes[1], "8jKS'y:G*Co,Wxa-");
}

TEST(Http1, connect_opens_a_tunnel_for_both_directions) {
  const auto found = run_parser(
      "http1", {client("CONNECT chat.example:443 HTTP/1.1\r\nHost: proxy\r\n\r\n"),
                server("HTTP/1.1 200 Connection established\r\nContent-Length: 5\r\n\r\n"),
                client("\x16\x03\x01"), server("\x16\x03\x03")});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].parser, "");
  EXPECT_EQ(found->inner[0].carrier, Carrier::tcp);
  EXPECT_EQ(found->inner[0].unit, Unit::bytes);
  EXPECT_EQ(found->inner[0].bytes[0], "\x16\x03\x01");
  EXPECT_EQ(found->inner[0].bytes[1], "\x16\x03\x03");
  EXPECT_EQ(found->fields.find("http.host")->second, "chat.example");
}

TEST(Http1, a_refused_connect_stays_http) {
  const auto found = run_parser(
      "http1",
      {client("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"),
       server("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
       client("CONNECT a:443 HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic eA==\r\n\r\n"),
       server("HTTP/1.1 200 OK\r\n\r\nSSH-2.0-x\r\n")});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].bytes[1], "SSH-2.0-x\r\n");
}

TEST(Http1, upgrade_to_others_is_recognised_from_content) {
  const auto found = run_parser(
      "http1",
      {client("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: SSH\r\n\r\n"),
       server("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SSH\r\n\r\n"),
       client("SSH-2.0-x\r\n")});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].parser, "");
  EXPECT_EQ(found->inner[0].bytes[0], "SSH-2.0-x\r\n");
}

TEST(Http1, an_upgrade_to_h2c_hands_on_what_http2_has_to_know) {
  const auto found = run_parser(
      "http1",
      {client("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n"
              "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"),
       server("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
       client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].parser, "http2");
  EXPECT_EQ(find(found->inner[0].parameters, "method"), "HEAD");
  EXPECT_EQ(find(found->inner[0].parameters, "settings"), "AAMAAABk");
  EXPECT_EQ(found->inner[0].bytes[0], "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
}

TEST(Http1, an_answered_websocket_of_which_only_the_server_was_captured) {
  const auto found = run_parser("http1", {server(kUpgradeAnswer + "\x81\x01x")});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(found->inner[0].parser, "websocket");
  EXPECT_EQ(find(found->inner[0].parameters, "request"), "");
}

TEST(Http1, a_websocket_of_which_only_the_client_was_captured) {
  const auto found = run_parser("http1", {client(upgrade_request()), client(hex("8180 01020304"))});
  ASSERT_EQ(found->inner.size(), 1U);
  EXPECT_EQ(find(found->inner[0].parameters, "answer"), "");
  EXPECT_EQ(found->inner[0].bytes[0], hex("8180 01020304"));
}

TEST(Http1, goes_on_behind_a_hole_inside_a_body) {
  RecordingFindings findings;
  const auto parser = find_parser("http1")->make({});
  parser->data(Direction::to_client, as_bytes("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc"),
               findings);
  parser->gap(Direction::to_client, 990, findings);
  parser->data(Direction::to_client, as_bytes("rest567"), findings);
  parser->data(Direction::to_client, as_bytes(kAnswer), findings);
  EXPECT_EQ(findings.fields.count("http.server"), 1U);
  EXPECT_FALSE(findings.is_over());
}

TEST(Http1, finds_a_start_line_again_behind_a_larger_hole) {
  RecordingFindings findings;
  const auto parser = find_parser("http1")->make({});
  parser->data(Direction::to_client, as_bytes("HTTP/1.1 200 OK\r\nContent-Len"), findings);
  parser->gap(Direction::to_client, 400, findings);
  parser->data(Direction::to_client, as_bytes("GETTING something else\r\n"), findings);
  parser->data(Direction::to_client, as_bytes(kAnswer), findings);
  EXPECT_TRUE(findings.has("header-block"));
}

TEST(Http1, begins_midstream_at_the_next_start_line) {
  Start start;
  start.midstream = true;
  const auto found = run_parser(
      "http1", {server("middle of a body"), client(kRequest), server(kAnswer)}, 0, start);
  EXPECT_TRUE(found->has("exchange"));
}

TEST(Http1, endless_heads_are_left) {
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 20000; ++i) many += "a: b\r\n";
  EXPECT_TRUE(run_parser("http1", {client(many)})->is_over());
  EXPECT_TRUE(run_parser("http1", {client("GET /" + std::string(100000, 'a'))})->is_over());
}

TEST(Http1, damaged_chunks_end_the_reading) {
  const auto found = run_parser(
      "http1",
      {server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n")});
  EXPECT_TRUE(found->finished);
}

}  // namespace
}  // namespace parlance::test
