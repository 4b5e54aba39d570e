#include <gtest/gtest.h>

#include "protocols/support/http2_reader.h"
#include "support/recording_findings.h"

namespace parlance::test {
namespace {

using Event = Http2Reader::Event;

/// What a reader says of `octets`, fed in pieces: frames by type, octets of DATA between brackets.
std::string read(const std::string& octets, size_t piece, Http2Reader& reader) {
  std::string said;
  for (size_t at = 0; at < octets.size(); at += piece) {
    const std::string part = octets.substr(at, piece);
    reader.feed(as_bytes(part));
    Event event;
    while ((event = reader.next({})) != Event::need_more) {
      if (event == Event::broken) return said + "broken";
      if (event == Event::frame) said += std::to_string(reader.frame().type);
      if (event == Event::frame && reader.whole()) said += as_text(reader.payload());
      if (event == Event::data) said += as_text(reader.payload());
      if (event == Event::data && reader.data_over()) said += '.';
    }
    reader.settle();
  }
  return said;
}

// HEADERS "ab", DATA "cde" with two octets of padding, an unknown frame, an empty DATA, PING
const std::string kFrames = hex("000002 01 04 00000001") + "ab" +
                            hex("000006 00 08 00000001 02") + "cde" + hex("0000") +
                            hex("000003 2a ff 00000000 010203") + hex("000000 00 01 00000001") +
                            hex("000008 06 00 00000000 0000000000000000");

TEST(Http2Reader, says_the_same_wherever_octets_are_cut) {
  for (size_t piece = 1; piece <= kFrames.size(); ++piece) {
    Http2Reader reader;
    EXPECT_EQ(read(kFrames, piece, reader), "1ab0cde.420.6");
    EXPECT_EQ(reader.offset(), kFrames.size());
  }
}

TEST(Http2Reader, frames_that_section_6_forbids_are_broken) {
  for (const char* wrong : {"000001 00 00 00000000 00",              // DATA of no stream
                            "000001 00 08 00000001 02",              // more padding than frame
                            "000007 06 00 00000000 00000000000000",  // PING of 7 octets
                            "000005 04 00 00000000 0000000000",      // SETTINGS of 5
                            "000006 04 01 00000000 000000000000",    // an acknowledgement with content
                            "000004 01 20 00000001 00000000",        // priority of 4 octets
                            "004001 00 00 00000001"}) {              // above SETTINGS_MAX_FRAME_SIZE
    Http2Reader reader;
    EXPECT_NE(read(hex(wrong), 100, reader).find("broken"), std::string::npos) << wrong;
  }
  Http2Reader reader;
  reader.allow_frames(0x4001);
  EXPECT_EQ(read(hex("004001 00 00 00000001"), 100, reader), "0");
}

TEST(Http2Reader, a_hole_inside_data_is_passed_over_and_any_other_is_not) {
  Http2Reader reader;
  read(hex("000005 00 00 00000001") + "a", 100, reader);
  EXPECT_TRUE(reader.skip_gap(4));
  EXPECT_EQ(read(hex("000000 04 01 00000000"), 100, reader), ".4");
  EXPECT_FALSE(reader.skip_gap(9));
  EXPECT_TRUE(reader.lost());
  EXPECT_EQ(read(kFrames, 100, reader), "");
  reader.resume();
  EXPECT_EQ(read(kFrames, 100, reader), "1ab0cde.420.6");
}

TEST(Http2Reader, a_frame_that_is_too_long_to_keep_is_passed_over) {
  Http2Reader reader;
  reader.allow_frames(0xffffff);
  const std::string frame = hex("020000 01 04 00000001") + std::string(0x20000, 'x');
  EXPECT_EQ(read(frame + hex("000000 04 01 00000000"), 1000, reader), "14");
}

}  // namespace
}  // namespace parlance::test
