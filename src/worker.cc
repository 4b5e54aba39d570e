#include "worker.h"

#include <algorithm>
#include <array>

#include "base/memory.h"
#include "first_segment.h"

namespace parlance {
namespace {

using FactsOfStreams = std::array<StreamFacts, 2>;  // by index(Direction)

}  // namespace

/// A flow, and as much of its streams and its walk as is still needed.
struct Worker::Tracked {
  explicit Tracked(const DecodedPacket& first) : flow(first) {}

  struct Streams {
    explicit Streams(stream::ReorderPool& pool) : of{stream::TcpStream(pool), stream::TcpStream(pool)} {}
    stream::TcpStream of[2];
  };
  /// For --follow: what was shown last.
  struct Shown {
    uint32_t revision = 0;                            ///< of the walk
    std::vector<std::string_view> stack;
  };

  flow::Flow flow;
  std::unique_ptr<FirstSegment> first_segment;        ///< TCP, until another packet comes
  std::unique_ptr<Streams> streams;                   ///< TCP, from the first payload on
  std::unique_ptr<inspect::Conversation> walk;        ///< from the first octets on that are in order
  std::unique_ptr<inspect::Conclusion> conclusion;    ///< of a walk that is gone, if it found anything
  std::unique_ptr<FactsOfStreams> facts;              ///< of streams that are gone
  std::unique_ptr<Shown> shown;
  bool direction_known = true;                        ///< when the payload began
  bool midstream = false;                             ///< likewise
  bool deaf = false;                                  ///< nobody wants more payload: there are no streams and no walk
  bool turned = false;                                ///< the walk found the roles exchanged
};

namespace {

constexpr size_t kBatch = 32;  // packets whose memory is fetched together

stream::Origin origin_of(const DecodedPacket& packet) {
  return {packet.frame, packet.ordinal, packet.time};
}

stream::Segment segment_of(const DecodedPacket& packet, const flow::Step& step) {
  return {packet.sequence,       packet.flags,    packet.payload,
          packet.payload_length, step.suspicious, origin_of(packet)};
}

/// By true roles; `turned`: the streams' are the other way round.
FactsOfStreams stream_facts(const stream::TcpStream (&streams)[2], bool turned) {
  FactsOfStreams facts;
  for (size_t side = 0; side < 2; ++side) {
    const stream::TcpStream& from = streams[turned ? 1 - side : side];
    facts[side] = {from.gaps(),            from.gap_octets(), from.overlap_conflicts(),
                   from.repeated_octets(), from.midstream(),  from.truncated()};
  }
  return facts;
}

}  // namespace

/// Hands one direction's stream to the flow's walk. That is not made before there is something for it: of
/// many flows there is a first segment alone, which waits for what belongs before it.
class Worker::ToConversation final : public stream::Sink {
 public:
  ToConversation(Worker& worker, Tracked& tracked, Direction direction)
      : worker_(worker), tracked_(tracked), direction_(direction) {}
  void data(Bytes octets, const stream::Origin& origin) override {
    walk().deliver(direction_, octets, origin);
  }
  void gap(uint64_t length, const stream::Origin& origin) override {
    walk().gap(direction_, length, origin);
  }
  void end(const stream::Origin& origin) override { walk().end(direction_, origin); }

 private:
  inspect::Conversation& walk() { return worker_.conversation(tracked_); }

  Worker& worker_;
  Tracked& tracked_;
  Direction direction_;
};

Worker::Worker(const WorkerSettings& settings)
    : settings_(settings),
      bench_(*settings.signatures, settings_.limits,
             settings.secrets == nullptr ? no_secrets() : *settings.secrets),
      pool_(settings_.limits),
      table_(std::make_unique<Table>(flow::FlowHasher(settings.seed))) {
  bench_.keep_channels = settings.explain;
  bench_.tap = settings.tap;
}

Worker::~Worker() = default;

void Worker::take(std::span<const DecodedPacket> packets) {
  std::array<flow::FlowKey, kBatch> keys;
  std::array<uint64_t, kBatch> hashes;
  while (!packets.empty()) {
    const auto batch = packets.first(std::min(packets.size(), kBatch));
    for (size_t i = 0; i < batch.size(); ++i) {
      keys[i] = flow::FlowKey::of(batch[i], settings_.by_vlan);
      hashes[i] = table_->hash(keys[i]);
      table_->prefetch(hashes[i]);
    }
    for (size_t i = 0; i < batch.size(); ++i) table_->prefetch_entry(hashes[i]);
    prefetch_walks(std::span(hashes).first(batch.size()));
    for (size_t i = 0; i < batch.size(); ++i) take_one(batch[i], hashes[i], keys[i]);
    watch_memory(batch.back().ordinal);
    packets = packets.subspan(batch.size());
  }
}

/// Fetches what the flows of a batch refer to, level by level. Flows are many and come in turn, so all of
/// it is cold: to wait for each line by itself would cost more than all else.
void Worker::prefetch_walks(std::span<const uint64_t> hashes) const {
  std::array<const inspect::Conversation*, kBatch> walks;
  size_t count = 0;
  for (const uint64_t hash : hashes) {
    const Tracked* tracked = table_->likely(hash);
    if (tracked == nullptr || tracked->deaf) continue;
    prefetch(tracked->streams.get());
    prefetch(tracked->first_segment.get());
    if (!tracked->walk) continue;
    prefetch(tracked->walk.get());
    walks[count++] = tracked->walk.get();
  }
  for (size_t i = 0; i < count; ++i) walks[i]->prefetch_channel();
  for (size_t i = 0; i < count; ++i) walks[i]->prefetch_inside();
}

void Worker::take_one(const DecodedPacket& packet, uint64_t hash, const flow::FlowKey& key) {
  const bool is_full = table_->size() >= settings_.limits.flows || is_short_of_memory_;
  if (is_full && !table_->find(hash, key)) make_room(packet.ordinal, flow::Worth::bare);
  const auto found = table_->find_or_insert(hash, key, packet);
  Tracked* tracked = &(*table_)[found.index];
  if (!found.inserted) {
    if (const auto reason = tracked->flow.ended_by(packet, settings_.timeouts)) {
      end_flow(*tracked, *reason, packet.ordinal);
      tracked = &table_->replace(found.index, packet);
    }
  }
  const flow::Step step = tracked->flow.update(packet);
  if (!tracked->deaf) deliver(*tracked, packet, step);
  table_->touch(found.index, packet.clock, tracked->flow.timeout_class(),
                flow::worth_of(tracked->flow, tracked->deaf));
}

/// Ends the flow that matters least of those that are worth at least as much as `worth`. False if there is
/// none.
bool Worker::make_room(uint64_t ordinal, flow::Worth worth) {
  const auto victim = table_->least_worth(worth);
  if (!victim) return false;
  end_flow((*table_)[*victim], EndReason::evicted, ordinal);
  table_->erase(*victim);
  ++harvest_.evicted;
  return true;
}

/// Half of what there may be is early enough for freed memory to be gone before the bound is met.
void Worker::watch_memory(uint64_t ordinal) {
  const size_t used = memory_in_use(), most = settings_.limits.memory_octets;
  if (used > most / 2) memory_is_short();
  if (is_short_of_memory_ || used > most) relieve_memory(ordinal);
}

/// While memory is short the table no longer grows: a flow goes for each that comes. Those that never
/// carried payload hold nothing but their place in it, so if that is not enough, others go as well.
void Worker::relieve_memory(uint64_t ordinal) {
  const size_t most = settings_.limits.memory_octets;
  is_short_of_memory_ = memory_in_use() > most;
  // What has ended gives its memory back once its record is written, so not too many do at a time.
  constexpr size_t kMostWaiting = 2048;
  for (size_t i = 0; i < kBatch && harvest_.ended.size() < kMostWaiting; ++i) {
    if (memory_in_use() <= most + most / 32 || !make_room(ordinal, flow::Worth::decided)) break;
  }
}

void Worker::deliver(Tracked& tracked, const DecodedPacket& packet, const flow::Step& step) {
  if (packet.tuple.transport == Transport::tcp) {
    deliver_tcp(tracked, packet, step);
  } else if (!packet.payload.empty()) {
    const Direction side = tracked.turned ? opposite(step.direction) : step.direction;
    if (!tracked.walk) note_beginning(tracked);
    conversation(tracked).deliver(side, packet.payload, origin_of(packet));
  }
  if (!tracked.walk) return;
  const uint32_t revision = tracked.walk->revision();
  settle(tracked);
  if (settings_.follow) report_label(tracked, revision, packet.ordinal);
}

void Worker::deliver_tcp(Tracked& tracked, const DecodedPacket& packet, const flow::Step& step) {
  if (tracked.first_segment) {
    take_first_segment(tracked);
  } else if (!tracked.streams) {
    if (packet.payload_length == 0) return;  // most flows of a scan never get further
    note_beginning(tracked);
    if (keep_first_segment(tracked, packet, step)) return;
    open_streams(tracked, origin_of(packet));
  }
  deliver_segment(tracked, tracked.turned ? opposite(step.direction) : step.direction,
                  segment_of(packet, step), packet.acknowledgment);
}

/// `acknowledgment` counts if the segment has the ACK flag.
void Worker::deliver_segment(Tracked& tracked, Direction side, const stream::Segment& segment,
                             uint32_t acknowledgment) {
  using namespace tcp_flag;
  const auto has = [&](uint8_t flag) { return (segment.flags & flag) != 0; };
  // An acknowledgment that somebody else put in must not make holes of octets that are still to come.
  if (has(kAck) && !has(kRst) && !segment.suspicious) {
    ToConversation sink(*this, tracked, opposite(side));
    tracked.streams->of[index(opposite(side))].acknowledged(acknowledgment, has(kSyn), segment.origin, sink);
  }
  ToConversation sink(*this, tracked, side);
  tracked.streams->of[index(side)].segment(segment, sink);
}

/// A stream would hold it anyway until the next packet of the flow; by itself it takes a third of the memory.
bool Worker::keep_first_segment(Tracked& tracked, const DecodedPacket& packet, const flow::Step& step) {
  if (!tracked.midstream || packet.has(tcp_flag::kSyn) || packet.has(tcp_flag::kRst)) return false;
  auto first = std::make_unique<FirstSegment>(segment_of(packet, step), step.direction, packet.acknowledgment);
  if (pool_.octets + first->cost() > settings_.limits.reorder_total_octets) return false;
  pool_.octets += first->cost();
  tracked.first_segment = std::move(first);
  return true;
}

/// Streams take its place, which are to be given it.
std::unique_ptr<FirstSegment> Worker::release_first_segment(Tracked& tracked) {
  std::unique_ptr<FirstSegment> first = std::move(tracked.first_segment);
  pool_.octets -= first->cost();
  open_streams(tracked, first->segment().origin);
  return first;
}

/// Another packet came.
void Worker::take_first_segment(Tracked& tracked) {
  const auto first = release_first_segment(tracked);
  deliver_segment(tracked, first->direction(), first->segment(), first->acknowledgment());
}

/// The flow ends, and no other packet came.
void Worker::take_only_segment(Tracked& tracked) {
  const auto first = release_first_segment(tracked);
  ToConversation sink(*this, tracked, first->direction());
  tracked.streams->of[index(first->direction())].only_segment(first->segment(), sink);
}

/// Streams are made at the first payload. The handshake that came before is told to them now.
void Worker::open_streams(Tracked& tracked, const stream::Origin& origin) {
  tracked.streams = std::make_unique<Tracked::Streams>(pool_);
  if (tracked.midstream) return;
  for (const Direction side : {Direction::to_server, Direction::to_client}) {
    if (tracked.flow.midstream(side)) continue;
    ToConversation sink(*this, tracked, side);
    stream::Segment syn;
    syn.sequence = tracked.flow.isn(side);
    syn.flags = tcp_flag::kSyn;
    syn.origin = origin;
    tracked.streams->of[index(side)].segment(syn, sink);
  }
}

/// What the walk is told of how the flow began: what is known when the payload does, even if it is made later.
void Worker::note_beginning(Tracked& tracked) {
  const flow::Flow& flow = tracked.flow;
  tracked.direction_known = flow.direction_known();
  tracked.midstream = flow.tuple().transport == Transport::tcp && flow.midstream(Direction::to_server) &&
                      flow.midstream(Direction::to_client);
}

inspect::Conversation& Worker::conversation(Tracked& tracked) {
  if (!tracked.walk) {
    inspect::FlowFacts facts;
    facts.tuple = tracked.flow.tuple();
    facts.first_ordinal = tracked.flow.first_ordinal();
    facts.direction_known = tracked.direction_known;
    facts.midstream = tracked.midstream;
    tracked.walk = std::make_unique<inspect::Conversation>(bench_, facts);
  }
  return *tracked.walk;
}

/// Takes over a direction that the payload corrected, and frees what nobody needs any more. The streams
/// and the walk keep the directions in which they began.
void Worker::settle(Tracked& tracked) {
  if (tracked.walk->flipped() && !tracked.turned) {
    tracked.turned = true;
    tracked.flow.flip();
  }
  if (tracked.walk->listening()) return;
  keep_conclusion(tracked);
}

/// Nobody wants more payload: streams and walk go. Flows are often decided early and live on for long, and those
/// that end together wait for one another, so they keep no more than they need.
void Worker::keep_conclusion(Tracked& tracked) {
  inspect::Conclusion conclusion = tracked.walk->conclude();
  conclusion.verdict.evidence.shrink_to_fit();
  conclusion.notes.shrink_to_fit();
  tracked.walk.reset();
  if (tracked.streams) {
    const FactsOfStreams facts = stream_facts(tracked.streams->of, tracked.turned);
    tracked.streams.reset();  // first, so that its memory is used again
    tracked.facts = std::make_unique<FactsOfStreams>(facts);
  }
  if (conclusion.says_anything()) {
    tracked.conclusion = std::make_unique<inspect::Conclusion>(std::move(conclusion));
  }
  tracked.deaf = true;
}

/// What is said of a flow that ends.
inspect::Conclusion Worker::take_conclusion(Tracked& tracked) const {
  if (tracked.conclusion) return std::move(*tracked.conclusion);
  if (tracked.walk) return tracked.walk->conclude();
  inspect::Conclusion conclusion;  // there was no payload, or nothing was found in it
  const bool is_tcp = tracked.flow.tuple().transport == Transport::tcp;
  conclusion.verdict.stack = {name_of(is_tcp ? Carrier::tcp : Carrier::udp)};
  if (settings_.explain) conclusion.verdict.channels.resize(1);
  return conclusion;
}

/// For --follow: a flow is shown when it has a label, and again when the label has changed.
void Worker::report_label(Tracked& tracked, uint32_t revision, uint64_t ordinal) {
  if (!tracked.shown) tracked.shown = std::make_unique<Tracked::Shown>();
  if (std::exchange(tracked.shown->revision, revision) == revision) return;
  FlowRecord record = facts_of(tracked, EndReason::end, ordinal);
  if (tracked.conclusion) {
    record.notes = tracked.conclusion->notes;
    record.verdict = tracked.conclusion->verdict;
  } else if (tracked.walk) {
    record.notes = tracked.walk->notes();
    record.verdict = tracked.walk->verdict();
  }
  const bool is_new = record.verdict.stack != tracked.shown->stack;
  if (record.verdict.protocol_class == ProtocolClass::unknown || !is_new) return;
  tracked.shown->stack = record.verdict.stack;
  record.verdict.state = VerdictState::provisional;
  harvest_.provisional.push_back(std::move(record));
}

/// The record, but for its notes and verdict.
FlowRecord Worker::facts_of(const Tracked& tracked, EndReason reason, uint64_t ordinal) {
  FlowRecord record;
  tracked.flow.fill(record, reason);
  record.end_ordinal = ordinal;
  record.source = tracked.flow.source();
  if (tracked.facts) record.streams = *tracked.facts;
  if (tracked.streams) record.streams = stream_facts(tracked.streams->of, tracked.turned);
  return record;
}

/// What waits in streams is delivered: the flow ends. With payload it has been walked then, even if none of it
/// could be delivered.
void Worker::flush(Tracked& tracked, uint64_t ordinal) {
  if (tracked.first_segment) take_only_segment(tracked);
  if (!tracked.streams) return;
  const stream::Origin origin{0, ordinal, tracked.flow.last_time()};
  for (const Direction side : {Direction::to_server, Direction::to_client}) {
    ToConversation sink(*this, tracked, side);
    tracked.streams->of[index(side)].flush(origin, sink);
  }
  conversation(tracked);
  settle(tracked);
}

void Worker::end_flow(Tracked& tracked, EndReason reason, uint64_t ordinal) {
  flush(tracked, ordinal);
  const bool might_get_better = reason == EndReason::evicted && !tracked.deaf;
  FlowRecord& record = harvest_.ended.emplace_back(facts_of(tracked, reason, ordinal));
  inspect::Conclusion conclusion = take_conclusion(tracked);
  record.notes = std::move(conclusion.notes);
  record.verdict = std::move(conclusion.verdict);
  if (might_get_better) record.verdict.state = VerdictState::provisional;
  // When the input ends all records are made before the table goes.
  tracked.conclusion.reset();
  tracked.facts.reset();
  tracked.streams.reset();
  tracked.walk.reset();
}

void Worker::will_end(Table::Index index) {
  ending_.emplace_back((*table_)[index].flow.first_ordinal(), index);
}

/// Puts the flows that are to end in the order in which they began, which is that of their records. What
/// they still have to say comes first: it may be a DNS answer that others are joined to. Parsers that this
/// starts go at once: there may be one for each flow.
void Worker::begin_ending(EndReason reason, uint64_t ordinal) {
  std::sort(ending_.begin(), ending_.end(), std::greater<>());
  for (const auto& [first, index] : ending_) {
    Tracked& tracked = (*table_)[index];
    flush(tracked, ordinal);
    if (tracked.streams) keep_conclusion(tracked);
  }
  ending_reason_ = reason;
  ending_ordinal_ = ordinal;
}

void Worker::begin_expiry(Timestamp now, uint64_t ordinal) {
  ending_.clear();  // a failure of writing may have left some
  table_->visit_due(now, settings_.timeouts, [this](Table::Index index) { will_end(index); });
  begin_ending(EndReason::timeout, ordinal);
}

void Worker::begin_ending_closed(uint64_t ordinal) {
  ending_.clear();
  table_->visit_class(flow::TimeoutClass::tcp_closed, [this](Table::Index index) { will_end(index); });
  begin_ending(EndReason::timeout, ordinal);
}

void Worker::begin_finish(uint64_t ordinal) {
  ending_.clear();
  ending_.reserve(table_->size());
  table_->for_each([this](Table::Index index) { will_end(index); });
  begin_ending(EndReason::end, ordinal);
}

bool Worker::end_some(size_t most) {
  for (; most > 0 && !ending_.empty(); --most) {
    const Table::Index index = ending_.back().second;
    ending_.pop_back();
    end_flow((*table_)[index], ending_reason_, ending_ordinal_);
    ++harvest_.ended.back().end_ordinal;  // after whatever the last packet itself ended
    table_->erase(index);
  }
  return !ending_.empty();
}

Harvest Worker::harvest() {
  harvest_.resolutions.swap(bench_.resolutions);  // which was empty
  harvest_.call_facts.swap(bench_.call_facts);    // likewise
  return std::exchange(harvest_, std::exchange(spare_, {}));
}

}  // namespace parlance
