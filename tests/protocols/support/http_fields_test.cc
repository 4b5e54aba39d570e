#include <gtest/gtest.h>

#include "protocols/support/http_fields.h"

namespace parlance {
namespace {

using Kind = HttpFieldSection::Kind;
using Fields = std::vector<std::pair<std::string, std::string>>;

Kind read(const Fields& fields, HttpFieldSection& section, const Limits& limits = {}) {
  section.begin(7);
  for (const auto& [name, value] : fields) section.add(name, value, limits);
  return section.end();
}
Kind read(const Fields& fields) {
  HttpFieldSection section;
  return read(fields, section);
}

const Fields kGet = {
    {":method", "GET"}, {":scheme", "https"}, {":authority", "a.example"}, {":path", "/x?y"}};

TEST(HttpFields, a_request_becomes_the_head_that_http1_would_have) {
  HttpFieldSection section;
  Fields fields = kGet;
  fields.emplace_back("user-agent", "u");
  ASSERT_EQ(read(fields, section), Kind::request);
  const HttpHead& head = section.head();
  EXPECT_EQ(head.method, "GET");
  EXPECT_EQ(head.target, "/x?y");
  EXPECT_EQ(head.value("host"), "a.example");
  EXPECT_EQ(head.value("user-agent"), "u");
  EXPECT_EQ(head.offset, 7U);
}

TEST(HttpFields, an_answer_has_a_status_and_trailers_have_none) {
  HttpFieldSection section;
  EXPECT_EQ(read({{":status", "200"}, {"server", "s"}}, section), Kind::response);
  EXPECT_EQ(section.head().status, 200);
  EXPECT_EQ(read({{"grpc-status", "0"}}), Kind::trailers);
}

TEST(HttpFields, the_target_of_a_connect_is_its_authority) {
  HttpFieldSection section;
  EXPECT_EQ(read({{":method", "CONNECT"}, {":authority", "a.example:25"}}, section), Kind::request);
  EXPECT_EQ(section.head().target, "a.example:25");
  EXPECT_TRUE(is_plain_connect(section.head()));
}

TEST(HttpFields, an_extended_connect_names_its_protocol) {
  HttpFieldSection section;
  EXPECT_EQ(read({{":method", "CONNECT"},
                  {":protocol", "websocket"},
                  {":scheme", "https"},
                  {":path", "/chat"},
                  {":authority", "a.example"}},
                 section),
            Kind::request);
  EXPECT_EQ(section.head().protocol, "websocket");
  EXPECT_FALSE(is_plain_connect(section.head()));
}

TEST(HttpFields, what_rfc_9113_forbids_is_malformed) {
  const auto with = [](std::string name, std::string value) {
    Fields fields = kGet;
    fields.emplace_back(std::move(name), std::move(value));
    return fields;
  };
  EXPECT_EQ(read(with("Host", "a")), Kind::malformed);           // a capital
  EXPECT_EQ(read(with("a b", "c")), Kind::malformed);            // a space in a name
  EXPECT_EQ(read(with("a", "b\r\nc")), Kind::malformed);         // a line end in a value
  EXPECT_EQ(read(with(":path", "/again")), Kind::malformed);     // twice
  EXPECT_EQ(read(with(":status", "200")), Kind::malformed);      // of an answer
  EXPECT_EQ(read(with(":unknown", "1")), Kind::malformed);
  EXPECT_EQ(read(with(":protocol", "websocket")), Kind::malformed);  // not a CONNECT
  EXPECT_EQ(read({{"a", "b"}, {":method", "GET"}}), Kind::malformed);  // pseudo behind regular
  EXPECT_EQ(read({{":method", "GET"}, {":path", "/"}}), Kind::malformed);  // no scheme
  EXPECT_EQ(read({{":status", "20"}}), Kind::malformed);
  EXPECT_EQ(read({{":status", "200"}, {":method", "GET"}}), Kind::malformed);
}

TEST(HttpFields, what_is_beyond_the_limits_is_not_kept) {
  HttpFieldSection section;
  Limits limits;
  limits.header_fields = 3;
  Fields fields = kGet;
  for (int i = 0; i < 5; ++i) fields.emplace_back("a", "b");
  EXPECT_EQ(read(fields, section, limits), Kind::request);
  EXPECT_TRUE(section.cut());
  EXPECT_LE(section.head().fields.size(), 4U);
  limits = {};
  limits.header_block_octets = 200;
  EXPECT_EQ(read({{":status", "200"}, {"a", std::string(500, 'a')}}, section, limits),
            Kind::response);
  EXPECT_TRUE(section.cut());
  EXPECT_TRUE(section.head().fields.empty());
}

}  // namespace
}  // namespace parlance
