#include "stream/tcp_stream.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "model/packet.h"

namespace {

using namespace parlance;
using namespace parlance::stream;
using namespace parlance::tcp_flag;

constexpr uint32_t kIsn = 1000;

/// Draws what is delivered: octets as they are, a gap of 3 as "---" ("<5000>" if long), the end as
/// "|".
class Picture final : public Sink {
 public:
  void data(Bytes octets, const Origin& origin) override {
    text += as_text(octets);
    for (size_t i = 0; i < octets.size(); ++i) frames.push_back(origin.frame);
  }
  void gap(uint64_t length, const Origin&) override {
    text += length > 64 ? "<" + std::to_string(length) + ">" : std::string(length, '-');
  }
  void end(const Origin&) override { text += '|'; }
  std::string text;
  std::vector<uint64_t> frames;  ///< of each octet
};

/// A stream and the packets for it, described by offsets: offset 0 is the octet after the SYN.
class Stream {
 public:
  explicit Stream(const Limits& bounds = Limits{}) : limits(bounds) {}

  Stream& syn(std::string_view octets = {}) { return segment(UINT32_MAX, octets, kSyn); }
  Stream& data(uint32_t offset, std::string_view octets) { return segment(offset, octets, kAck); }
  Stream& forged(uint32_t offset, std::string_view octets) {
    return segment(offset, octets, kAck, true);
  }
  Stream& fin(uint32_t offset, std::string_view octets = {}) {
    return segment(offset, octets, kFin | kAck);
  }
  Stream& segment(uint32_t offset, std::string_view octets, uint8_t flags, bool suspicious = false,
                  uint32_t claimed = 0) {
    stream.segment(made_of(offset, octets, flags, suspicious, claimed), sink);
    return *this;
  }
  Stream& only(uint32_t offset, std::string_view octets, uint8_t flags = kAck, uint32_t claimed = 0) {
    stream.only_segment(made_of(offset, octets, flags, false, claimed), sink);
    return *this;
  }
  Stream& ack(uint32_t offset, bool syn_ack = false) {
    stream.acknowledged(isn + 1 + offset, syn_ack, next_packet(), sink);
    return *this;
  }
  Stream& wait(int64_t nanoseconds) {
    time += nanoseconds;
    return *this;
  }
  std::string flush() {
    stream.flush(next_packet(), sink);
    return sink.text;
  }
  const std::string& seen() const { return sink.text; }

  Limits limits;
  ReorderPool pool{limits};
  TcpStream stream{pool};
  Picture sink;
  uint32_t isn = kIsn;
  uint64_t packets = 0;
  int64_t time = 0;

 private:
  Segment made_of(uint32_t offset, std::string_view octets, uint8_t flags, bool suspicious, uint32_t claimed) {
    Segment made;
    made.sequence = isn + 1 + offset;
    made.flags = flags;
    made.payload = as_bytes(octets);
    made.payload_length = claimed != 0 ? claimed : static_cast<uint32_t>(octets.size());
    made.suspicious = suspicious;
    made.origin = next_packet();
    return made;
  }
  Origin next_packet() { return {++packets, packets, Timestamp{time += kMillisecond}}; }
};

// ---- order
// ---------------------------------------------------------------------------------------

TEST(TcpStream, delivers_octets_in_order_at_once_and_without_a_copy) {
  struct Addresses final : Sink {
    void data(Bytes octets, const Origin&) override { from = octets.data(); }
    void gap(uint64_t, const Origin&) override {}
    void end(const Origin&) override {}
    const uint8_t* from = nullptr;
  } sink;
  const Limits limits;
  ReorderPool pool(limits);
  TcpStream stream(pool);
  const std::string_view octets = "hello";
  stream.segment({kIsn, kSyn, {}, 0, false, {}}, sink);
  stream.segment({kIsn + 1, kAck, as_bytes(octets), 5, false, {}}, sink);
  EXPECT_EQ(sink.from, as_bytes(octets).data());
  EXPECT_EQ(stream.offset(), 5u);
}

TEST(TcpStream, joins_two_ranges_when_the_hole_between_is_filled) {
  Stream s;
  s.syn().data(0, "ab").data(4, "ef");
  EXPECT_EQ(s.seen(), "ab");
  s.data(2, "cd");
  EXPECT_EQ(s.seen(), "abcdef");
  EXPECT_EQ(s.sink.frames, (std::vector<uint64_t>{2, 2, 4, 4, 3, 3}));
  EXPECT_EQ(s.stream.held(), 0u);
  EXPECT_EQ(s.stream.gaps(), 0u);
}

TEST(TcpStream, puts_segments_in_order_that_come_backwards) {
  Stream s;
  s.syn().ack(0);
  for (uint32_t i = 100; i-- > 0;) s.data(i, std::string(1, static_cast<char>('0' + i % 10)));
  std::string expected;
  for (int i = 0; i < 100; ++i) expected += static_cast<char>('0' + i % 10);
  s.ack(100);
  EXPECT_EQ(s.flush(), expected);
}

TEST(TcpStream, goes_on_where_sequence_numbers_wrap_around) {
  Stream s;
  s.isn = UINT32_MAX - 3;  // the fourth octet has sequence number 0
  s.syn().data(0, "abc").data(5, "fg").data(3, "de").fin(7);
  EXPECT_EQ(s.seen(), "abcdefg|");
}

TEST(TcpStream, names_the_packet_in_which_octets_came) {
  Stream s;
  s.syn().data(3, "de").data(0, "abcd");  // frames 2 and 3; 'd' came first in frame 2
  EXPECT_EQ(s.seen(), "abcde");
  EXPECT_EQ(s.sink.frames, (std::vector<uint64_t>{3, 3, 3, 2, 2}));
}

// ---- repetitions and overlaps
// ----------------------------------------------------------------------

TEST(TcpStream, delivers_a_repeated_segment_once) {
  Stream s;
  s.syn().data(0, "abc").data(0, "abc").data(3, "def").data(0, "abcdef");
  EXPECT_EQ(s.seen(), "abcdef");
  EXPECT_EQ(s.stream.overlap_conflicts(), 0u);
  EXPECT_EQ(s.stream.repeated_octets(), 9u);
}

TEST(TcpStream, the_first_of_two_different_copies_wins_and_the_conflict_is_counted) {
  Stream s;
  s.syn().data(0, "GOOD").data(0, "EVIL");
  EXPECT_EQ(s.flush(), "GOOD");
  EXPECT_EQ(s.stream.overlap_conflicts(), 1u);
}

TEST(TcpStream, the_first_of_two_different_copies_wins_out_of_order_as_well) {
  Stream s;
  s.syn().data(4, "GOOD").data(4, "EVIL").data(0, "VERY");
  EXPECT_EQ(s.flush(), "VERYGOOD");
  EXPECT_EQ(s.stream.overlap_conflicts(), 1u);
}

TEST(TcpStream, a_partial_overlap_keeps_what_came_first) {
  Stream s;
  s.syn().data(1, "OO").data(0, "GXXD");
  EXPECT_EQ(s.flush(), "GOOD");
  EXPECT_EQ(s.stream.overlap_conflicts(), 1u);
}

TEST(TcpStream, a_late_longer_copy_fills_what_is_missing_around_held_octets) {
  Stream s;
  s.syn().data(2, "c").data(4, "e").data(6, "g").data(1, "bcdefgh");
  EXPECT_EQ(s.seen(), "");
  s.data(0, "a");
  EXPECT_EQ(s.seen(), "abcdefgh");
  EXPECT_EQ(s.stream.overlap_conflicts(), 0u);
}

TEST(TcpStream, one_octet_and_then_a_longer_segment_that_repeats_it) {
  Stream s;
  s.syn().data(0, "\x16").data(0, "\x16\x03\x01");
  EXPECT_EQ(s.flush(), "\x16\x03\x01");
  EXPECT_EQ(s.stream.overlap_conflicts(), 0u);
}

TEST(TcpStream, every_packet_twice_gives_the_stream_once) {
  Stream s;
  s.syn().syn().data(0, "SSH-").data(0, "SSH-").data(4, "2.0").data(4, "2.0").fin(7).fin(7);
  EXPECT_EQ(s.flush(), "SSH-2.0|");
}

TEST(TcpStream, a_keep_alive_is_not_a_conflict) {
  Stream s;
  s.syn().data(0, "ab");
  s.data(1, std::string_view("\0", 1));  // one octet of garbage just before the next
  s.data(1, {});                         // or none
  s.data(2, "cd");
  EXPECT_EQ(s.seen(), "abcd");
  EXPECT_EQ(s.stream.overlap_conflicts(), 0u);
}

TEST(TcpStream, a_zero_window_probe_is_part_of_the_stream) {
  Stream s;
  s.syn().data(0, "ab").ack(2).data(2, "c").ack(2).data(2, "c").ack(3).data(2, "cde");
  EXPECT_EQ(s.seen(), "abcde");
}

// ---- holes
// -----------------------------------------------------------------------------------------

TEST(TcpStream, a_hole_is_a_gap_once_the_receiver_has_it_and_it_does_not_come) {
  Stream s;
  s.syn().data(0, "VERY").data(8, "DATA").ack(12);
  EXPECT_EQ(s.seen(), "VERY");  // captures shuffle packets: the hole has three packets' time
  s.ack(12).data(12, "MORE").ack(16);
  EXPECT_EQ(s.seen(), "VERY----DATAMORE");
  EXPECT_EQ(s.stream.gaps(), 1u);
  EXPECT_EQ(s.stream.gap_octets(), 4u);
}

TEST(TcpStream, a_segment_captured_a_little_after_its_acknowledgment_fills_its_place) {
  Stream s;
  s.syn().data(0, "ab").data(4, "ef").ack(6).data(2, "cd");
  EXPECT_EQ(s.flush(), "abcdef");
  EXPECT_EQ(s.stream.gaps(), 0u);
}

TEST(TcpStream, a_hole_at_the_start_is_a_gap) {
  Stream s;
  s.syn().data(4, "GOODDATA").ack(12);
  EXPECT_EQ(s.flush(), "----GOODDATA");
}

TEST(TcpStream, a_hole_that_the_receiver_still_waits_for_is_not_given_up) {
  Stream s;
  s.syn().data(0, "ab");
  for (uint32_t i = 0; i < 200; ++i) s.data(4 + 2 * i, "xx").ack(2);
  EXPECT_EQ(s.seen(), "ab");
  s.data(2, "cd");
  EXPECT_EQ(s.seen().size(), 404u);
  EXPECT_EQ(s.stream.gaps(), 0u);
}

TEST(TcpStream, several_holes_that_were_acknowledged_together_are_given_up_together) {
  Stream s;
  s.syn().data(2, "a").data(4, "b").data(6, "c").ack(7).ack(7).ack(7).ack(7);
  EXPECT_EQ(s.seen(), "--a-b-c");
}

TEST(TcpStream, without_any_acknowledgment_a_hole_delays_64_segments_at_most) {
  Stream s;
  s.syn().data(0, "ab");
  for (uint32_t i = 0; i < 64; ++i) s.data(4 + i, "x");
  EXPECT_EQ(s.seen(), "ab--" + std::string(64, 'x'));
}

TEST(TcpStream, without_any_acknowledgment_a_hole_delays_five_seconds_at_most) {
  Stream s;
  s.syn().data(0, "ab").data(4, "ef").wait(6 * kSecond).data(6, "gh");
  EXPECT_EQ(s.seen(), "ab--efgh");
}

TEST(TcpStream, no_hole_outlives_half_a_minute) {
  Stream s;
  s.syn().data(0, "ab").ack(2).data(4, "ef").wait(31 * kSecond).data(6, "gh");
  EXPECT_EQ(s.seen(), "ab--efgh");
}

TEST(TcpStream, what_was_acknowledged_at_the_end_but_never_captured_is_a_gap) {
  Stream s;
  s.syn().data(0, "ab").ack(12);
  EXPECT_EQ(s.flush(), "ab----------");
  Stream closed;  // the one octet more is the FIN
  closed.syn().data(0, "ab").fin(2).ack(3);
  EXPECT_EQ(closed.flush(), "ab|");
  Stream unseen;
  unseen.syn().data(0, "ab").ack(3);
  EXPECT_EQ(unseen.flush(), "ab");
}

TEST(TcpStream, octets_that_the_capture_cut_off_are_a_gap) {
  Stream s;
  s.syn().segment(0, "abc", kAck, false, 10).data(10, "de");
  EXPECT_EQ(s.flush(), "abc-------de");
  EXPECT_TRUE(s.stream.truncated());
  Stream held;
  held.syn().segment(5, "fg", kAck, false, 4).data(0, "abcde").data(9, "j");
  EXPECT_EQ(held.flush(), "abcdefg--j");
}

// ---- bounds
// ----------------------------------------------------------------------------------------

TEST(TcpStream, holds_no_more_segments_than_allowed) {
  Limits limits;
  limits.reorder_segments = 8;
  Stream s(limits);
  s.syn().data(0, "a");
  for (uint32_t i = 0; i < 9; ++i) s.data(10 + 2 * i, "x");  // nobody acknowledges
  EXPECT_EQ(s.seen(), "a---------x");
  EXPECT_LE(s.stream.held(), 8 * (1 + 128u));
}

TEST(TcpStream, at_the_bounds_the_farthest_octets_go_while_the_receiver_waits) {
  Limits limits;
  limits.reorder_segments = 4;
  Stream s(limits);
  s.syn().data(0, "a").ack(1);
  for (uint32_t i = 0; i < 8; ++i) s.data(1'000'000 + 2 * i, "!");  // forged, far ahead
  for (uint32_t i = 2; i < 6; ++i) s.data(i, std::string(1, static_cast<char>('a' + i)));
  EXPECT_EQ(s.seen(), "a");
  s.data(1, "b").ack(6);
  EXPECT_EQ(s.seen(), "abcdef");
}

TEST(TcpStream, streams_share_what_they_may_hold_and_give_it_back) {
  Limits limits;
  limits.reorder_total_octets = 1000;
  ReorderPool pool(limits);
  Picture sink;
  const std::string block(400, 'x');
  {
    TcpStream one(pool), two(pool);
    for (TcpStream* stream : {&one, &two}) {
      stream->segment({kIsn, kSyn, {}, 0, false, {}}, sink);
      stream->segment({kIsn + 101, kAck, as_bytes(block), 400, false, {}}, sink);
    }
    EXPECT_LE(pool.octets, 1000u);
    EXPECT_GT(one.held(), 0u);
    EXPECT_EQ(two.held(), 0u);  // had to give up its hole
    TcpStream moved(std::move(one));
    EXPECT_GT(moved.held(), 0u);
    moved.stop();
    EXPECT_EQ(pool.octets, 0u);
  }
  EXPECT_EQ(pool.octets, 0u);
}

TEST(TcpStream, a_stopped_stream_delivers_nothing_and_holds_nothing) {
  Stream s;
  s.syn().data(0, "ab").data(4, "ef");
  s.stream.stop();
  s.data(2, "cd").ack(6);
  EXPECT_EQ(s.flush(), "ab");
  EXPECT_EQ(s.pool.octets, 0u);
}

TEST(TcpStream, may_be_stopped_from_within_a_delivery) {
  struct Stopper final : Sink {
    void data(Bytes, const Origin&) override {
      stream->stop();
      ++calls;
    }
    void gap(uint64_t, const Origin&) override {
      stream->stop();
      ++calls;
    }
    void end(const Origin&) override { ++calls; }
    TcpStream* stream = nullptr;
    int calls = 0;
  } sink;
  const Limits limits;
  ReorderPool pool(limits);
  TcpStream stream(pool);
  sink.stream = &stream;
  const auto send = [&](uint32_t offset, std::string_view octets, bool suspicious) {
    stream.segment({kIsn + 1 + offset,
                    kAck,
                    as_bytes(octets),
                    static_cast<uint32_t>(octets.size()),
                    suspicious,
                    {}},
                   sink);
  };
  stream.segment({kIsn, kSyn, {}, 0, false, {}}, sink);
  send(2, "cd", false);
  send(6, "gh", false);
  send(1, "b", true);
  send(0, "ab", false);
  send(4, "ef", false);
  stream.flush({}, sink);
  EXPECT_EQ(sink.calls, 1);
  EXPECT_EQ(pool.octets, 0u);
}

// ---- the start
// -------------------------------------------------------------------------------------

TEST(TcpStream, picks_up_in_the_middle) {
  Stream s;
  s.data(500, "abc").data(503, "def");
  EXPECT_EQ(s.seen(), "abcdef");
  EXPECT_TRUE(s.stream.midstream());
}

TEST(TcpStream, a_pick_up_waits_one_packet_for_a_segment_that_belongs_in_front) {
  Stream s;
  s.data(503, "def");
  EXPECT_EQ(s.seen(), "");
  s.data(500, "abc");
  EXPECT_EQ(s.seen(), "abcdef");
  Stream acknowledged;
  acknowledged.data(500, "abc").ack(503);
  EXPECT_EQ(acknowledged.seen(), "abc");
}

TEST(TcpStream, an_ack_that_names_the_first_octet_spares_the_wait) {
  Stream own;
  own.data(500, {}).data(500, "abc");
  EXPECT_EQ(own.seen(), "abc");
  Stream others;
  others.ack(500).data(500, "abc");
  EXPECT_EQ(others.seen(), "abc");
}

TEST(TcpStream, the_syn_ack_names_the_start_if_the_syn_was_not_captured) {
  Stream s;
  s.ack(0, true).data(3, "def").data(0, "abc");
  EXPECT_EQ(s.seen(), "abcdef");
  EXPECT_FALSE(s.stream.midstream());
}

TEST(TcpStream, a_syn_captured_after_the_first_octets_still_names_the_start) {
  Stream s;
  s.data(0, "abc").syn().data(3, "def");
  EXPECT_EQ(s.seen(), "abcdef");
  EXPECT_FALSE(s.stream.midstream());
}

TEST(TcpStream, of_several_answers_to_a_syn_the_last_or_the_acknowledged_one_counts) {
  Stream last;
  last.segment(900'000'000, {}, kSyn | kAck).syn().data(0, "abc");
  EXPECT_EQ(last.seen(), "abc");
  Stream acknowledged;
  acknowledged.syn().segment(900'000'000, {}, kSyn | kAck).ack(0).data(0, "abc");
  EXPECT_EQ(acknowledged.seen(), "abc");
  EXPECT_EQ(acknowledged.flush(), "abc");
}

TEST(TcpStream, an_ack_of_the_first_octets_does_not_hide_that_they_are_missing) {
  Stream s;
  s.syn().ack(4).data(4, "ef");
  EXPECT_EQ(s.flush(), "----ef");
}

TEST(TcpStream, a_pick_up_of_one_segment_is_delivered_at_the_end) {
  Stream s;
  s.data(500, "abc");
  EXPECT_EQ(s.flush(), "abc");
}

TEST(TcpStream, the_only_segment_of_a_flow_is_delivered_at_once) {
  Stream s;
  EXPECT_EQ(s.only(500, "abc").seen(), "abc");
  EXPECT_EQ(s.flush(), "abc");
  EXPECT_TRUE(s.stream.midstream());
  EXPECT_EQ(s.stream.offset(), 3u);
  EXPECT_EQ(Stream().only(500, "abc", kFin | kAck).flush(), "abc|");
  Stream cut;
  EXPECT_EQ(cut.only(500, "abc", kAck, 5).flush(), "abc--");
  EXPECT_TRUE(cut.stream.truncated());
}

TEST(TcpStream, octets_on_a_syn_are_delivered_once_the_server_takes_them) {
  Stream s;
  s.syn("GET ");
  EXPECT_EQ(s.seen(), "");
  s.ack(4, true);
  EXPECT_EQ(s.seen(), "GET ");
  s.data(4, "/");
  EXPECT_EQ(s.seen(), "GET /");
}

TEST(TcpStream, octets_on_a_syn_that_were_refused_are_not_doubled) {
  Stream s;
  s.syn("GET ").ack(0, true).data(0, "GET /").ack(5);
  EXPECT_EQ(s.flush(), "GET /");
  EXPECT_EQ(s.stream.overlap_conflicts(), 0u);
}

TEST(TcpStream, octets_on_a_syn_count_when_the_client_goes_on_after_them) {
  Stream s;
  s.syn("GET ").data(4, "/");
  EXPECT_EQ(s.seen(), "GET /");
}

TEST(TcpStream, octets_on_a_syn_alone_are_delivered_at_the_end) {
  Stream s;
  s.syn("GET ");
  EXPECT_EQ(s.flush(), "GET ");
}

// ---- the end
// ---------------------------------------------------------------------------------------

TEST(TcpStream, ends_with_the_fin_once_everything_before_it_is_there) {
  Stream s;
  s.syn().fin(2, "cd").data(0, "ab");
  EXPECT_EQ(s.seen(), "abcd|");
}

TEST(TcpStream, octets_after_a_fin_are_ignored) {
  Stream s;
  s.syn().data(0, "ab").fin(2).data(2, "cd").data(1, "bxy");
  EXPECT_EQ(s.flush(), "ab|");
}

TEST(TcpStream, a_fin_before_octets_that_are_there_is_not_believed) {
  Stream s;
  s.syn().data(4, "ef").fin(2).data(0, "abcd");
  EXPECT_EQ(s.flush(), "abcdef");
}

TEST(TcpStream, octets_of_a_rst_are_not_of_the_stream) {
  Stream s;
  s.syn().data(0, "ab").segment(2, "reset cause", kRst | kAck).data(2, "cd");
  EXPECT_EQ(s.flush(), "abcd");
}

TEST(TcpStream, octets_before_a_rst_are_delivered_though_never_acknowledged) {
  Stream s;
  s.syn().ack(0).data(0, "ab").data(4, "ef").segment(6, {}, kRst);
  EXPECT_EQ(s.flush(), "ab--ef");
}

TEST(TcpStream, urgent_octets_stay_in_line) {
  Stream s;
  s.syn().data(0, "ab").segment(2, "!", kAck | kUrgent).data(3, "cd");
  EXPECT_EQ(s.flush(), "ab!cd");
}

// ---- forgeries
// -------------------------------------------------------------------------------------

TEST(TcpStream, a_suspicious_segment_gives_way_to_a_trusted_one) {
  Stream s;
  s.syn().forged(0, "EVIL").data(0, "GOOD").ack(4);
  EXPECT_EQ(s.flush(), "GOOD");
  EXPECT_EQ(s.stream.overlap_conflicts(), 1u);
}

TEST(TcpStream, a_suspicious_segment_is_delivered_once_the_receiver_took_it) {
  Stream s;
  s.syn().forged(0, "abcd");
  EXPECT_EQ(s.seen(), "");
  s.ack(4);
  EXPECT_EQ(s.seen(), "abcd");
}

TEST(TcpStream, suspicious_segments_alone_are_delivered_with_bounded_delay) {
  Stream s;
  s.segment(UINT32_MAX, {}, kSyn, true);
  for (uint32_t i = 0; i < 40; ++i) s.forged(i, std::string(1, static_cast<char>('a' + i % 26)));
  EXPECT_GE(s.seen().size(), 20u);
  EXPECT_EQ(s.flush().substr(0, 6), "abcdef");
  EXPECT_EQ(s.sink.text.size(), 40u);
}

TEST(TcpStream, a_forged_fin_or_syn_moves_nothing) {
  Stream s;
  s.syn().data(0, "ab").segment(2, {}, kFin | kAck, true).segment(700, {}, kSyn, true);
  s.data(2, "cd");
  EXPECT_EQ(s.flush(), "abcd");
}

// ---- random segments against a map of octets
// -------------------------------------------------------

/// What a stream must deliver if its segments come in the given order and all are trusted: for each
/// place the octet that came first.
TEST(TcpStream, agrees_with_a_plain_map_of_octets_on_random_segments) {
  std::mt19937 random(20261124);
  for (int round = 0; round < 400; ++round) {
    Stream s;
    s.isn = static_cast<uint32_t>(random());
    const auto size = static_cast<uint32_t>(1 + random() % 300);
    std::map<uint32_t, char> model;
    s.syn();
    for (int i = 0; i < 60; ++i) {
      const uint32_t from = static_cast<uint32_t>(random() % size);
      const uint32_t length = std::min(size - from, static_cast<uint32_t>(1 + random() % 40));
      std::string octets;
      for (uint32_t at = from; at < from + length; ++at) {
        const char octet = random() % 20 == 0 ? '?' : static_cast<char>('a' + at % 26);
        octets += octet;
        model.emplace(at, octet);
      }
      // A keep-alive's octet is compared with nothing, and delivered like any if it is new.
      s.data(from, octets);
    }
    std::string expected;
    uint32_t next = 0;
    for (const auto& [at, octet] : model) {
      const uint32_t hole = at - next;
      expected += hole > 64 ? "<" + std::to_string(hole) + ">" : std::string(hole, '-');
      expected += octet;
      next = at + 1;
    }
    ASSERT_EQ(s.flush(), expected) << "round " << round;
    ASSERT_EQ(s.pool.octets, 0u);
    ASSERT_EQ(s.stream.offset(), next);
  }
}

/// Whatever comes, what is held stays within bounds, offsets add up and nothing is delivered twice.
TEST(TcpStream, keeps_its_bounds_on_anything) {
  std::mt19937 random(7);
  Limits limits;
  limits.reorder_segments = 16;
  limits.reorder_octets = 4096;
  limits.reorder_total_octets = 6000;
  const std::string block(300, 'x');
  for (int round = 0; round < 300; ++round) {
    Stream s(limits);
    for (int i = 0; i < 200; ++i) {
      const auto offset = static_cast<uint32_t>(random() % 3 == 0 ? random() : random() % 5000);
      const auto flags = static_cast<uint8_t>(random() % 8 == 0 ? random() % 64 : kAck);
      const auto length = random() % block.size();
      const bool suspicious = random() % 6 == 0;
      if (random() % 4 == 0) {
        s.ack(offset, random() % 20 == 0);
      } else {
        s.segment(offset, std::string_view(block).substr(0, length), flags, suspicious,
                  static_cast<uint32_t>(length + random() % 3));
      }
      // Suspicious segments have their own count of 16.
      ASSERT_LE(s.pool.octets, limits.reorder_total_octets);
    }
    s.flush();
    ASSERT_EQ(s.pool.octets, 0u);
    ASSERT_EQ(s.sink.frames.size() + s.stream.gap_octets(), s.stream.offset());
  }
}

}  // namespace
