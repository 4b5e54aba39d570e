#include "ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <tuple>

#include "model/call_signs.h"
#include "verdict/judge.h"

namespace parlance {
namespace {

std::string joined(const std::vector<std::string_view>& stack) {
  std::string path = "/";
  for (const std::string_view each : stack) path.append(each).append("/");
  return path;
}

bool has_any_of(const std::vector<std::string_view>& stack,
                std::initializer_list<std::string_view> names) {
  return std::find_first_of(stack.begin(), stack.end(), names.begin(), names.end()) != stack.end();
}

/// Media, what opens its way, or what nobody knows: a call's flows are one of these.
bool may_be_of_call(const FlowRecord& record) {
  const auto& stack = record.verdict.stack;
  const bool is_unknown = record.transport == Transport::udp && stack.size() == 1;
  return is_unknown || has_any_of(stack, {"stun", "dtls", "rtp"});
}

/// What all workers found of one kind, in the order of its packets.
template <class Fact>
std::vector<Fact> taken_in_order(std::vector<Harvest>& harvests, std::vector<Fact> Harvest::*part) {
  std::vector<Fact> facts;
  for (Harvest& each : harvests) {
    std::move((each.*part).begin(), (each.*part).end(), std::back_inserter(facts));
  }
  std::stable_sort(facts.begin(), facts.end(),
                   [](const auto& a, const auto& b) { return a.ordinal < b.ordinal; });
  return facts;
}

std::string seconds_before(Timestamp earlier, Timestamp later) {
  return fmt::format("{:.1f} s", static_cast<double>(elapsed(earlier, later)) / 1e9);
}

/// The records of all workers in the order in which they are written. They are large, so only their
/// places are sorted.
void put_in_order(std::vector<Harvest>& harvests, std::vector<FlowRecord> Harvest::*part,
                  std::vector<FlowRecord*>& records) {
  records.clear();
  for (Harvest& each : harvests) {
    for (FlowRecord& record : each.*part) records.push_back(&record);
  }
  const auto comes_before = [](const FlowRecord* a, const FlowRecord* b) {
    return std::tie(a->end_ordinal, a->flow_id) < std::tie(b->end_ordinal, b->flow_id);
  };
  // Those of one worker often are in order.
  if (std::is_sorted(records.begin(), records.end(), comes_before)) return;
  std::sort(records.begin(), records.end(), comes_before);
}

}  // namespace

bool stack_contains(const std::vector<std::string_view>& stack, std::string_view path) {
  std::string wanted = "/" + std::string(path) + "/";
  std::erase(wanted, ' ');
  return joined(stack).find(wanted) != std::string::npos;
}

Ledger::Ledger(const SignatureSet& signatures,
               std::vector<std::unique_ptr<report::Reporter>> reporters, Questions questions)
    : signatures_(signatures),
      scanner_(signatures),
      reporters_(std::move(reporters)),
      questions_(std::move(questions)) {}

Result<void> Ledger::begin() {
  for (const auto& each : reporters_) {
    if (auto done = each->begin(); !done) return done;
  }
  return {};
}

Result<void> Ledger::write(std::vector<Harvest>& harvests) {
  for (const Harvest& each : harvests) evicted_ += each.evicted;
  // All answers of the epoch before its flows: a flow asks only for answers before its first packet.
  for (Resolution& each : taken_in_order(harvests, &Harvest::resolutions)) {
    joiner_.add(std::move(each));
  }
  // Likewise: a flow is joined to what was known of its call when it ended.
  for (CallFact& each : taken_in_order(harvests, &Harvest::call_facts)) calls_.add(std::move(each));
  put_in_order(harvests, &Harvest::provisional, in_order_);
  for (FlowRecord* record : in_order_) {
    complete(*record);
    for (const auto& each : reporters_) {
      if (auto done = each->provisional(*record); !done) return done;
    }
  }
  put_in_order(harvests, &Harvest::ended, in_order_);
  for (FlowRecord* record : in_order_) {
    if (questions_.only_flow && record->flow_id != *questions_.only_flow) continue;
    complete(*record);
    for (const auto& each : reporters_) {
      if (auto done = each->flow(*record); !done) return done;
    }
  }
  return {};
}

Result<void> Ledger::finish(report::Totals totals) {
  totals.evicted_flows = evicted_;
  for (const auto& each : reporters_) {
    if (auto done = each->finish(totals); !done) return done;
  }
  return {};
}

void Ledger::complete(FlowRecord& record) {
  if (record.source < sources_.size()) {
    record.file = sources_[record.source].file;
    record.interface = sources_[record.source].interface;
  }
  record.community_id = community_ids_.of({record.client, record.server, record.transport});
  const size_t known = record.verdict.evidence.size();
  join_name(record);
  join_call(record);
  join_announcement(record);
  look_at_address(record);
  look_at_port(record);
  if (record.verdict.evidence.size() != known) {
    record.verdict.app = verdict::application_of(record.verdict.evidence, signatures_);
  }
  found_expected_ = found_expected_ || answers_expectation(record);
}

/// The name that the client had been told for the server's address says whose server it is.
void Ledger::join_name(FlowRecord& record) {
  const Resolution* answer =
      joiner_.find(record.client.address, record.server.address, record.flow_id, record.start);
  if (answer == nullptr) return;
  Hits& hits = hits_;
  hits.clear();
  scanner_.scan_field("dns.name", as_bytes(answer->name), Direction::to_server, hits);
  add_hints(record, hits, Basis::dns, answer->frame, [&] {
    return fmt::format("{} = {} (DNS answer in frame {}, {} before the flow)",
                       to_text(record.server.address), answer->name, answer->frame,
                       seconds_before(answer->time, record.start));
  });
}

/// What another flow's octets said of the call holds for all of its flows, as a hint.
void Ledger::join_call(FlowRecord& record) {
  if (calls_.empty() || !may_be_of_call(record)) return;
  const Call call = calls_.find(record);
  if (call.flows < 2) return;
  record.notes.emplace_back().key = "call.flow_id";
  record.notes.back().value = static_cast<int64_t>(call.first_flow);
  if (!call.named) return;
  const Signature* signature = signatures_.find(call.named->supports);
  std::vector<Evidence>& known = record.verdict.evidence;
  const bool is_known = std::any_of(known.begin(), known.end(), [&](const Evidence& each) {
    return each.supports == call.named->supports;
  });
  if (signature == nullptr || is_known) return;
  add_hint(record, *signature, "call", Basis::behaviour, call.named->frame,
           fmt::format("flow {} is of the same call ({}), and its octets say so", call.named->flow_id,
                       kind_of_sign(call.named->sign)));
}

/// A connection that another flow said would be made, where the octets say nothing better.
void Ledger::join_announcement(FlowRecord& record) {
  if (calls_.empty() || record.transport != Transport::tcp || record.verdict.stack.size() > 1) return;
  const auto announced = calls_.find_announcement(record);
  if (!announced) return;
  const Signature* signature = signatures_.find(announced->protocol);
  if (signature == nullptr) return;
  const CallFact& fact = *announced->fact;
  add_hint(record, *signature, "announced", Basis::behaviour, fact.frame,
           fmt::format("flow {} named the server's address and port for {}, {} before", fact.flow_id, signature->title,
                       seconds_before(fact.time, record.start)));
}

/// Addresses that an owner says are its own, where the flow is not known to be its by better.
void Ledger::look_at_address(FlowRecord& record) {
  const AddressText text(record.server.address);
  Hits& hits = hits_;
  hits.clear();
  scanner_.scan_field("server.address", as_bytes(std::string_view(text)), Direction::to_server,
                      hits);
  std::erase_if(hits, [&](const Hit& hit) {
    const Signature& owner = signatures_.signature(signatures_.signature_of_pattern(hit.pattern));
    const std::vector<Evidence>& known = record.verdict.evidence;
    return std::any_of(known.begin(), known.end(),
                       [&](const Evidence& each) { return each.supports == owner.name; });
  });
  if (hits.empty()) return;
  add_hints(record, hits, Basis::address, 0,
            [&] { return fmt::format("the server's address is {}", std::string_view(text)); });
}

/// A port says what is habitual there. It is a hint only while nothing better is known; and where
/// payload was seen, that nothing of the habitual protocol was in it is said.
void Ledger::look_at_port(FlowRecord& record) {
  Hits& hits = hits_;
  hits.clear();
  scanner_.scan_port(record.server.port, hits);
  if (hits.empty()) return;
  const Carrier carrier = record.transport == Transport::udp ? Carrier::udp : Carrier::tcp;
  const auto habitual = [&](const Hit& hit) -> const Signature& {
    return signatures_.signature(signatures_.signature_of_pattern(hit.pattern));
  };
  const auto is_hinted = [&](std::string_view name) {
    const auto& evidence = record.verdict.evidence;
    return std::any_of(evidence.begin(), evidence.end(),
                       [&](const Evidence& each) { return each.supports == name; });
  };
  std::erase_if(hits, [&](const Hit& hit) {
    return !habitual(hit).stands_on(carrier) || is_hinted(habitual(hit).name) ||
           std::find(record.verdict.stack.begin(), record.verdict.stack.end(), habitual(hit).name) !=
               record.verdict.stack.end();
  });
  const uint64_t payload = record.counters[0].payload_octets + record.counters[1].payload_octets;
  for (const Hit& hit : hits) {
    if (payload > 0) rule_out(record, habitual(hit).name);
  }
  if (record.verdict.stack.size() > 1) return;
  add_hints(record, hits, Basis::port, 0,
            [&] { return fmt::format("the server's port is {}", record.server.port); });
}

void Ledger::rule_out(FlowRecord& record, std::string_view protocol) {
  Verdict& verdict = record.verdict;
  const auto is_it = [&](const RuledOut& each) { return each.protocol == protocol; };
  if (std::any_of(verdict.ruled_out.begin(), verdict.ruled_out.end(), is_it)) return;
  const RuledOut ruled_out{
      protocol, fmt::format("port {} is its habitual port, but nothing of it was seen in the payload",
                            record.server.port)};
  if (!verdict.channels.empty()) verdict.channels.front().ruled_out.push_back(ruled_out);
  verdict.ruled_out.push_back(ruled_out);
}

/// The evidence of rules that a name or a number makes true.
void Ledger::add_hints(FlowRecord& record, const Hits& hits, Basis basis, uint64_t frame,
                       const std::function<std::string()>& derivation) {
  RuleState state;
  for (const Hit& hit : hits) {
    std::vector<RuleId> fired;
    state.meet(signatures_, hit.pattern, Carrier::tcp, fired);  // rules over fields: on any carrier
    for (const RuleId rule : fired) {
      const Signature& signature = signatures_.signature(signatures_.signature_of_rule(rule));
      add_hint(record, signature, signatures_.pattern(hit.pattern).id, basis, frame, derivation());
    }
  }
}

/// What is found here is a name, a number or another flow's word: never more than a hint.
void Ledger::add_hint(FlowRecord& record, const Signature& signature, std::string_view what, Basis basis,
                      uint64_t frame, std::string text) {
  Evidence& evidence = record.verdict.evidence.emplace_back();
  evidence.revision = signature.revision;
  evidence.supports = signature.name;
  evidence.what = what;
  evidence.strength = Strength::hint;
  evidence.basis = basis;
  evidence.layer = record.verdict.stack.front();
  evidence.frame = frame;
  evidence.text = std::move(text);
}

bool Ledger::answers_expectation(const FlowRecord& record) const {
  if (questions_.expect.empty()) return false;
  const Verdict& verdict = record.verdict;
  return (verdict.app && verdict.app->name == questions_.expect) ||
         stack_contains(verdict.stack, questions_.expect);
}

}  // namespace parlance
