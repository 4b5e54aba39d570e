#include "call_joiner.h"

#include <algorithm>
#include <set>
#include <utility>

#include "model/call_signs.h"

namespace parlance {
namespace {

constexpr int64_t kMemory = 600 * kSecond;  // before a flow began: a call is set up in seconds

bool is_known(const CallFact& fact, const FlowRecord& record) {
  return fact.ordinal <= record.end_ordinal && elapsed(fact.time, record.start) <= kMemory;
}

}  // namespace

/// A walk from flow to sign to flow, nearest first.
struct CallJoiner::Search {
  std::set<std::string, std::less<>> signs;  ///< looked up already
  std::set<uint64_t> flows;                  ///< met
  std::vector<CallJoint> met, next;          ///< in this step, and to go on from
};

void CallJoiner::add(CallFact fact) {
  const uint64_t number = forgotten_ + facts_.size();
  put(number, by_flow_[fact.flow_id]);
  if (!fact.sign.empty()) put(number, by_sign_[fact.sign]);
  facts_.push_back(std::move(fact));
  if (facts_.size() > capacity_) forget_oldest();
}

/// The newest are kept, for a sign may come again in another call.
void CallJoiner::put(uint64_t number, Numbers& numbers) {
  if (numbers.size() >= kFactsOfOne) numbers.erase(numbers.begin());
  numbers.push_back(number);
}

void CallJoiner::forget_oldest() {
  const auto drop = [&](auto& map, const auto& key) {
    const auto place = map.find(key);
    if (place == map.end()) return;
    Numbers& numbers = place->second;
    if (!numbers.empty() && numbers.front() == forgotten_) numbers.erase(numbers.begin());
    if (numbers.empty()) map.erase(place);
  };
  const CallFact& oldest = facts_.front();
  if (!oldest.sign.empty()) drop(by_sign_, oldest.sign);
  drop(by_flow_, oldest.flow_id);
  facts_.pop_front();
  ++forgotten_;
}

const CallFact* CallJoiner::fact(uint64_t number) const {
  return number < forgotten_ ? nullptr : &facts_[number - forgotten_];
}

/// Meets the flows that carry a sign.
void CallJoiner::look(const std::string& sign, const FlowRecord& record, Search& search) const {
  // Asked first, for it is short: whoever scans from one socket has thousands of flows of one sign.
  if (!search.signs.insert(sign).second) return;
  const auto place = by_sign_.find(sign);
  if (place == by_sign_.end()) return;
  for (const uint64_t number : place->second) {
    const CallFact* each = fact(number);
    if (each == nullptr || !is_known(*each, record) || search.flows.size() >= kFlows) continue;
    if (search.flows.insert(each->flow_id).second) {
      search.met.push_back({each->flow_id, sign, {}, each->frame});
    }
  }
}

/// Meets those that share a sign with a flow.
void CallJoiner::visit(uint64_t flow_id, const FlowRecord& record, Search& search) const {
  const auto place = by_flow_.find(flow_id);
  if (place == by_flow_.end()) return;
  for (const uint64_t number : place->second) {
    const CallFact* each = fact(number);
    if (each != nullptr && !each->sign.empty() && is_known(*each, record)) {
      look(each->sign, record, search);
    }
  }
}

/// What the octets of a flow speak for best.
const CallFact* CallJoiner::best_name(uint64_t flow_id, const FlowRecord& record) const {
  const auto place = by_flow_.find(flow_id);
  if (place == by_flow_.end()) return nullptr;
  const CallFact* best = nullptr;
  for (const uint64_t number : place->second) {
    const CallFact* each = fact(number);
    if (each == nullptr || each->supports.empty() || !is_known(*each, record)) continue;
    if (best == nullptr || each->strength > best->strength) best = each;
  }
  return best;
}

Call CallJoiner::find(const FlowRecord& record) const {
  Call call{record.flow_id, 1, {}};
  if (facts_.empty()) return call;
  Search search;
  search.flows.insert(record.flow_id);
  look(socket_sign(record.client), record, search);
  look(socket_sign(record.server), record, search);
  look(peer_sign(record.client.address, record.server), record, search);
  look(peer_sign(record.server.address, record.client), record, search);
  visit(record.flow_id, record, search);
  for (int step = 0; step < kSteps && !search.met.empty(); ++step) {
    search.next = std::exchange(search.met, {});
    for (CallJoint& each : search.next) {
      call.first_flow = std::min(call.first_flow, each.flow_id);
      if (!call.named) {
        if (const CallFact* best = best_name(each.flow_id, record)) {
          each.supports = best->supports;
          each.frame = best->frame;
          call.named = each;
        }
      }
      visit(each.flow_id, record, search);
    }
  }
  call.flows = search.flows.size();
  return call;
}

}  // namespace parlance
