#include "protocols/support/quic_initial.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "protocols/support/quic_crypto_stream.h"
#include "support/recording_findings.h"

namespace parlance::test {
namespace {

constexpr size_t kLimit = 65536;
const std::string kId = hex("8394c8f03e515708");  // RFC 9001 appendix A

QuicInitialKeys keys(uint32_t version, Direction direction) {
  const auto candidates = quic_initial_keys(version, as_bytes(kId), direction);
  return candidates.empty() ? QuicInitialKeys{} : candidates.front();
}

TEST(QuicInitial, keys_of_version_1_are_those_of_the_rfc) {
  const auto client_keys = keys(1, Direction::to_server);
  EXPECT_EQ(to_hex(client_keys.key), "1f369613dd76d5467730efcbe3b1a22d");
  EXPECT_EQ(to_hex(client_keys.iv), "fa044b2f42a3fd3b46fb255c");
  EXPECT_EQ(to_hex(client_keys.header), "9f50449e04a0e810283a1e9933adedd2");
  const auto server_keys = keys(1, Direction::to_client);
  EXPECT_EQ(to_hex(server_keys.key), "cf3a5331653c364c88f0f379b6067e37");
  EXPECT_EQ(to_hex(server_keys.iv), "0ac1493ca1905853b0bba03e");
  EXPECT_EQ(to_hex(server_keys.header), "c206b8d9b9f0f37644430b490eeaa314");
}

TEST(QuicInitial, keys_of_version_2_and_of_drafts_differ) {
  EXPECT_EQ(to_hex(keys(0x6b3343cf, Direction::to_server).key), "8b1a0bc121284290a29e0971b5cd045d");
  EXPECT_EQ(to_hex(keys(0x6b3343cf, Direction::to_client).header),
            "edf6d05c83121201b436e16877593c3a");
  EXPECT_EQ(to_hex(keys(0xff00001d, Direction::to_server).key), "175257a31eb09dea9366d8bb79ad80ba");
  EXPECT_EQ(quic_initial_keys(0x54303531, as_bytes(kId), Direction::to_server).size(), 1U);
  EXPECT_EQ(quic_initial_keys(0xff000016, as_bytes(kId), Direction::to_server).size(), 1U);
  EXPECT_TRUE(quic_initial_keys(0x51303530, as_bytes(kId), Direction::to_server).empty());
}

TEST(QuicInitial, google_numbers_its_crypto_frames_eight) {
  const std::string frames = hex("08 00 05 02000001 ff");  // at 0, five octets
  QuicCryptoStream stream;
  EXPECT_TRUE(stream.add_frames(as_bytes(frames), kLimit));
  EXPECT_EQ(to_hex(stream.first_message()), "02000001ff");
}

// RFC 9001 appendix A.3: the server's Initial packet.
TEST(QuicInitial, servers_packet_of_the_rfc_opens) {
  const std::string datagram =
      hex("cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c697975"
          "54780bb3"
          "8cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562b"
          "fb19fb84"
          "022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee");
  ByteReader reader(as_bytes(datagram));
  const auto packet = read_quic_packet(reader);
  ASSERT_TRUE(packet);
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(to_hex(packet->source_id), "f067a5502a4262b5");
  const auto frames = open_quic_initial(*packet, keys(1, Direction::to_client));
  ASSERT_TRUE(frames);
  EXPECT_EQ(to_hex(first_of(*frames, 8)), "0200000000060040");  // ACK, CRYPTO at 0
  QuicCryptoStream stream;
  EXPECT_TRUE(stream.add_frames(*frames, kLimit));
  EXPECT_EQ(stream.first_message().size(), 0x5aU);
  EXPECT_EQ(stream.first_message()[0], 2);  // ServerHello

  EXPECT_FALSE(open_quic_initial(*packet, keys(1, Direction::to_server)));
}

TEST(QuicCryptoStream, frames_in_any_order_are_joined) {
  const std::string later = hex("06 04 03 646566");             // offset 4: "def"
  const std::string first = hex("00 00 01 06 00 04 01000004");  // padding, ping, the header
  const std::string last = hex("06 07 01 67");                  // offset 7: "g"
  QuicCryptoStream stream;
  EXPECT_TRUE(stream.add_frames(as_bytes(last), kLimit));
  EXPECT_TRUE(stream.add_frames(as_bytes(later), kLimit));
  EXPECT_TRUE(stream.first_message().empty());
  EXPECT_TRUE(stream.add_frames(as_bytes(first), kLimit));
  EXPECT_EQ(to_hex(stream.first_message()), "0100000464656667");
}

// A CRYPTO frame with an offset of two octets.
std::string crypto_frame(size_t offset, const std::string& octets) {
  std::string frame(1, '\x06');
  frame += static_cast<char>(0x40 | offset >> 8);
  frame += static_cast<char>(offset & 0xff);
  frame += static_cast<char>(octets.size());
  return frame + octets;
}

TEST(QuicCryptoStream, a_hello_in_pieces_of_two_octets_backwards_is_joined) {
  const std::string hello = hex("010003fc") + std::string(1020, 'h');
  QuicCryptoStream stream;
  for (size_t at = hello.size(); at > 0; at -= 2) {
    ASSERT_TRUE(stream.first_message().empty()) << at;
    EXPECT_TRUE(stream.add_frames(as_bytes(crypto_frame(at - 2, hello.substr(at - 2, 2))), kLimit));
  }
  EXPECT_EQ(as_text(stream.first_message()), hello);
}

TEST(QuicCryptoStream, pieces_that_overlap_are_joined) {
  const std::string hello = hex("01000010") + "0123456789abcdef";
  for (size_t length = 2; length < 8; ++length) {
    QuicCryptoStream stream;
    for (const size_t at : {9U, 3U, 6U, 15U, 12U, 0U, 18U, 14U}) {
      stream.add_frames(as_bytes(crypto_frame(at, hello.substr(at, length))), kLimit);
    }
    const bool whole = length >= 3;  // from 3 on no hole is left
    EXPECT_EQ(as_text(stream.first_message()), whole ? hello : "") << length;
  }
}

TEST(QuicCryptoStream, holes_are_bounded_in_number_and_in_size) {
  constexpr size_t kHoles = 64;
  const std::string hello = hex("010003fc") + std::string(1020, 'h');
  QuicCryptoStream stream;
  for (size_t at = 2; at < hello.size(); at += 4) {  // every second piece of two
    EXPECT_TRUE(stream.add_frames(as_bytes(crypto_frame(at, hello.substr(at, 2))), kLimit));
  }
  for (size_t at = 0; at < hello.size(); at += 4) {
    EXPECT_TRUE(stream.add_frames(as_bytes(crypto_frame(at, hello.substr(at, 2))), kLimit));
  }
  EXPECT_TRUE(stream.first_message().empty()) << "pieces behind the 64th hole were left out";
  for (size_t at = 4 * kHoles; at < hello.size(); at += 4) {
    EXPECT_TRUE(stream.add_frames(as_bytes(crypto_frame(at, hello.substr(at, 4))), kLimit));
  }
  EXPECT_EQ(as_text(stream.first_message()), hello) << "what fills holes is always taken";

  QuicCryptoStream far;
  EXPECT_TRUE(far.add_frames(as_bytes(crypto_frame(4097, hello.substr(0, 60))), kLimit));
  EXPECT_TRUE(far.add_frames(as_bytes(crypto_frame(0, hex("01000000"))), kLimit));
  EXPECT_EQ(to_hex(far.first_message()), "01000000");
}

TEST(QuicCryptoStream, damage_is_noticed_and_bounded) {
  QuicCryptoStream stream;
  const std::string cut = hex("06 00 20 0102");
  EXPECT_FALSE(stream.add_frames(as_bytes(cut), kLimit));
  const std::string far = hex("06 ffffffffffffff00 01 41");  // an offset near 2^62
  EXPECT_TRUE(stream.add_frames(as_bytes(far), kLimit));
  EXPECT_TRUE(stream.first_message().empty());
  const std::string beyond = hex("06 ffffffffffffffff 01 41");  // RFC 9000 section 19.6
  EXPECT_FALSE(stream.add_frames(as_bytes(beyond), kLimit));
  const std::string unknown = hex("08 00");  // STREAM has no place here
  EXPECT_FALSE(stream.add_frames(as_bytes(unknown), kLimit));
}

}  // namespace
}  // namespace parlance::test
