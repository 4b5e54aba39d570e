// Puts together what several workers say of one epoch, a portion at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "worker.h"

namespace parlance {

/// Of what a worker says of an epoch: at most so many of the flows that end with it (any number of those that
/// ended before).
constexpr size_t kPortion = 256;
struct Portion {
  Harvest harvest;
  bool more = false;  ///< comes, of the same epoch: flows that end with it and began after these
};

/// Gives out the records of all workers in the order in which they are to be written, as far as the worker that
/// is furthest behind has got. Records of others wait until then: of each worker fewer than two portions.
class Portions {
 public:
  explicit Portions(size_t workers) : of_(workers), due_(2 * workers) {}

  void begin_epoch();
  /// False once everything of the epoch was due.
  bool more() const;
  /// Whether the worker's next portion is needed before anything is due().
  bool wants(size_t worker) const { return of_[worker].more && waiting(worker).size() < kPortion; }
  void add(size_t worker, Portion portion);
  /// What can be written now. To be called when no portion is wanted.
  std::vector<Harvest>& due();
  /// The harvest that was added last, once it has been written; it is to be cleared. Nothing if none was.
  std::optional<Harvest> take_used(size_t worker);

 private:
  using Place = std::pair<uint64_t, uint64_t>;
  struct Share {
    bool more = false;               ///< to be added
    bool added = false;              ///< since something was due
    std::vector<FlowRecord> later;   ///< than what is due
  };

  static Place place_of(const FlowRecord& record) { return {record.end_ordinal, record.flow_id}; }
  Harvest& newest(size_t worker) { return due_[2 * worker]; }
  std::vector<FlowRecord>& waiting(size_t worker) { return due_[2 * worker + 1].ended; }
  const std::vector<FlowRecord>& waiting(size_t worker) const { return due_[2 * worker + 1].ended; }
  Place reached_by_all();
  static void move_later(std::vector<FlowRecord>& records, Place last, std::vector<FlowRecord>& later);

  std::vector<Share> of_;
  std::vector<Harvest> due_;  ///< of each worker its newest, then what waited of those before
};

}  // namespace parlance
