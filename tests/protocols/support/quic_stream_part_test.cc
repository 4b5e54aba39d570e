#include "protocols/support/quic_stream_part.h"

#include <gtest/gtest.h>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

TEST(QuicStreamPart, what_is_written_is_read) {
  const std::string text = "hello";
  std::vector<uint8_t> message;
  for (const auto kind : {QuicStreamPart::Kind::octets, QuicStreamPart::Kind::last}) {
    write_quic_stream_part({(uint64_t{1} << 61) + 3, kind, 0, as_bytes(text)}, message);
    EXPECT_EQ(message.size(), QuicStreamPart::kHeader + text.size());
    const auto part = read_quic_stream_part(message);
    ASSERT_TRUE(part);
    EXPECT_EQ(part->stream, (uint64_t{1} << 61) + 3);
    EXPECT_EQ(part->kind, kind);
    EXPECT_EQ(as_text(part->octets), text);
  }
  write_quic_stream_part({4, QuicStreamPart::Kind::gap, 70000, {}}, message);
  const auto gap = read_quic_stream_part(message);
  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->missing, 70000U);
}

TEST(QuicStreamPart, anything_else_is_none) {
  for (const char* each : {"", "00", "0000000000000000", "030000000000000000", "02000000000000000000"}) {
    EXPECT_FALSE(read_quic_stream_part(as_bytes(hex(each)))) << each;
  }
}

}  // namespace
}  // namespace parlance::test
