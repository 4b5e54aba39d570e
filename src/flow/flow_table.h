// All flows that are alive: found by key, timed out by age, evicted by worth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"
#include "flow/flow_key.h"
#include "flow/timeouts.h"

namespace parlance::flow {

/// How much would be lost if the flow were ended early, least first.
enum class Worth : uint8_t {
  bare,     ///< no payload was seen
  decided,  ///< more payload would not change the label
  undecided,
};
constexpr size_t kWorths = 3;

/// Flows in a slab (an entry never moves while it lives), found through an open-addressed table of
/// 8-octet buckets with linear probing; deletion shifts back, so nothing piles up.
///
/// For speed work on batches of packets, so that memory is fetched for all before any is waited
/// for:
///
///     for (p : batch) hashes[i] = table.hash(keys[i]), table.prefetch(hashes[i]);
///     for (p : batch) table.prefetch_entry(hashes[i]);
///     for (p : batch) auto found = table.find_or_insert(hashes[i], keys[i], p);
///
/// The order in which visit_due(), least_worth() and for_each() name flows depends only on the calls
/// made, never on the seed.
template <class Entry>
class FlowTable {
 public:
  using Index = uint32_t;
  struct Found {
    Index index;
    bool inserted;
  };

  explicit FlowTable(FlowHasher hasher = FlowHasher()) : hasher_(hasher) { rebuild(kFirstBuckets); }
  FlowTable(const FlowTable&) = delete;
  FlowTable& operator=(const FlowTable&) = delete;

  uint64_t hash(const FlowKey& key) const { return hasher_(key); }
  /// First step of a batch: fetches the bucket.
  void prefetch(uint64_t hash) const { __builtin_prefetch(&buckets_[home(tag_of(hash))]); }
  /// Second step of a batch: fetches the slab's entry that the bucket names.
  void prefetch_entry(uint64_t hash) const;
  /// Third step: the entry that most likely is that of `hash`, to fetch what it refers to. Null if there
  /// is none. Its key has not been compared.
  const Entry* likely(uint64_t hash) const;

  std::optional<Index> find(uint64_t hash, const FlowKey& key) const;
  /// The flow of `key`; if there is none a new Entry is made from `arguments`, in the opening list
  /// (call touch() next). `hash` must be hash(key). Make room first: evict when size() has reached
  /// the limit.
  template <class... Arguments>
  Found find_or_insert(uint64_t hash, const FlowKey& key, Arguments&&... arguments);
  /// Destroys the entry. Its index may be given out again.
  void erase(Index index);
  /// Replaces an entry by a new one of the same key (the five-tuple is used again).
  template <class... Arguments>
  Entry& replace(Index index, Arguments&&... arguments);

  /// Valid until erase() of that index, whatever is inserted.
  Entry& operator[](Index index) { return *slot(index).entry; }
  const Entry& operator[](Index index) const { return *slot(index).entry; }

  /// Says that the flow had a packet at `time` and how it stands now. Call it for every packet.
  void touch(Index index, Timestamp time, TimeoutClass timeout_class, Worth worth);

  /// Calls `visit(index)` for each flow that has been silent for longer than its time-out at `now`. Costs
  /// what it finds and what is within an eighth of its time-out of being due, not what there is. `visit`
  /// must not insert or erase.
  template <class Visit>
  void visit_due(Timestamp now, const Timeouts& timeouts, Visit visit) const;
  /// The same for all flows of a class, however late they had a packet.
  template <class Visit>
  void visit_class(TimeoutClass timeout_class, Visit visit) const;
  /// The flow to give up first: of the least worth there is from `least` on, the one silent for longest
  /// (but for an eighth of its time-out).
  std::optional<Index> least_worth(Worth least = Worth::bare) const;
  /// Calls `visit(index)` for each flow, in the order of the slab (first come first, but that
  /// places of ended flows are used again). `visit` must not insert or erase.
  template <class Visit>
  void for_each(Visit visit);

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  static constexpr Index kNone = UINT32_MAX;
  static constexpr size_t kFirstBuckets = 1024;
  static constexpr size_t kSlabShift = 8;  ///< 256 slots a slab
  static constexpr size_t kLists = kTimeoutClasses * kWorths;
  static constexpr size_t kPrefetchedOctets = sizeof(Entry) < 224 ? sizeof(Entry) + 96 : 320;
  /// A flow moves to the end of its list only after this part of its time-out: moving touches its
  /// neighbours' memory, which nobody has fetched.
  static constexpr int64_t kMoveAfter = 8;

  struct Bucket {
    uint32_t tag = 0;  ///< low half of the hash
    Index index = kNone;
  };
  struct Slot {
    FlowKey key;
    uint32_t tag = 0;
    uint8_t list = 0;
    Index before = kNone, after = kNone;  ///< in its list; `after` chains free slots
    Timestamp touched;                    ///< its last packet
    Timestamp moved;                      ///< when it last went to the end of its list
    std::optional<Entry> entry;
  };
  struct List {
    Index oldest = kNone, newest = kNone;
  };

  static uint32_t tag_of(uint64_t hash) { return static_cast<uint32_t>(hash); }
  size_t home(uint32_t tag) const { return tag & mask_; }
  Slot& slot(Index index) { return slabs_[index >> kSlabShift][index & ((1u << kSlabShift) - 1)]; }
  const Slot& slot(Index index) const {
    return slabs_[index >> kSlabShift][index & ((1u << kSlabShift) - 1)];
  }
  static uint8_t list_of(TimeoutClass timeout_class, Worth worth) {
    return static_cast<uint8_t>(static_cast<size_t>(timeout_class) * kWorths +
                                static_cast<size_t>(worth));
  }

  Index take_slot();
  void rebuild(size_t buckets);
  void place(uint32_t tag, Index index);
  size_t bucket_of(Index index) const;
  void close_hole(size_t hole);
  void link(Index index, uint8_t list);
  void unlink(Index index);

  FlowHasher hasher_;
  std::vector<Bucket> buckets_;
  size_t mask_ = 0;
  std::vector<std::unique_ptr<Slot[]>> slabs_;
  Index used_ = 0;      ///< slots ever given out
  Index free_ = kNone;  ///< chain of slots to be used again
  List lists_[kLists];
  size_t size_ = 0;
};

// ---- implementation
// --------------------------------------------------------------------------------

template <class Entry>
void FlowTable<Entry>::prefetch_entry(uint64_t hash) const {
  const uint32_t tag = tag_of(hash);
  for (size_t i = home(tag);; i = (i + 1) & mask_) {
    if (buckets_[i].index == kNone) return;
    if (buckets_[i].tag != tag) continue;
    const auto* found = reinterpret_cast<const char*>(&slot(buckets_[i].index));
    for (size_t line = 0; line < kPrefetchedOctets; line += 64) __builtin_prefetch(found + line);
    return;
  }
}

template <class Entry>
const Entry* FlowTable<Entry>::likely(uint64_t hash) const {
  const uint32_t tag = tag_of(hash);
  for (size_t i = home(tag); buckets_[i].index != kNone; i = (i + 1) & mask_) {
    if (buckets_[i].tag == tag) return &*slot(buckets_[i].index).entry;
  }
  return nullptr;
}

template <class Entry>
std::optional<typename FlowTable<Entry>::Index> FlowTable<Entry>::find(uint64_t hash,
                                                                       const FlowKey& key) const {
  const uint32_t tag = tag_of(hash);
  for (size_t i = home(tag); buckets_[i].index != kNone; i = (i + 1) & mask_) {
    if (buckets_[i].tag == tag && slot(buckets_[i].index).key == key) return buckets_[i].index;
  }
  return std::nullopt;
}

template <class Entry>
template <class... Arguments>
typename FlowTable<Entry>::Found FlowTable<Entry>::find_or_insert(uint64_t hash, const FlowKey& key,
                                                                  Arguments&&... arguments) {
  if (const std::optional<Index> found = find(hash, key)) return {*found, false};
  if ((size_ + 1) * 2 > buckets_.size()) rebuild(buckets_.size() * 2);
  const Index index = take_slot();
  Slot& made = slot(index);
  made.key = key;
  made.tag = tag_of(hash);
  made.touched = made.moved = {};
  made.entry.emplace(std::forward<Arguments>(arguments)...);
  place(made.tag, index);
  link(index, list_of(TimeoutClass::tcp_opening, Worth::bare));
  ++size_;
  return {index, true};
}

template <class Entry>
void FlowTable<Entry>::erase(Index index) {
  close_hole(bucket_of(index));
  unlink(index);
  Slot& gone = slot(index);
  gone.entry.reset();
  gone.after = free_;
  free_ = index;
  --size_;
}

template <class Entry>
template <class... Arguments>
Entry& FlowTable<Entry>::replace(Index index, Arguments&&... arguments) {
  return slot(index).entry.emplace(std::forward<Arguments>(arguments)...);
}

template <class Entry>
void FlowTable<Entry>::touch(Index index, Timestamp time, TimeoutClass timeout_class, Worth worth) {
  Slot& touched = slot(index);
  touched.touched = time;
  const uint8_t list = list_of(timeout_class, worth);
  const int64_t patience = Timeouts{}.of(timeout_class);
  if (touched.list == list && elapsed(touched.moved, time) < patience / kMoveAfter) return;
  touched.moved = time;
  unlink(index);
  link(index, list);
}

template <class Entry>
template <class Visit>
void FlowTable<Entry>::visit_due(Timestamp now, const Timeouts& timeouts, Visit visit) const {
  for (size_t list = 0; list < kLists; ++list) {
    const int64_t patience = timeouts.of(static_cast<TimeoutClass>(list / kWorths));
    // A list is in the order in which flows were moved to its end, which is never after their last
    // packet. So every flow that is due stands before the first that was moved too lately; some before
    // that have had a packet since and are passed over. Which flows are due is exact, and so does not
    // depend on what else is in the table.
    for (Index index = lists_[list].oldest;
         index != kNone && elapsed(slot(index).moved, now) > patience; index = slot(index).after) {
      if (elapsed(slot(index).touched, now) > patience) visit(index);
    }
  }
}

template <class Entry>
template <class Visit>
void FlowTable<Entry>::visit_class(TimeoutClass timeout_class, Visit visit) const {
  for (size_t worth = 0; worth < kWorths; ++worth) {
    const List& list = lists_[list_of(timeout_class, static_cast<Worth>(worth))];
    for (Index index = list.oldest; index != kNone; index = slot(index).after) visit(index);
  }
}

template <class Entry>
std::optional<typename FlowTable<Entry>::Index> FlowTable<Entry>::least_worth(Worth least) const {
  for (auto worth = static_cast<size_t>(least); worth < kWorths; ++worth) {
    std::optional<Index> oldest;
    for (size_t list = worth; list < kLists; list += kWorths) {
      const Index candidate = lists_[list].oldest;
      if (candidate == kNone) continue;
      if (!oldest || slot(candidate).touched < slot(*oldest).touched) oldest = candidate;
    }
    if (oldest) return oldest;
  }
  return std::nullopt;
}

template <class Entry>
template <class Visit>
void FlowTable<Entry>::for_each(Visit visit) {
  for (Index index = 0; index < used_; ++index) {
    if (slot(index).entry) visit(index);
  }
}

template <class Entry>
typename FlowTable<Entry>::Index FlowTable<Entry>::take_slot() {
  if (free_ != kNone) {
    const Index index = free_;
    free_ = slot(index).after;
    return index;
  }
  if (used_ >> kSlabShift == slabs_.size()) {
    slabs_.push_back(std::make_unique<Slot[]>(size_t{1} << kSlabShift));
  }
  return used_++;
}

template <class Entry>
void FlowTable<Entry>::rebuild(size_t buckets) {
  buckets_.assign(buckets, Bucket{});
  mask_ = buckets - 1;
  for (Index index = 0; index < used_; ++index) {
    if (slot(index).entry) place(slot(index).tag, index);
  }
}

template <class Entry>
void FlowTable<Entry>::place(uint32_t tag, Index index) {
  size_t i = home(tag);
  while (buckets_[i].index != kNone) i = (i + 1) & mask_;
  buckets_[i] = {tag, index};
}

template <class Entry>
size_t FlowTable<Entry>::bucket_of(Index index) const {
  size_t i = home(slot(index).tag);
  while (buckets_[i].index != index) i = (i + 1) & mask_;
  return i;
}

// Moves back each bucket that stands after the hole and may stand in it, until an empty one ends
// the run (Knuth, volume 3, section 6.4, algorithm R).
template <class Entry>
void FlowTable<Entry>::close_hole(size_t hole) {
  for (size_t i = (hole + 1) & mask_; buckets_[i].index != kNone; i = (i + 1) & mask_) {
    const size_t distance_from_home = (i - home(buckets_[i].tag)) & mask_;
    const size_t distance_from_hole = (i - hole) & mask_;
    if (distance_from_home < distance_from_hole) continue;
    buckets_[hole] = buckets_[i];
    hole = i;
  }
  buckets_[hole] = Bucket{};
}

template <class Entry>
void FlowTable<Entry>::link(Index index, uint8_t list) {
  Slot& linked = slot(index);
  linked.list = list;
  linked.before = lists_[list].newest;
  linked.after = kNone;
  if (linked.before == kNone) {
    lists_[list].oldest = index;
  } else {
    slot(linked.before).after = index;
  }
  lists_[list].newest = index;
}

template <class Entry>
void FlowTable<Entry>::unlink(Index index) {
  const Slot& gone = slot(index);
  List& list = lists_[gone.list];
  (gone.before == kNone ? list.oldest : slot(gone.before).after) = gone.after;
  (gone.after == kNone ? list.newest : slot(gone.after).before) = gone.before;
}

}  // namespace parlance::flow
