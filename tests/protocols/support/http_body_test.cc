#include "protocols/support/http_body.h"

#include <string>

#include <gtest/gtest.h>

namespace parlance {
namespace {

std::string kept(const HttpBody& body) {
  return std::string(as_text(body.kept()));
}

TEST(HttpBody, a_known_length_ends_by_itself) {
  HttpBody body;
  body.start(HttpBody::Framing::length, 5, 100);
  EXPECT_EQ(body.read(as_bytes("ab")), 2U);
  EXPECT_FALSE(body.done());
  EXPECT_EQ(body.read(as_bytes("cdeNEXT")), 3U);
  EXPECT_TRUE(body.done());
  EXPECT_EQ(kept(body), "abcde");
}

TEST(HttpBody, chunks_are_joined_and_trailers_passed_over) {
  const std::string chunks = "3;ext=\"1\"\r\nabc\r\n0A \n0123456789\n0\r\nA: b\r\nC: d\r\n\r\nNEXT";
  for (const size_t piece : {size_t{1}, size_t{2}, chunks.size()}) {
    HttpBody body;
    body.start(HttpBody::Framing::chunked, 0, 100);
    size_t used = 0;
    while (!body.done() && used < chunks.size()) {
      used += body.read(as_bytes(std::string_view(chunks).substr(used, piece)));
    }
    EXPECT_EQ(kept(body), "abc0123456789");
    EXPECT_EQ(chunks.substr(used), "NEXT");
  }
}

TEST(HttpBody, what_is_no_chunk_is_damaged) {
  for (const char* const chunks :
       {"\r\n", "x\r\n", ";\r\n", "1234567890abcdef0\r\n", "1\r\naXX", "-1\r\n"}) {
    HttpBody body;
    body.start(HttpBody::Framing::chunked, 0, 100);
    body.read(as_bytes(chunks));
    EXPECT_TRUE(body.damaged()) << chunks;
  }
}

TEST(HttpBody, endless_trailers_are_damaged) {
  HttpBody body;
  body.start(HttpBody::Framing::chunked, 0, 0);
  body.read(as_bytes("0\r\n" + std::string(100000, 'a')));
  EXPECT_TRUE(body.damaged());
}

TEST(HttpBody, only_the_head_of_a_wanted_body_is_kept) {
  HttpBody body;
  body.start(HttpBody::Framing::until_close, 0, 4);
  body.read(as_bytes("abcdefgh"));
  EXPECT_EQ(kept(body), "abcd");
  EXPECT_TRUE(body.until_close());
  EXPECT_FALSE(body.done());
}

TEST(HttpBody, a_hole_is_skipped_only_inside_the_data) {
  HttpBody body;
  body.start(HttpBody::Framing::length, 10, 100);
  EXPECT_FALSE(body.skip(0)) << "of unknown length";
  EXPECT_FALSE(body.skip(11));
  EXPECT_TRUE(body.skip(10));
  EXPECT_TRUE(body.done());
  EXPECT_FALSE(body.wanted());
  body.start(HttpBody::Framing::chunked, 0, 100);
  body.read(as_bytes("5\r\nab"));
  EXPECT_FALSE(body.skip(4)) << "beyond the chunk";
  EXPECT_TRUE(body.skip(3));
  body.read(as_bytes("\r\n0\r\n\r\n"));
  EXPECT_TRUE(body.done());
}

TEST(HttpBody, contents_are_decoded_within_a_bound) {
  EXPECT_EQ(decode_content(as_bytes("abc"), HttpCoding::identity, 2), (std::vector<uint8_t>{'a', 'b'}));
  EXPECT_TRUE(decode_content(as_bytes("abc"), http_coding_of("br"), 10).empty());
  EXPECT_TRUE(decode_content(as_bytes("abc"), http_coding_of(" X-GZip"), 10).empty());
  // "a" as a raw stored block (RFC 1951 section 3.2.4), which deflate should not be but is at times
  EXPECT_EQ(
      decode_content(as_bytes(std::string_view("\x01\x01\x00\xfe\xff\x61", 6)), http_coding_of("deflate"), 10),
      std::vector<uint8_t>{'a'});
}

}  // namespace
}  // namespace parlance
