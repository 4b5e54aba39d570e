#include "protocols/support/quic_frames.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

std::vector<QuicFrame> frames_of(const std::string& octets, bool damaged = false) {
  QuicFrameReader reader(as_bytes(octets));
  std::vector<QuicFrame> frames;
  while (const auto frame = reader.next()) frames.push_back(*frame);
  EXPECT_EQ(reader.damaged(), damaged);
  return frames;
}

TEST(QuicFrames, one_of_each_type_is_walked) {
  const std::string octets =
      hex("000000"                        // PADDING
          "01"                            // PING
          "02 0a 00 01 02 03 04"          // ACK of 10, one more range
          "03 0a 00 00 02 01 02 03"       // ACK with ECN
          "04 04 4001 10"                 // RESET_STREAM 4, error 1, final size 16
          "05 04 02"                      // STOP_SENDING
          "06 05 02 6162"                 // CRYPTO at 5
          "07 01 74"                      // NEW_TOKEN
          "10 01 11 04 01 12 01 13 01 14 01 15 04 01 16 01 17 01") +  // limits
      hex("18 02 01 04 01020304 000102030405060708090a0b0c0d0e0f"     // NEW_CONNECTION_ID 2
          "19 01"                         // RETIRE_CONNECTION_ID
          "1a 0001020304050607 1b 0001020304050607"
          "1e"                            // HANDSHAKE_DONE
          "31 02 6869"                    // DATAGRAM
          "0e 08 4010 03 78797a"          // STREAM 8 at 16, with length
          "1d 02 01 62"                   // CONNECTION_CLOSE of the application
          "09 0c 71");                    // STREAM 12, the last octets, up to the packet's end
  const auto frames = frames_of(octets);
  ASSERT_EQ(frames.size(), 25U);
  EXPECT_EQ(frames[0].type, QuicFrameType::padding);
  EXPECT_EQ(frames[2].type, QuicFrameType::ack);
  EXPECT_EQ(frames[4].type, QuicFrameType::reset_stream);
  EXPECT_EQ(frames[4].offset, 16U);
  EXPECT_EQ(frames[6].offset, 5U);
  EXPECT_EQ(as_text(frames[6].octets), "ab");
  EXPECT_EQ(frames[16].type, QuicFrameType::new_connection_id);
  EXPECT_EQ(frames[16].octets.size(), 4U);
  EXPECT_EQ(as_text(frames[21].octets), "hi");
  const QuicFrame& stream = frames[22];
  EXPECT_EQ(stream.type, QuicFrameType::stream);
  EXPECT_EQ(stream.stream, 8U);
  EXPECT_EQ(stream.offset, 16U);
  EXPECT_EQ(as_text(stream.octets), "xyz");
  EXPECT_FALSE(stream.fin);
  EXPECT_EQ(frames[23].type, QuicFrameType::connection_close);
  EXPECT_TRUE(frames[24].fin);
  EXPECT_EQ(as_text(frames[24].octets), "q");
}

TEST(QuicFrames, every_truncation_ends_in_damage_or_at_a_frames_end) {
  const std::string octets = hex("06 4005 03 616263 0e 08 4010 03 78797a 02 0a 00 01 02 03 04 04 04 01 10");
  for (size_t length = 0; length < octets.size(); ++length) {
    QuicFrameReader reader(as_bytes(octets).first(length));
    size_t count = 0;
    while (reader.next()) ++count;
    EXPECT_LE(count, 4U) << length;
    const bool at_an_end = length == 0 || length == 7 || length == 15 || length == 22 || length == 26;
    EXPECT_EQ(reader.damaged(), !at_an_end) << length;
  }
}

TEST(QuicFrames, lengths_offsets_and_counts_that_lie_are_damage) {
  for (const char* each : {"06 00 40ff 61",                            // more than there is
                           "0e 08 ffffffffffffffff 01 61",             // beyond 2^62 - 1
                           "02 0a 00 ffffffffffffffff 00 0101",        // ranges without end
                           "18 01 02 04 01020304 000102030405060708090a0b0c0d0e0f",  // retires more
                           "18 02 01 15 00",                           // an identifier of 21 octets
                           "20", "2100", "4021 00"}) {                 // types that nobody knows
    const std::string octets = hex(each);
    QuicFrameReader reader(as_bytes(octets));
    EXPECT_FALSE(reader.next()) << each;
    EXPECT_TRUE(reader.damaged()) << each;
    EXPECT_FALSE(reader.next()) << each;
  }
}

}  // namespace
}  // namespace parlance::test
