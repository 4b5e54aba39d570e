#include "crew.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "base/limits.h"
#include "base/memory.h"

namespace parlance {
namespace {

constexpr size_t kEpochsAhead = 2;  // that a thread may have waiting for the next one
constexpr size_t kPortion = 256;    // records of flows that end together, made before they are written

/// Which flows are to end at the end of an epoch.
void begin_ending(Worker& worker, const EpochEnd& end) {
  switch (end.kind) {
    case EpochEnd::Kind::timeouts: return worker.begin_expiry(end.now, end.ordinal);
    case EpochEnd::Kind::closed_flows: return worker.begin_ending_closed(end.ordinal);
    case EpochEnd::Kind::all_flows: return worker.begin_finish(end.ordinal);
    case EpochEnd::Kind::more_flows:
    case EpochEnd::Kind::nothing:
    case EpochEnd::Kind::work: break;
  }
}

/// One worker's packets of one epoch, their octets copied, and how the epoch ends.
struct Epoch {
  std::vector<DecodedPacket, UncountedAllocator<DecodedPacket>> packets;
  EpochEnd end;

  void add(const DecodedPacket& packet) {
    packets.push_back(packet);
    packets.back().payload = copy(packet.payload);
  }
  /// Empties it and keeps its memory.
  void reset() {
    packets.clear();
    for (auto& chunk : chunks_) chunk.clear();
    chunk_ = 0;
    end = {};
  }

 private:
  using Chunk = std::vector<uint8_t, UncountedAllocator<uint8_t>>;
  static constexpr size_t kChunk = kMebi;
  Bytes copy(Bytes octets) {
    if (octets.empty()) return {};
    while (chunk_ < chunks_.size() &&
           chunks_[chunk_].capacity() - chunks_[chunk_].size() < octets.size()) {
      ++chunk_;
    }
    if (chunk_ == chunks_.size()) chunks_.emplace_back().reserve(std::max(kChunk, octets.size()));
    Chunk& chunk = chunks_[chunk_];
    const size_t at = chunk.size();
    chunk.insert(chunk.end(), octets.begin(), octets.end());
    return Bytes(chunk).subspan(at);
  }

  std::deque<Chunk> chunks_;  ///< octets of the packets; they never move
  size_t chunk_ = 0;                         ///< that is being filled
};

/// A queue between two threads. Who puts waits while it is full, who takes while it is empty.
template <class T>
class Queue {
 public:
  explicit Queue(size_t capacity) : capacity_(capacity) {}

  void put(T value) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return values_.size() < capacity_; });
    values_.push_back(std::move(value));
    changed_.notify_all();
  }
  T take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !values_.empty(); });
    return pop();
  }
  /// What is there, or nothing.
  std::optional<T> take_if_any() {
    const std::unique_lock lock(mutex_);
    return values_.empty() ? std::nullopt : std::optional<T>(pop());
  }
  /// Puts a value if there is room for it; else it is lost.
  void put_if_room(T value) {
    const std::unique_lock lock(mutex_);
    if (values_.size() < capacity_) values_.push_back(std::move(value));
  }

 private:
  T pop() {
    T value = std::move(values_.front());
    values_.pop_front();
    changed_.notify_all();
    return value;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> values_;
  size_t capacity_;
};

/// A worker and its thread. Epochs and harvests go round, so that their memory is used again.
struct WorkerThread {
  explicit WorkerThread(const WorkerSettings& settings)
      : worker(settings), thread([this] { run(); }) {}

  void run() {
    for (;;) {
      Epoch epoch = work.take();
      worker.take(epoch.packets);
      if (epoch.end.kind == EpochEnd::Kind::work) return;
      begin_ending(worker, epoch.end);
      worker.end_some(SIZE_MAX, epoch.end.last_flow);
      while (auto used = used_harvests.take_if_any()) worker.reuse(std::move(*used));
      done.put(worker.harvest());
      epoch.reset();
      used_epochs.put_if_room(std::move(epoch));
    }
  }

  Worker worker;
  Epoch filling;
  Queue<Epoch> work{kEpochsAhead}, used_epochs{kEpochsAhead};
  Queue<Harvest> done{kEpochsAhead}, used_harvests{kEpochsAhead};
  std::thread thread;  // begins when all else is there
};

}  // namespace

struct Crew::Threads {
  Threads(const WorkerSettings& settings, unsigned count, Write& write)
      : dealer(settings.seed ^ 0x5bd1e995), by_vlan(settings.by_vlan), write_(write) {
    for (unsigned i = 0; i < count; ++i) workers.push_back(std::make_unique<WorkerThread>(settings));
    writer_ = std::thread([this] { run(); });
  }
  ~Threads() {
    for (const auto& each : workers) {
      each->filling.end.kind = EpochEnd::Kind::work;
      each->work.put(std::move(each->filling));
    }
    for (const auto& each : workers) each->thread.join();
    {
      const std::unique_lock lock(mutex_);
      over_ = true;
      changed_.notify_all();
    }
    writer_.join();
  }

  /// Hands the epoch to the workers. The first error of writing.
  Result<void> close(const EpochEnd& end) {
    {
      const std::unique_lock lock(mutex_);
      if (error_) return tl::make_unexpected(*error_);
      ++closed_;
      changed_.notify_all();
    }
    for (const auto& each : workers) {
      each->filling.end = end;
      each->work.put(std::move(each->filling));
      each->filling = each->used_epochs.take_if_any().value_or(Epoch());
    }
    return {};
  }
  Result<void> drain() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return written_ == closed_; });
    if (error_) return tl::make_unexpected(*error_);
    return {};
  }

  /// The thread that writes: epoch by epoch, as all workers have done with it.
  void run() {
    std::vector<Harvest> harvests;
    while (wait_for_epoch()) {
      for (const auto& each : workers) harvests.push_back(each->done.take());
      const Result<void> result = has_failed() ? Result<void>() : write_(harvests);
      for (size_t i = 0; i < workers.size(); ++i) {
        harvests[i].clear();
        workers[i]->used_harvests.put_if_room(std::move(harvests[i]));
      }
      harvests.clear();
      const std::unique_lock lock(mutex_);
      if (!result && !error_) error_ = result.error();
      ++written_;
      changed_.notify_all();
    }
  }
  /// False once there will be none.
  bool wait_for_epoch() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return written_ < closed_ || over_; });
    return written_ < closed_;
  }
  bool has_failed() {
    const std::unique_lock lock(mutex_);
    return error_.has_value();
  }

  flow::FlowHasher dealer;
  bool by_vlan;
  std::vector<std::unique_ptr<WorkerThread>> workers;

 private:
  Write& write_;
  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  uint64_t closed_ = 0, written_ = 0;  ///< epochs
  std::optional<Error> error_;
  bool over_ = false;
  std::thread writer_;
};

Crew::Crew(const WorkerSettings& settings, unsigned workers, Write write) : write_(std::move(write)) {
  if (workers <= 1) {
    alone_ = std::make_unique<Worker>(settings);
    harvests_.resize(1);
  } else {
    threads_ = std::make_unique<Threads>(settings, workers, write_);
  }
}

Crew::~Crew() = default;

void Crew::take(std::span<const DecodedPacket> packets) {
  if (alone_) return alone_->take(packets);
  auto& workers = threads_->workers;
  for (const DecodedPacket& packet : packets) {
    const uint64_t hash = threads_->dealer(flow::FlowKey::of(packet, threads_->by_vlan));
    workers[(hash >> 32) % workers.size()]->filling.add(packet);
  }
}

Result<void> Crew::close(const EpochEnd& end) {
  if (threads_) return threads_->close(end);
  begin_ending(*alone_, end);
  for (;;) {
    const bool more = alone_->end_some(kPortion);
    harvests_[0] = alone_->harvest();
    if (auto written = write_(harvests_); !written) return written;
    harvests_[0].clear();
    alone_->reuse(std::move(harvests_[0]));
    if (!more) return {};
  }
}

/// After a jump of time any number of flows may be due.
Result<void> Crew::close_epoch(Timestamp now, uint64_t ordinal) {
  constexpr int64_t kJump = 30 * kSecond;
  const bool jumped = elapsed(std::exchange(last_end_, now), now) > kJump;
  return end_flows({EpochEnd::Kind::timeouts, ordinal, now}, jumped);
}

/// With threads the records of very many flows at once would double the memory: they are made and written
/// portion by portion, in the order of the flows. A worker that is alone always does so.
Result<void> Crew::end_flows(EpochEnd end, bool are_many) {
  if (alone_ || !are_many) return close(end);
  constexpr uint64_t kMostPortions = 256, kLeastPortion = 16384;
  const uint64_t portion = std::max(kLeastPortion, end.ordinal / kMostPortions);
  for (uint64_t last = std::min(portion, end.ordinal);; last = std::min(last + portion, end.ordinal)) {
    end.last_flow = last;
    if (auto done = close(end); !done || last == end.ordinal) return done;
    end.kind = EpochEnd::Kind::more_flows;
  }
}

Result<void> Crew::write_known(uint64_t ordinal) {
  if (auto closed = close({EpochEnd::Kind::nothing, ordinal}); !closed) return closed;
  return drain();
}

Result<void> Crew::end_closed(uint64_t ordinal) {
  if (auto closed = close({EpochEnd::Kind::closed_flows, ordinal}); !closed) return closed;
  return drain();
}

Result<void> Crew::drain() {
  if (threads_) return threads_->drain();
  return {};
}

Result<void> Crew::finish(uint64_t ordinal) {
  if (auto ended = end_flows({EpochEnd::Kind::all_flows, ordinal}, true); !ended) return ended;
  return drain();
}

}  // namespace parlance
