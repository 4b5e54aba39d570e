#include <gtest/gtest.h>

#include "support/mtproto_stream.h"

namespace parlance::test {
namespace {

TEST(TelegramHttp, a_nonce_that_comes_back_is_proof) {
  const std::string nonce = noise(16, 1), key = noise(8, 2);
  const std::vector<Said> talk = {client(request_pq(nonce)), server(answer_pq(nonce)),
                                  client(encrypted_message(key, 4, 1)), server(encrypted_message(key, 5, 2))};
  const auto found = run_parser("telegram_http", talk);
  EXPECT_TRUE(found->has("nonce"));
  EXPECT_TRUE(found->has("key-id"));
  expect_parser_habits("telegram_http", talk);
  EXPECT_EQ(run_parser("telegram_http", {talk[0]})->best(), Strength::strong);
}

TEST(TelegramHttp, other_bodies_are_refuted) {
  const std::vector<Said> talk(10, client(std::string(64, '\0')));
  EXPECT_FALSE(run_parser("telegram_http", talk)->refuted.empty());
}

}  // namespace
}  // namespace parlance::test
