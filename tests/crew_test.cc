#include "crew.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "flow/packets.h"
#include "support/few_signatures.h"

namespace parlance {
namespace {

using flow::PacketMaker;
using namespace tcp_flag;

const std::string kRequest = "GET / HTTP/1.1\r\nHost: chat.example.com\r\n\r\n";
const std::string kMarker = "MARKED-OCTETS";
constexpr uint16_t kFlows = 60;

/// Flows that overlap in time, of several kinds; some are over early.
std::vector<DecodedPacket> traffic() {
  std::vector<DecodedPacket> packets;
  std::vector<PacketMaker> makers;
  for (uint16_t i = 0; i < kFlows; ++i) {
    const auto port = static_cast<uint16_t>(40000 + i);
    makers.emplace_back(port, 80, i % 5 == 0 ? Transport::udp : Transport::tcp);
  }
  for (PacketMaker& make : makers) {
    if (make.transport == Transport::tcp) packets.push_back(make.from_client(kSyn, 99));
  }
  for (PacketMaker& make : makers) {
    const bool marked = make.client.port % 3 == 0;
    packets.push_back(make.from_client(kAck, 100, 500, marked ? kMarker : kRequest));
  }
  for (PacketMaker& make : makers) {
    if (make.transport == Transport::udp) continue;
    packets.push_back(make.from_server(kAck, 500, 142, "HTTP/1.1 204 No Content\r\n\r\n"));
    if (make.client.port % 4 == 0) packets.push_back(make.from_client(kRst | kAck, 142, 527));
  }
  uint64_t ordinal = 0;
  for (DecodedPacket& each : packets) {
    each.ordinal = each.frame = ++ordinal;
    each.time = each.clock = {static_cast<int64_t>(ordinal) * kSecond};
  }
  return packets;
}

std::string line_of(const FlowRecord& record) {
  std::string line = std::to_string(record.end_ordinal) + " " + std::to_string(record.flow_id) +
                     " " + to_text(record.client) + " " + std::string(name_of(record.reason));
  for (const std::string_view each : record.verdict.stack) line.append(" ").append(each);
  for (const Evidence& each : record.verdict.evidence) {
    line += " " + each.rule() + "@" + std::to_string(each.frame);
  }
  return line;
}

/// What a crew says of the traffic, epoch by epoch. The octets of packets die after each call.
std::vector<std::vector<std::string>> said_by(unsigned workers) {
  WorkerSettings settings;
  settings.signatures = &test::few_signatures();
  settings.seed = 7;
  std::vector<std::vector<std::string>> epochs;
  const auto keep = [&](const std::vector<Harvest>& harvests) -> Result<void> {
    std::vector<std::string> lines;
    for (const Harvest& harvest : harvests) {
      for (const FlowRecord& each : harvest.ended) lines.push_back(line_of(each));
    }
    std::sort(lines.begin(), lines.end());
    if (!lines.empty()) epochs.push_back(std::move(lines));
    return {};
  };
  Crew crew(settings, workers, keep);
  uint64_t in_epoch = 0;
  for (const DecodedPacket& each : traffic()) {
    std::string octets(as_text(each.payload));
    DecodedPacket packet = each;
    packet.payload = as_bytes(octets);
    crew.take(std::span(&packet, 1));
    std::fill(octets.begin(), octets.end(), '?');
    if (++in_epoch % 40 == 0) {
      EXPECT_TRUE(crew.close_epoch(each.clock, each.ordinal));
    }
  }
  EXPECT_TRUE(crew.finish(1000));
  return epochs;
}

TEST(Crew, says_the_same_whatever_the_number_of_workers) {
  const auto alone = said_by(1);
  size_t flows = 0, labelled = 0;
  for (const auto& epoch : alone) {
    flows += epoch.size();
    for (const std::string& each : epoch) labelled += each.find('/') != std::string::npos ? 1u : 0u;
  }
  EXPECT_EQ(flows, kFlows);
  EXPECT_GT(labelled, kFlows / 2);
  EXPECT_GT(alone.size(), 1u) << "some flows were to end early";
  EXPECT_EQ(said_by(3), alone);
  EXPECT_EQ(said_by(2), alone);
}

Result<void> ignore(std::vector<Harvest>&) {
  return {};
}

TEST(Crew, may_be_left_at_any_time) {
  WorkerSettings settings;
  settings.signatures = &test::few_signatures();
  const std::vector<DecodedPacket> packets = traffic();
  { Crew idle(settings, 3, ignore); }
  {
    Crew busy(settings, 3, ignore);
    busy.take(packets);
  }
  {
    Crew between(settings, 3, ignore);
    between.take(packets);
    EXPECT_TRUE(between.close_epoch({}, 1));
    between.take(packets);
  }
}

TEST(Crew, an_error_of_writing_comes_back_and_ends_the_writing) {
  WorkerSettings settings;
  settings.signatures = &test::few_signatures();
  for (const unsigned workers : {1u, 3u}) {
    int writes = 0;
    Crew crew(settings, workers, [&](std::vector<Harvest>&) -> Result<void> {
      ++writes;
      return failure("out.json", "the disk is full");
    });
    crew.take(traffic());
    if (crew.close_epoch({}, 1)) {
      EXPECT_FALSE(crew.drain());
    }
    EXPECT_FALSE(crew.finish(1000));
    EXPECT_EQ(writes, workers == 1 ? 2 : 1);
  }
}

TEST(Crew, has_written_what_was_closed_once_it_is_drained) {
  WorkerSettings settings;
  settings.signatures = &test::few_signatures();
  for (const unsigned workers : {1u, 3u}) {
    size_t flows = 0;
    Crew crew(settings, workers, [&](std::vector<Harvest>& harvests) -> Result<void> {
      for (const Harvest& each : harvests) flows += each.ended.size();
      return {};
    });
    crew.take(traffic());
    EXPECT_TRUE(crew.close_epoch({10'000 * kSecond}, 1000));
    EXPECT_TRUE(crew.drain());
    EXPECT_EQ(flows, kFlows);
  }
}

/// Traffic that is given to a crew octet for octet as it is, and how much was written of it.
struct Tally {
  size_t ended = 0, provisional = 0, writes = 0;
  std::vector<uint64_t> end_ordinals;  ///< of each write, the last

  Crew::Write writer() {
    return [this](std::vector<Harvest>& harvests) -> Result<void> {
      ++writes;
      uint64_t last = 0;
      for (const Harvest& each : harvests) {
        ended += each.ended.size();
        provisional += each.provisional.size();
        for (const FlowRecord& record : each.ended) last = std::max(last, record.end_ordinal);
      }
      end_ordinals.push_back(last);
      return {};
    };
  }
};

WorkerSettings followed() {
  WorkerSettings settings;
  settings.signatures = &test::few_signatures();
  settings.follow = true;
  return settings;
}

TEST(Crew, many_epochs_may_be_closed_before_the_first_is_written) {
  for (const unsigned workers : {1u, 3u}) {
    Tally tally;
    const std::vector<DecodedPacket> packets = traffic();
    {
      Crew crew(followed(), workers, tally.writer());
      for (const DecodedPacket& each : packets) {  // an epoch a packet, and none of them is waited for
        crew.take(std::span(&each, 1));
        ASSERT_TRUE(crew.close_epoch(each.clock, each.ordinal));
        ASSERT_TRUE(crew.close_epoch(each.clock, each.ordinal)) << "an epoch without packets";
      }
      ASSERT_TRUE(crew.finish(packets.size()));
    }
    EXPECT_EQ(tally.ended, kFlows) << workers;
    EXPECT_GT(tally.writes, 2 * packets.size());
    EXPECT_TRUE(std::is_sorted(tally.end_ordinals.begin(), std::remove(tally.end_ordinals.begin(),
                                                                       tally.end_ordinals.end(), 0u)));
  }
}

TEST(Crew, closed_epochs_are_written_though_nobody_waits_for_them) {
  Tally tally;
  {
    Crew crew(followed(), 3, tally.writer());
    crew.take(traffic());
    for (uint64_t i = 0; i < 10; ++i) EXPECT_TRUE(crew.close_epoch({10'000 * kSecond}, 1000 + i));
  }
  EXPECT_EQ(tally.ended, kFlows);
  EXPECT_EQ(tally.writes, 10u);
}

TEST(Crew, what_is_known_is_written_at_once_and_ends_no_flow) {
  for (const unsigned workers : {1u, 3u}) {
    Tally tally;
    Crew crew(followed(), workers, tally.writer());
    EXPECT_TRUE(crew.write_known(0));
    const std::vector<DecodedPacket> packets = traffic();
    const size_t opened = 2 * kFlows - kFlows / 5;  // the packets with which all have begun and spoken
    crew.take(std::span(packets).first(opened));
    EXPECT_TRUE(crew.write_known(opened));
    EXPECT_EQ(tally.ended, 0u) << workers;
    EXPECT_GT(tally.provisional, kFlows / 2) << workers;
    const size_t so_far = tally.provisional;
    EXPECT_TRUE(crew.write_known(opened));
    EXPECT_EQ(tally.provisional, so_far) << "all was said";
    crew.take(std::span(packets).subspan(opened));
    EXPECT_TRUE(crew.finish(packets.size()));
    EXPECT_EQ(tally.ended, kFlows) << workers;
  }
}

TEST(Crew, flows_that_are_closed_end_when_that_is_asked_for) {
  std::vector<DecodedPacket> packets = traffic();
  const auto resets = static_cast<size_t>(std::count_if(packets.begin(), packets.end(), [](const auto& each) {
    return each.has(kRst);
  }));
  ASSERT_GT(resets, 5u);
  for (DecodedPacket& each : packets) each.time = each.clock = {kSecond};  // no time goes by
  for (const unsigned workers : {1u, 3u}) {
    Tally tally;
    Crew crew(followed(), workers, tally.writer());
    crew.take(packets);
    EXPECT_TRUE(crew.close_epoch({kSecond}, packets.size()));
    EXPECT_TRUE(crew.drain());
    EXPECT_EQ(tally.ended, 0u) << "late packets might still come";
    EXPECT_TRUE(crew.end_closed(packets.size()));
    EXPECT_EQ(tally.ended, resets) << workers;
    EXPECT_TRUE(crew.end_closed(packets.size()));
    EXPECT_EQ(tally.ended, resets) << workers;
    EXPECT_TRUE(crew.finish(packets.size()));
    EXPECT_EQ(tally.ended, kFlows) << workers;
  }
}

TEST(Crew, an_error_is_the_first_of_several_epochs_in_flight) {
  for (const unsigned workers : {1u, 3u}) {
    int writes = 0;
    Crew crew(followed(), workers, [&](std::vector<Harvest>&) -> Result<void> {
      return failure("out.json", "write " + std::to_string(++writes));
    });
    crew.take(traffic());
    std::string first;
    for (int i = 0; i < 8; ++i) {
      const auto closed = crew.close_epoch({}, 1000);
      if (!closed && first.empty()) first = closed.error().text();
    }
    if (workers > 1) {
      const auto known = crew.write_known(1000);
      ASSERT_FALSE(known);
      first = known.error().text();
    }
    EXPECT_NE(first.find("write 1"), std::string::npos) << first;
    EXPECT_FALSE(crew.end_closed(1000));
  }
}

}  // namespace
}  // namespace parlance
