// Puts records in order, joins what crosses flows, and hands them to the reporters.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "call_joiner.h"
#include "flow/community_id.h"
#include "joiner.h"
#include "report/reporter.h"
#include "signatures/matcher.h"
#include "worker.h"

namespace parlance {

/// Where a packet came from, by RawPacket::source.
struct SourceName {
  std::string file;       ///< empty if live
  std::string interface;  ///< empty if read from a file
};

/// What is asked of the records, beside writing them.
struct Questions {
  std::string expect;                 ///< --expect; empty: nothing
  std::optional<uint64_t> only_flow;  ///< report this flow alone
};

class Ledger {
 public:
  Ledger(const SignatureSet& signatures, std::vector<std::unique_ptr<report::Reporter>> reporters,
         Questions questions);

  /// The names of sources, in the order of their indexes; to be told before their packets come.
  void add_source(SourceName name) { sources_.push_back(std::move(name)); }

  /// Takes what all workers said of one epoch. The records of flows that ended are ordered by the
  /// packet at which they ended, then by the one that opened them. Completes the records in place.
  Result<void> write(std::vector<Harvest>& harvests);

  Result<void> begin();
  Result<void> finish(report::Totals totals);

  bool found_expected() const { return found_expected_; }
  uint64_t evicted() const { return evicted_; }

 private:
  void complete(FlowRecord& record);
  void join_name(FlowRecord& record);
  void join_call(FlowRecord& record);
  void join_announcement(FlowRecord& record);
  void look_at_address(FlowRecord& record);
  void look_at_port(FlowRecord& record);
  void rule_out(FlowRecord& record, std::string_view protocol);
  static void add_hint(FlowRecord& record, const Signature& signature, std::string_view what, Basis basis,
                       uint64_t frame, std::string text);
  void add_hints(FlowRecord& record, const Hits& hits, Basis basis, uint64_t frame,
                 const std::function<std::string()>& derivation);
  bool answers_expectation(const FlowRecord& record) const;

  const SignatureSet& signatures_;
  Scanner scanner_;
  std::vector<std::unique_ptr<report::Reporter>> reporters_;
  Questions questions_;
  Joiner joiner_;
  CallJoiner calls_;
  std::vector<FlowRecord*> in_order_;  ///< of one call of write()
  Hits hits_;                          ///< of one record
  flow::CommunityIdMaker community_ids_;
  std::deque<SourceName> sources_;  ///< records name them
  uint64_t evicted_ = 0;
  bool found_expected_ = false;
};

/// Whether a stack has these neighbouring elements ("tls/websocket").
bool stack_contains(const std::vector<std::string_view>& stack, std::string_view path);

}  // namespace parlance
