#include "call_joiner.h"

#include <algorithm>
#include <utility>

#include "model/call_signs.h"

namespace parlance {
namespace {

constexpr int64_t kMemory = 600 * kSecond;  // before a flow began: a call is set up in seconds

bool is_known(const CallFact& fact, const FlowRecord& record) {
  return fact.ordinal <= record.end_ordinal && elapsed(fact.time, record.start) <= kMemory;
}

}  // namespace

void CallJoiner::add(CallFact fact) {
  const uint64_t number = forgotten_ + facts_.size();
  Node& flow = by_flow_[fact.flow_id];
  put(number, flow);
  Sign* sign = nullptr;
  if (!fact.sign.empty()) {
    sign = &sign_of(std::exchange(fact.sign, {}));
    put(number, sign->second);
  }
  facts_.push_back({std::move(fact), sign, &flow});
  if (facts_.size() > capacity_) forget_oldest();
}

CallJoiner::Sign& CallJoiner::sign_of(std::string&& text) {
  const auto [sign, is_new] = by_sign_.try_emplace(std::move(text));
  if (is_new && is_announcement(sign->first)) announced_.emplace(sign->first, &sign->second);
  return *sign;
}

void CallJoiner::forget_sign(const std::string& text) {
  announced_.erase(text);
  by_sign_.erase(by_sign_.find(text));
}

/// The newest are kept, for a sign may come again in another call.
void CallJoiner::put(uint64_t number, Node& node) {
  if (node.facts.size() >= kFactsOfOne) node.facts.erase(node.facts.begin());
  node.facts.push_back(number);
}

/// A node goes with the newest fact of it, so no fact is ever left without its node.
void CallJoiner::forget_oldest() {
  const auto drop = [&](Node& node) {
    if (!node.facts.empty() && node.facts.front() == forgotten_) node.facts.erase(node.facts.begin());
    return node.facts.empty();
  };
  const Known& oldest = facts_.front();
  if (oldest.sign != nullptr && drop(oldest.sign->second)) forget_sign(oldest.sign->first);
  if (drop(*oldest.flow)) by_flow_.erase(oldest.fact.flow_id);
  facts_.pop_front();
  ++forgotten_;
}

template <class Visit>
void CallJoiner::each_known(const Node& node, const FlowRecord& record, Visit visit) const {
  for (const uint64_t number : node.facts) {
    const Known& each = facts_[number - forgotten_];
    if (is_known(each.fact, record)) visit(each);
  }
}

/// The signs by which others would know the record's own two ends.
void CallJoiner::look_at_ends(const FlowRecord& record, Met& met) {
  const EndpointText client(record.client), server(record.server);
  look_at(EndpointSign::socket(client), record, met);
  look_at(EndpointSign::socket(server), record, met);
  look_at(EndpointSign::peer(client.address(), server), record, met);
  look_at(EndpointSign::peer(server.address(), client), record, met);
}

void CallJoiner::look_at(std::string_view sign, const FlowRecord& record, Met& met) {
  if (const auto place = by_sign_.find(sign); place != by_sign_.end()) {
    look(place->second, record, met);
  }
}

/// Meets the flows that carry a sign.
void CallJoiner::look(Node& sign, const FlowRecord& record, Met& met) {
  if (met.size() + 1 >= kFlows || std::exchange(sign.met_in, search_) == search_) return;
  each_known(sign, record, [&](const Known& each) {
    const bool is_own = each.fact.flow_id == record.flow_id;
    if (is_own || met.size() + 1 >= kFlows) return;
    if (std::exchange(each.flow->met_in, search_) != search_) met.push_back(&each);
  });
}

/// Meets those that share a sign with a flow.
void CallJoiner::visit(const Node& flow, const FlowRecord& record, Met& met) {
  each_known(flow, record, [&](const Known& each) {
    if (each.sign != nullptr) look(each.sign->second, record, met);
  });
}

/// What the octets of a flow speak for best.
const CallFact* CallJoiner::best_name(const Node& flow, const FlowRecord& record) const {
  const CallFact* best = nullptr;
  each_known(flow, record, [&](const Known& each) {
    if (each.fact.supports.empty()) return;
    if (best == nullptr || each.fact.strength > best->strength) best = &each.fact;
  });
  return best;
}

std::optional<Announcement> CallJoiner::find_announcement(const FlowRecord& record) const {
  if (announced_.empty()) return {};
  const EndpointSign start = EndpointSign::announcement_start(EndpointText(record.server));
  std::optional<Announcement> newest;
  for (auto place = announced_.lower_bound(start);
       place != announced_.end() && place->first.starts_with(start); ++place) {
    const std::string_view protocol = place->first.substr(std::string_view(start).size());
    each_known(*place->second, record, [&](const Known& each) {
      if (!newest || each.fact.ordinal >= newest->fact->ordinal) newest = Announcement{protocol, &each.fact};
    });
  }
  return newest;
}

Call CallJoiner::find(const FlowRecord& record) {
  Call call{record.flow_id, 1, {}};
  if (facts_.empty()) return call;
  ++search_;
  Met met;
  look_at_ends(record, met);
  if (const auto own = by_flow_.find(record.flow_id); own != by_flow_.end()) {
    visit(own->second, record, met);
  }
  size_t next = 0;
  for (int step = 0; step < kSteps; ++step) {
    for (const size_t end = met.size(); next < end; ++next) {
      const Known& each = *met[next];
      call.first_flow = std::min(call.first_flow, each.fact.flow_id);
      const CallFact* const best = call.named ? nullptr : best_name(*each.flow, record);
      if (best != nullptr) {
        call.named = CallJoint{each.fact.flow_id, each.sign->first, best->supports, best->frame};
      }
      visit(*each.flow, record, met);
    }
  }
  call.flows = met.size() + 1;
  return call;
}

}  // namespace parlance
