// Owns a share of the flows: table, streams, conversations. One thread each; nothing is shared.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "flow/flow.h"
#include "flow/flow_table.h"
#include "inspect/conversation.h"
#include "model/call_fact.h"
#include "model/flow_record.h"
#include "model/packet.h"
#include "model/resolution.h"
#include "secrets/tls_secrets.h"
#include "stream/tcp_stream.h"

namespace parlance {

class FirstSegment;

/// What all workers are told alike.
struct WorkerSettings {
  const SignatureSet* signatures = nullptr;
  const TlsSecrets* secrets = nullptr;  ///< null: none
  inspect::ChannelTap* tap = nullptr;   ///< told what channels carry; null: nobody
  Limits limits;
  flow::Timeouts timeouts;
  uint64_t seed = 0;         ///< of the flow table's hash
  bool by_vlan = false;
  bool follow = false;       ///< make provisional records of flows as soon as they are labelled
  bool explain = false;      ///< fill Verdict::channels
};

/// What a worker has to say since it was last asked. Everything is owned.
struct Harvest {
  std::vector<FlowRecord> ended;         ///< in the order in which they ended
  std::vector<FlowRecord> provisional;   ///< flows that go on, newly labelled
  std::vector<Resolution> resolutions;   ///< in the order of their packets
  std::vector<CallFact> call_facts;      ///< likewise
  uint64_t evicted = 0;

  /// Empties it and keeps its memory.
  void clear() {
    ended.clear();
    provisional.clear();
    resolutions.clear();
    call_facts.clear();
    evicted = 0;
  }
};

class Worker {
 public:
  explicit Worker(const WorkerSettings& settings);
  ~Worker();

  /// Takes packets in the order of their ordinals. Their octets are not needed after the call.
  void take(std::span<const DecodedPacket> packets);
  /// Flows end in two steps, so that their records need not all be there at once: which flows are to end
  /// is found first; then they end in the order in which they began. `ordinal` is of the last packet read,
  /// by whichever worker: it orders what ends here. No packet may come in between.
  ///
  /// Those that have been silent for too long at `now`.
  void begin_expiry(Timestamp now, uint64_t ordinal);
  /// Those that both sides have closed, without waiting for late packets of theirs.
  void begin_ending_closed(uint64_t ordinal);
  /// All: the input ended.
  void begin_finish(uint64_t ordinal);
  /// Ends at most so many of them. False once none is left.
  bool end_some(size_t most = SIZE_MAX);

  /// What there is to say since the last call.
  Harvest harvest();
  /// Gives a harvest that was read and cleared back, for its memory.
  void reuse(Harvest harvest) {
    constexpr size_t kMostKept = 16384;  // records; more are seldom needed
    if (harvest.ended.capacity() <= kMostKept) spare_ = std::move(harvest);
  }

 private:
  struct Tracked;
  class ToConversation;
  using Table = flow::FlowTable<Tracked>;

  void will_end(Table::Index index);
  void begin_ending(EndReason reason, uint64_t ordinal);
  void prefetch_walks(std::span<const uint64_t> hashes) const;
  void take_one(const DecodedPacket& packet, uint64_t hash, const flow::FlowKey& key);
  bool make_room(uint64_t ordinal, flow::Worth worth);
  void watch_memory(uint64_t ordinal);
  void relieve_memory(uint64_t ordinal);
  void deliver(Tracked& tracked, const DecodedPacket& packet, const flow::Step& step);
  void deliver_tcp(Tracked& tracked, const DecodedPacket& packet, const flow::Step& step);
  void deliver_segment(Tracked& tracked, Direction side, const stream::Segment& segment,
                       uint32_t acknowledgment);
  bool keep_first_segment(Tracked& tracked, const DecodedPacket& packet, const flow::Step& step);
  std::unique_ptr<FirstSegment> release_first_segment(Tracked& tracked);
  void take_first_segment(Tracked& tracked);
  void take_only_segment(Tracked& tracked);
  void open_streams(Tracked& tracked, const stream::Origin& origin);
  static void note_beginning(Tracked& tracked);
  inspect::Conversation& conversation(Tracked& tracked);
  void settle(Tracked& tracked);
  static void keep_conclusion(Tracked& tracked);
  inspect::Conclusion take_conclusion(Tracked& tracked) const;
  void report_label(Tracked& tracked, uint32_t revision, uint64_t ordinal);
  static FlowRecord facts_of(const Tracked& tracked, EndReason reason, uint64_t ordinal);
  void flush(Tracked& tracked, uint64_t ordinal);
  void end_flow(Tracked& tracked, EndReason reason, uint64_t ordinal);

  WorkerSettings settings_;
  inspect::Workbench bench_;
  stream::ReorderPool pool_;
  std::unique_ptr<Table> table_;
  Harvest harvest_, spare_;
  std::vector<std::pair<uint64_t, Table::Index>> ending_;  ///< flows that are to end, the last one first
  EndReason ending_reason_ = EndReason::end;
  uint64_t ending_ordinal_ = 0;
  bool is_short_of_memory_ = false;
};

}  // namespace parlance
