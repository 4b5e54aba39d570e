#include "portions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

namespace parlance {
namespace {

constexpr uint64_t kEnd = 1000;  // the packet with which the epoch ends

FlowRecord record(uint64_t end_ordinal, uint64_t flow) {
  FlowRecord made;
  made.end_ordinal = end_ordinal;
  made.flow_id = flow;
  return made;
}

/// What a worker says whose flows of these numbers end with the epoch.
std::deque<Portion> said(const std::vector<uint64_t>& flows) {
  std::deque<Portion> portions(1);
  for (const uint64_t flow : flows) {
    if (portions.back().harvest.ended.size() == kPortion) {
      portions.back().more = true;
      portions.emplace_back();
    }
    portions.back().harvest.ended.push_back(record(kEnd + 1, flow));
  }
  return portions;
}

/// The flows of an epoch as they became due, those of one call together in their order.
struct Written {
  std::vector<uint64_t> flows;
  size_t most_waiting = 0;  ///< records that workers had said and that were not due
  size_t given_back = 0;    ///< harvests
};

Written written_by(std::vector<std::deque<Portion>> workers) {
  Written written;
  Portions portions(workers.size());
  portions.begin_epoch();
  size_t taken = 0;
  while (portions.more()) {
    for (size_t i = 0; i < workers.size(); ++i) {
      if (!portions.wants(i)) continue;
      taken += workers[i].front().harvest.ended.size();
      portions.add(i, std::move(workers[i].front()));
      workers[i].pop_front();
    }
    const size_t before = written.flows.size();
    for (const Harvest& each : portions.due()) {
      for (const FlowRecord& of : each.ended) written.flows.push_back(of.flow_id);
    }
    std::sort(written.flows.begin() + static_cast<ptrdiff_t>(before), written.flows.end());
    written.most_waiting = std::max(written.most_waiting, taken - written.flows.size());
    for (size_t i = 0; i < workers.size(); ++i) written.given_back += portions.take_used(i) ? 1u : 0u;
  }
  for (const auto& each : workers) EXPECT_TRUE(each.empty());
  return written;
}

std::vector<uint64_t> flows(uint64_t first, uint64_t step, size_t count) {
  std::vector<uint64_t> numbers;
  for (size_t i = 0; i < count; ++i) numbers.push_back(first + i * step);
  return numbers;
}

TEST(Portions, flows_of_all_workers_come_in_their_order) {
  const Written written = written_by({said(flows(1, 3, 2000)), said(flows(2, 3, 2000)), said({})});
  EXPECT_EQ(written.flows.size(), 4000u);
  EXPECT_TRUE(std::is_sorted(written.flows.begin(), written.flows.end()));
  EXPECT_EQ(written.given_back, 8u + 8u + 1u);
}

TEST(Portions, a_worker_that_is_far_ahead_waits_with_its_next_portion) {
  const Written written = written_by({said(flows(1, 1, 5000)), said(flows(100'000, 1, 5000))});
  EXPECT_EQ(written.flows.size(), 10'000u);
  EXPECT_TRUE(std::is_sorted(written.flows.begin(), written.flows.end()));
  EXPECT_LT(written.most_waiting, 2 * kPortion);
}

TEST(Portions, what_ended_before_the_end_of_the_epoch_is_due_at_once) {
  std::vector<std::deque<Portion>> workers = {said(flows(500, 1, 600)), said(flows(1, 1, 600))};
  auto& early = workers[0].front().harvest.ended;
  early.insert(early.begin(), {record(700, 900), record(kEnd, 899)});
  Portions portions(2);
  portions.begin_epoch();
  for (size_t i = 0; i < 2; ++i) portions.add(i, std::move(workers[i].front()));
  const auto& due = portions.due();
  ASSERT_EQ(due[0].ended.size(), 2u);
  EXPECT_EQ(due[0].ended[0].flow_id, 900u);
  EXPECT_EQ(due[0].ended[1].flow_id, 899u);
}

TEST(Portions, facts_are_due_once) {
  Portions portions(2);
  for (int epoch = 0; epoch < 2; ++epoch) {
    portions.begin_epoch();
    Portion first;
    first.harvest.evicted = 3;
    portions.add(0, std::move(first));
    EXPECT_FALSE(portions.wants(0));
    EXPECT_TRUE(portions.wants(1));
    portions.add(1, {});
    uint64_t evicted = 0;
    for (const Harvest& each : portions.due()) evicted += each.evicted;
    EXPECT_EQ(evicted, 3u);
    EXPECT_TRUE(portions.take_used(0));
    EXPECT_FALSE(portions.take_used(0));
    EXPECT_TRUE(portions.take_used(1));
    EXPECT_FALSE(portions.more());
  }
}

}  // namespace
}  // namespace parlance
