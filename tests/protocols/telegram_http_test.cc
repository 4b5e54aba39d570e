#include <gtest/gtest.h>

#include "support/mtproto_stream.h"

namespace parlance::test {
namespace {

TEST(TelegramHttp, a_nonce_that_comes_back_is_proof) {
  const std::string nonce = noise(16, 1), key = noise(8, 2);
  const std::vector<Said> talk = {client(request_pq(nonce)), server(answer_pq(nonce)),
                                  client(encrypted_message(key, 4, 1)), server(encrypted_message(key, 5, 2)),
                                  client(encrypted_message(key, 6, 3))};
  const auto found = run_parser("telegram_http", talk);
  EXPECT_TRUE(found->has("nonce"));
  EXPECT_TRUE(found->has("key-id"));
  expect_parser_habits("telegram_http", talk);
  EXPECT_EQ(run_parser("telegram_http", {talk[0]})->best(), Strength::strong);
}

TEST(TelegramHttp, one_key_in_several_bodies_of_both_sides_is_proof) {
  const std::string key = noise(8, 2);
  const std::vector<Said> talk = {client(encrypted_message(key, 4, 1)), server(encrypted_message(key, 5, 2)),
                                  client(encrypted_message(key, 6, 3))};
  EXPECT_TRUE(run_parser("telegram_http", talk)->has("key-id"));
  EXPECT_EQ(run_parser("telegram_http", talk)->best(), Strength::proof);
  expect_parser_habits("telegram_http", talk);
  EXPECT_EQ(run_parser("telegram_http", {talk[0], talk[1]})->best(), Strength::none) << "one body of each side";
  EXPECT_EQ(run_parser("telegram_http", {talk[0], server(encrypted_message(noise(8, 9), 5, 2)),
                                         client(encrypted_message(noise(8, 8), 6, 3))})->best(),
            Strength::none);
  EXPECT_EQ(run_parser("telegram_http", {client(talk[0].octets + "x"), server(talk[1].octets + "x"),
                                         client(talk[2].octets + "x")})->best(),
            Strength::none) << "no whole blocks";
}

// The path opens the channel; any other leaves its bodies to be recognised.
TEST(TelegramHttp, the_path_of_the_requests_opens_the_channel) {
  const auto parser_behind = [](const std::string& path) {
    const std::string body = encrypted_message(noise(8, 2), 4, 1);
    const auto found = run_parser("http1", {client("POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                                                  std::to_string(body.size()) + "\r\n\r\n" + body)});
    return found->inner.empty() ? "none" : std::string(found->inner[0].parser);
  };
  EXPECT_EQ(parser_behind("/apiw1"), "telegram_http");
  EXPECT_EQ(parser_behind("/apiw1_test"), "telegram_http");
  EXPECT_EQ(parser_behind("/api"), "");
  EXPECT_EQ(parser_behind("/apiw12"), "");
}

TEST(TelegramHttp, other_bodies_are_refuted) {
  const std::vector<Said> talk(10, client(std::string(64, '\0')));
  EXPECT_FALSE(run_parser("telegram_http", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
