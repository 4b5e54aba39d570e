#include "portions.h"

#include <algorithm>
#include <iterator>

namespace parlance {

void Portions::begin_epoch() {
  for (Share& each : of_) each.more = true;
}

bool Portions::more() const {
  return std::any_of(of_.begin(), of_.end(), [](const Share& each) { return each.more; });
}

void Portions::add(size_t worker, Portion portion) {
  newest(worker) = std::move(portion.harvest);
  of_[worker].more = portion.more;
  of_[worker].added = true;
}

std::vector<Harvest>& Portions::due() {
  const Place last = reached_by_all();
  for (size_t i = 0; i < of_.size(); ++i) {
    move_later(waiting(i), last, of_[i].later);
    move_later(newest(i).ended, last, of_[i].later);
  }
  return due_;
}

/// Of a worker that has more to say, the records in order end with the last one here.
Portions::Place Portions::reached_by_all() {
  Place last{UINT64_MAX, UINT64_MAX};
  for (size_t i = 0; i < of_.size(); ++i) {
    if (!of_[i].more) continue;
    const std::vector<FlowRecord>& ended = of_[i].added ? newest(i).ended : waiting(i);
    last = std::min(last, ended.empty() ? Place{} : place_of(ended.back()));
  }
  return last;
}

void Portions::move_later(std::vector<FlowRecord>& records, Place last, std::vector<FlowRecord>& later) {
  const auto first = std::partition_point(records.begin(), records.end(),
                                          [&](const FlowRecord& each) { return place_of(each) <= last; });
  later.insert(later.end(), std::move_iterator(first), std::move_iterator(records.end()));
  records.erase(first, records.end());
}

std::optional<Harvest> Portions::take_used(size_t worker) {
  Share& share = of_[worker];
  waiting(worker).clear();
  waiting(worker).swap(share.later);
  if (!std::exchange(share.added, false)) return std::nullopt;
  return std::exchange(newest(worker), {});
}

}  // namespace parlance
