#include "protocols/support/quic_streams.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "support/recording_findings.h"

namespace parlance::test {
namespace {

/// Writes down what it is given.
class Recorder : public QuicApplication {
 public:
  void data(uint64_t stream, Direction direction, Bytes octets, bool last, Findings&) override {
    std::string& text = said[{stream, direction}];
    text += as_text(octets);
    if (last) text += "|";
  }
  void gap(uint64_t stream, Direction direction, uint64_t length, Findings&) override {
    said[{stream, direction}] += "<" + std::to_string(length) + ">";
  }
  bool listening(const Findings&) const override { return true; }

  std::string of(uint64_t stream, Direction direction = Direction::to_server) {
    return said[{stream, direction}];
  }
  std::map<std::pair<uint64_t, Direction>, std::string> said;
};

class QuicStreamsTest : public testing::Test {
 protected:
  void add(uint64_t stream, uint64_t offset, const std::string& octets, bool fin = false,
           Direction direction = Direction::to_server) {
    QuicFrame frame;
    frame.type = QuicFrameType::stream;
    frame.stream = stream;
    frame.offset = offset;
    frame.octets = as_bytes(octets);
    frame.fin = fin;
    streams.add(frame, direction, to, findings);
  }
  QuicStreams streams;
  Recorder to;
  RecordingFindings findings;
};

TEST_F(QuicStreamsTest, frames_in_any_order_and_twice_are_joined) {
  add(0, 4, "efg");
  add(0, 2, "cd");
  EXPECT_EQ(to.of(0), "");
  add(0, 0, "abc");  // overlaps
  EXPECT_EQ(to.of(0), "abcdefg");
  add(0, 0, "abcd");
  add(0, 7, "h", true);
  EXPECT_EQ(to.of(0), "abcdefgh|");
  add(0, 7, "h", true);
  EXPECT_EQ(to.of(0), "abcdefgh|") << "what comes again is not said again";
  EXPECT_EQ(streams.held_octets(), 0U);
}

TEST_F(QuicStreamsTest, an_end_that_comes_early_or_alone_counts_once_all_is_there) {
  add(4, 3, "", true);
  EXPECT_EQ(to.of(4), "");
  add(4, 0, "abc");
  EXPECT_EQ(to.of(4), "abc|");
  add(8, 0, "", true);
  EXPECT_EQ(to.of(8), "|");
  add(12, 0, "x");
  add(12, 1, "", true);
  EXPECT_EQ(to.of(12), "x|");
}

TEST_F(QuicStreamsTest, both_directions_of_a_stream_are_two) {
  add(0, 0, "ask", true);
  add(0, 0, "answer", true, Direction::to_client);
  EXPECT_EQ(to.of(0), "ask|");
  EXPECT_EQ(to.of(0, Direction::to_client), "answer|");
  EXPECT_EQ(streams.open(), 0U);
  add(3, 0, "mine", false, Direction::to_server);  // the server's: the client may not write there
  EXPECT_EQ(to.of(3), "");
}

TEST_F(QuicStreamsTest, a_reset_ends_a_direction_with_a_gap) {
  add(0, 0, "ab");
  QuicFrame reset;
  reset.type = QuicFrameType::reset_stream;
  reset.stream = 0;
  streams.add(reset, Direction::to_server, to, findings);
  add(0, 2, "cd");
  EXPECT_EQ(to.of(0), "ab<0>");
}

TEST_F(QuicStreamsTest, what_is_held_is_bounded_and_the_hole_is_said) {
  findings.limit_values.quic_reorder_octets = 10;
  add(0, 5, "fghij");
  add(0, 12, "mnopq");
  EXPECT_EQ(to.of(0), "");
  add(0, 20, "u");  // one too many: the first hole is passed over
  EXPECT_EQ(to.of(0), "<5>fghij");
  EXPECT_EQ(streams.held_octets(), 6U);
  streams.flush(to, findings);
  EXPECT_EQ(to.of(0), "<5>fghij<2>mnopq<3>u");
  EXPECT_EQ(streams.held_octets(), 0U);
}

TEST_F(QuicStreamsTest, pieces_are_bounded_whatever_their_size) {
  findings.limit_values.quic_reorder_pieces = 8;
  for (uint64_t at = 2; at < 400; at += 2) add(0, at, "x");
  for (uint64_t id = 4; id < 4000; id += 4) add(id, 1, "x");
  streams.flush(to, findings);
  EXPECT_EQ(streams.held_octets(), 0U);
}

TEST_F(QuicStreamsTest, many_streams_come_and_go_and_the_longest_silent_is_given_up) {
  findings.limit_values.quic_streams = 4;
  for (uint64_t id = 0; id < 4000; id += 4) {
    add(id, 0, "q", true);
    add(id, 0, "a", true, Direction::to_client);
  }
  EXPECT_EQ(streams.open(), 0U);
  EXPECT_EQ(to.of(3996, Direction::to_client), "a|");
  for (uint64_t id = 4000; id < 4020; id += 4) add(id, 0, "q");
  EXPECT_EQ(streams.open(), 4U);
  EXPECT_EQ(to.of(4000), "q<0>");
  add(4000, 1, "late");
  EXPECT_EQ(to.of(4000), "q<0>");
}

TEST_F(QuicStreamsTest, any_cutting_and_order_gives_the_same) {
  std::mt19937 random(7);
  std::string text;
  for (int i = 0; i < 500; ++i) text += static_cast<char>('a' + i % 26);
  for (uint64_t round = 0; round < 50; ++round) {
    std::vector<std::pair<size_t, size_t>> pieces;
    for (size_t at = 0; at < text.size();) {
      const size_t length = 1 + random() % 40;
      const size_t back = std::min<size_t>(at, random() % 5);
      pieces.emplace_back(at - back, length + back);
      at += length;
    }
    std::shuffle(pieces.begin(), pieces.end(), random);
    for (const auto& [at, length] : pieces) {
      const std::string part = text.substr(at, length);
      add(round * 4, at, part, at + part.size() == text.size());
    }
    EXPECT_EQ(to.of(round * 4), text + "|") << round;
  }
}

}  // namespace
}  // namespace parlance::test
