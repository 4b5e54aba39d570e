#include "protocols/support/stepping_parser.h"

#include <gtest/gtest.h>

#include "base/byte_reader.h"
#include "support/recording_findings.h"

namespace parlance::test {
namespace {

constexpr uint8_t kMark = 'F', kWaits = 'W';

/// Frames of a mark, a length and so many octets; three whole ones are proof. 'W' asks for ever.
class Frames : public SteppingParser {
 public:
  int whole = 0;
  std::vector<uint64_t> offsets;

 private:
  size_t step(const Place& at, Findings& findings) override {
    ByteReader reader(at.octets);
    const uint8_t mark = reader.u8(), length = reader.u8();
    if (mark == kWaits || !reader.ok()) return 0;
    if (mark != kMark) return refuse("no mark", findings);
    offsets.push_back(at.offset);
    confirm(Strength::strong, "frame", at, "a mark", findings);
    pass_over(at.direction, length);
    return reader.position();
  }
  void passed(Direction direction, Findings& findings) override {
    if (++whole == 3) prove("frames", {direction, 0, {}}, "three frames", findings);
  }
};

void say(Parser& parser, Direction direction, std::string_view octets, Findings& findings) {
  parser.data(direction, as_bytes(octets), findings);
}

constexpr Direction kUp = Direction::to_server, kDown = Direction::to_client;

TEST(SteppingParser, passes_over_a_body_that_comes_in_pieces) {
  Frames frames;
  RecordingFindings findings;
  say(frames, kUp, "F", findings);
  EXPECT_TRUE(frames.offsets.empty());
  say(frames, kUp, "\x05xF", findings);  // what looks like a mark in a body is none
  say(frames, kUp, "xxxF\x02", findings);
  EXPECT_EQ(frames.whole, 1);
  EXPECT_EQ(frames.offsets, (std::vector<uint64_t>{0, 7}));
}

TEST(SteppingParser, walks_each_direction_by_itself) {
  Frames frames;
  RecordingFindings findings;
  say(frames, kUp, "F\x02x", findings);
  say(frames, kDown, "F\x01yF\x01", findings);
  say(frames, kUp, "x", findings);
  EXPECT_FALSE(findings.is_over());
  say(frames, kDown, "y", findings);
  EXPECT_EQ(findings.best(), Strength::proof);
  EXPECT_TRUE(findings.finished);
}

TEST(SteppingParser, reads_nothing_behind_what_it_left_with) {
  Frames frames;
  RecordingFindings findings;
  say(frames, kUp, "F\x01xF\x01xF\x01x?", findings);
  say(frames, kUp, "F\x01x", findings);
  EXPECT_EQ(frames.whole, 3);
  EXPECT_TRUE(findings.refuted.empty());
}

TEST(SteppingParser, goes_on_with_one_side_where_octets_of_the_other_are_missing) {
  Frames frames;
  RecordingFindings findings;
  say(frames, kUp, "F\x05xx", findings);
  frames.gap(kUp, 1, findings);
  say(frames, kUp, "?", findings);  // not looked at
  say(frames, kDown, "F\x01yF\x01yF\x01y", findings);
  EXPECT_EQ(findings.best(), Strength::proof);
}

TEST(SteppingParser, leaves_where_the_other_side_does_not_speak_for_long) {
  Frames frames;
  RecordingFindings findings;
  frames.gap(kUp, 1, findings);
  const std::string much(findings.limits().message_octets, 'x');
  say(frames, kUp, much, findings);
  EXPECT_FALSE(findings.is_over());
  say(frames, kUp, "x", findings);
  EXPECT_FALSE(findings.refuted.empty());
}

TEST(SteppingParser, leaves_where_octets_of_both_sides_are_missing) {
  Frames nothing_said;
  RecordingFindings refuted;
  nothing_said.gap(kUp, 1, refuted);
  EXPECT_FALSE(refuted.is_over());
  nothing_said.gap(kDown, 0, refuted);
  EXPECT_FALSE(refuted.refuted.empty());

  Frames strong;
  RecordingFindings finished;
  say(strong, kUp, "F\x05xx", finished);
  strong.gap(kUp, 1, finished);
  strong.gap(kDown, 1, finished);
  EXPECT_TRUE(finished.finished);
  EXPECT_TRUE(finished.refuted.empty());
}

TEST(SteppingParser, refuses_what_was_nothing_and_keeps_what_was_something) {
  Frames nothing_said;
  RecordingFindings refuted;
  say(nothing_said, kUp, "?\x01", refuted);
  EXPECT_EQ(refuted.refuted, "no mark");

  Frames strong;
  RecordingFindings finished;
  say(strong, kUp, "F\x01x?\x01", finished);
  EXPECT_TRUE(finished.finished);
  EXPECT_TRUE(finished.refuted.empty());
  EXPECT_EQ(finished.best(), Strength::strong);
}

TEST(SteppingParser, does_not_keep_a_frame_without_an_end) {
  Frames frames;
  RecordingFindings findings;
  findings.limit_values.message_octets = 8;
  say(frames, kUp, "W1234567", findings);
  EXPECT_FALSE(findings.is_over());
  say(frames, kUp, "8", findings);
  EXPECT_TRUE(findings.is_over());
}

}  // namespace
}  // namespace parlance::test
