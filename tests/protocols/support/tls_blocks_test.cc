#include "protocols/support/tls_blocks.h"

#include <gtest/gtest.h>

#include <vector>

namespace parlance::test {
namespace {

constexpr uint8_t kChangeCipher = 20, kAlert = 21, kApplication = 23;
constexpr int kBlock = 16384 + 17;

/// Records' lengths: positive from the client, negative from the server.
using Talk = std::vector<int>;

/// What is said of a connection whose records have these lengths, after its handshake.
std::string_view said_of(const Talk& talk, uint16_t version = 0x0304, size_t records = 64) {
  ServerHello server;
  server.version = version;
  TlsBlocks test;
  test.server_hello(server, records);
  test.observe(Direction::to_client, kChangeCipher, 1);
  test.observe(Direction::to_client, kApplication, 900);
  test.observe(Direction::to_server, kChangeCipher, 1);
  test.observe(Direction::to_server, kApplication, 53);
  for (const int length : talk) {
    const Direction direction = length > 0 ? Direction::to_server : Direction::to_client;
    const auto said =
        test.observe(direction, kApplication, static_cast<uint16_t>(length > 0 ? length : -length));
    if (!said.empty()) return said;
  }
  return {};
}

TEST(TlsBlocks, two_blocks_of_each_side_the_servers_first_are_full_blocks) {
  EXPECT_EQ(said_of({-kBlock, kBlock, kBlock, -kBlock}), "full-blocks");
  EXPECT_EQ(said_of({2000, -kBlock, kBlock, kBlock, -kBlock}), "full-blocks") << "a client's certificate";
  EXPECT_EQ(said_of({-kBlock, kBlock, kBlock}), "");
}

TEST(TlsBlocks, any_other_length_is_something_else) {
  EXPECT_EQ(said_of({-kBlock, kBlock, -kBlock + 1, kBlock, -kBlock, -kBlock}), "");
  EXPECT_EQ(said_of({-kBlock, kBlock, 1000, kBlock, -kBlock}), "");
}

TEST(TlsBlocks, a_client_that_speaks_first_fills_records_by_chance) {
  EXPECT_EQ(said_of({kBlock, kBlock, -kBlock, -kBlock}), "");
  EXPECT_EQ(said_of({-265, -265, -kBlock, kBlock, kBlock, -kBlock}), "") << "tickets, as other servers send";
}

TEST(TlsBlocks, other_versions_and_alerts_end_it) {
  EXPECT_EQ(said_of({-kBlock, kBlock, kBlock, -kBlock}, 0x0303), "");
  EXPECT_EQ(said_of({-kBlock, kBlock, kBlock, -kBlock}, 0x0304, 0), "") << "nobody asked";
  EXPECT_EQ(said_of({-kBlock, kBlock, kBlock, -kBlock}, 0x0304, 5), "") << "more than may be looked at";
  TlsBlocks test;
  ServerHello server;
  server.version = 0x0304;
  test.server_hello(server, 64);
  EXPECT_TRUE(test.watching());
  test.observe(Direction::to_server, kApplication, 53);
  test.observe(Direction::to_client, kAlert, 2);
  EXPECT_FALSE(test.watching());
}

}  // namespace
}  // namespace parlance::test
