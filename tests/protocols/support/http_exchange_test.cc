#include <gtest/gtest.h>

#include "protocols/support/base64url.h"
#include "protocols/support/http_exchange.h"
#include "support/recording_findings.h"

namespace parlance::test {
namespace {

HttpHead request(std::string target, std::vector<HttpField> fields) {
  HttpHead head;
  head.kind = HttpHead::Kind::request;
  head.method = "GET";
  head.target = std::move(target);
  head.fields = std::move(fields);
  return head;
}

TEST(HttpExchange, shows_and_notes_a_request_of_any_version) {
  HttpExchange exchange("2");
  RecordingFindings findings;
  exchange.head(Direction::to_server,
                request("/path?secret", {{"host", "a.example:443", 0}, {"user-agent", "me", 0}}),
                findings);
  EXPECT_EQ(findings.fields.find("http.host")->second, "a.example");
  EXPECT_EQ(findings.fields.find("http.path")->second, "/path");
  EXPECT_EQ(std::get<std::string>(findings.notes.at("http.version")), "2");
  EXPECT_EQ(std::get<std::string>(findings.notes.at("http.url")), "/path");
  EXPECT_EQ(std::get<int64_t>(findings.notes.at("http.requests")), 1);
}

TEST(HttpExchange, a_dns_query_in_a_target_goes_where_dns_bodies_go) {
  HttpExchange exchange("2");
  RecordingFindings findings;
  exchange.head(Direction::to_server,
                request("/dns-query?ct&dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB",
                        {{"accept", "application/dns-message", 0}}),
                findings);
  ASSERT_EQ(findings.inner.size(), 1U);
  EXPECT_EQ(findings.inner[0].parser, "dns");
  // The example of RFC 8484 section 4.1.1: a query for www.example.com.
  EXPECT_EQ(findings.inner[0].bytes[0],
            hex("0000 0100 0001 0000 0000 0000 03 777777 07 6578616d706c65 03 636f6d 00 0001 0001"));
  HttpHead answer;
  answer.kind = HttpHead::Kind::response;
  answer.fields = {{"content-type", "application/dns-message", 0}};
  exchange.body(Direction::to_client, content_of(answer), as_bytes("answer"), findings);
  ASSERT_EQ(findings.inner.size(), 1U);
  EXPECT_EQ(findings.inner[0].bytes[1], "answer");
}

TEST(HttpExchange, bodies_of_a_kind_share_a_channel) {
  HttpExchange exchange("2");
  RecordingFindings findings;
  HttpHead head;
  for (const char* type : {"application/grpc", "application/grpc+proto", "application/grpc-web+proto",
                           "text/xml", "application/grpcx", "application/json; a=b"}) {
    head.fields = {{"content-type", type, 0}};
    exchange.body(Direction::to_server, content_of(head), as_bytes(type), findings);
  }
  ASSERT_EQ(findings.inner.size(), 2U);
  EXPECT_EQ(findings.inner[0].parser, "grpc");
  EXPECT_EQ(findings.inner[0].messages[0].size(), 3U);
  EXPECT_EQ(findings.inner[1].parser, "");
  EXPECT_EQ(findings.inner[1].messages[0].size(), 3U);
}

TEST(HttpExchange, fields_that_one_application_sends_name_it) {
  HttpExchange exchange("2");
  RecordingFindings findings;
  exchange.head(Direction::to_server,
                request("/S4", {{"x-line-application", "IOS\t13.3.0\tiOS\t17", 0}}), findings);
  ASSERT_EQ(findings.supported.size(), 1U);
  EXPECT_EQ(findings.supported[0].first, "line");
}

TEST(HttpExchange, grpc_is_told_the_path_of_the_first_call) {
  HttpExchange exchange("2");
  RecordingFindings findings;
  HttpHead head;
  head.kind = HttpHead::Kind::request;
  head.method = "POST";
  head.target = "/login";
  head.fields = {{"content-type", "text/xml", 0}};
  exchange.head(Direction::to_server, head, findings);
  for (const char* target : {"/a.Service/First?x=y", "/b.Service/Second"}) {
    head.target = target;
    head.fields = {{"content-type", "application/grpc", 0}};
    exchange.head(Direction::to_server, head, findings);
  }
  exchange.body(Direction::to_server, content_of(head), as_bytes("message"), findings);
  ASSERT_EQ(findings.inner.size(), 1U);
  EXPECT_EQ(find(findings.inner[0].parameters, "path"), "/a.Service/First");
}

TEST(Base64Url, decodes_what_it_should_and_nothing_else) {
  const auto decoded = [](std::string_view text) {
    const auto octets = decode_base64url(text);
    return std::string(octets.begin(), octets.end());
  };
  EXPECT_EQ(decoded("Zg"), "f");  // RFC 4648 section 10
  EXPECT_EQ(decoded("Zm8="), "fo");
  EXPECT_EQ(decoded("Zm9v"), "foo");
  EXPECT_EQ(decoded("-_-_"), "\xfb\xff\xbf");
  EXPECT_EQ(decoded("Z"), "");
  EXPECT_EQ(decoded("Zm9v!m9v"), "");
  EXPECT_EQ(decoded(" Zm9vZm9"), "");
  EXPECT_EQ(decoded("Zm9vZm9 "), "");
  EXPECT_EQ(decoded(""), "");
}

}  // namespace
}  // namespace parlance::test
