#include "crew.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "base/limits.h"
#include "base/memory.h"
#include "portions.h"

namespace parlance {
namespace {

constexpr size_t kHarvests = 8;               // of a thread: portions on their way to be written
constexpr size_t kBatches = 8;                // for each thread …
constexpr size_t kSpareBatches = 16;          // … and for whichever has more to do than the others
constexpr size_t kBatchPackets = 1024;        // that go to a thread together
constexpr size_t kBatchOctets = 512 * kKibi;  // of their payload
static_assert(kBatchOctets >= Limits{}.packet_octets);

/// Which flows are to end at the end of an epoch.
void begin_ending(Worker& worker, const EpochEnd& end) {
  switch (end.kind) {
    case EpochEnd::Kind::timeouts: return worker.begin_expiry(end.now, end.ordinal);
    case EpochEnd::Kind::closed_flows: return worker.begin_ending_closed(end.ordinal);
    case EpochEnd::Kind::all_flows: return worker.begin_finish(end.ordinal);
    case EpochEnd::Kind::nothing: break;
  }
}

/// Some of one worker's packets, their octets copied, and what comes after them.
class Batch {
 public:
  bool has_room_for(const DecodedPacket& packet) const {
    return packets_.size() < kBatchPackets && used_ + packet.payload.size() <= kBatchOctets;
  }
  /// To be called only if there is room for it.
  void add(const DecodedPacket& packet) {
    if (!octets_) {
      packets_.reserve(kBatchPackets);
      octets_.reset(UncountedAllocator<uint8_t>().allocate(kBatchOctets));
    }
    const std::span copy(octets_.get() + used_, std::min(packet.payload.size(), kBatchOctets - used_));
    std::copy_n(packet.payload.begin(), copy.size(), copy.begin());
    used_ += copy.size();
    packets_.push_back(packet);
    packets_.back().payload = copy;
  }
  std::span<const DecodedPacket> packets() const { return packets_; }
  /// Empties it and keeps its memory.
  void reset() {
    packets_.clear();
    used_ = 0;
    end.reset();
  }

  std::optional<EpochEnd> end;  ///< of the epoch, after these packets
  bool is_last = false;         ///< no other batch will come

 private:
  struct Free {
    void operator()(uint8_t* octets) const { UncountedAllocator<uint8_t>().deallocate(octets, kBatchOctets); }
  };
  std::vector<DecodedPacket, UncountedAllocator<DecodedPacket>> packets_;
  std::unique_ptr<uint8_t, Free> octets_;  ///< of the packets: kBatchOctets
  size_t used_ = 0;
};

/// A queue between two threads. Who takes waits while it is empty. What goes round is bounded by how much
/// of it there is, so nobody waits because it is full.
template <class T>
class Queue {
 public:
  void put(T value) {
    {
      const std::unique_lock lock(mutex_);
      values_.push_back(std::move(value));
    }
    came_.notify_one();
  }
  T take() {
    const std::unique_lock lock = wait();
    T value = std::move(values_.front());
    values_.pop_front();
    return value;
  }
  /// The one that was put last.
  T take_newest() {
    const std::unique_lock lock = wait();
    T value = std::move(values_.back());
    values_.pop_back();
    return value;
  }

 private:
  std::unique_lock<std::mutex> wait() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this] { return !values_.empty(); });
    return lock;
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<T> values_;
};

/// A worker and its thread. Batches and harvests go round, so that their memory is used again. Batches are common
/// to all threads: whoever has much to do for a while gets more of them, so that nobody need wait for it.
struct WorkerThread {
  WorkerThread(const WorkerSettings& settings, Queue<Batch>& common_batches)
      : worker(settings), used_batches(common_batches) {
    for (size_t i = 0; i < kHarvests; ++i) used_harvests.put({});
    thread = std::thread([this] { run(); });
  }

  /// For who deals: hands on what was filled.
  void hand_over() {
    work.put(std::move(filling));
    filling = used_batches.take_newest();  // whose memory is at hand
  }

  void run() {
    for (;;) {
      Batch batch = work.take();
      worker.take(batch.packets());
      if (batch.is_last) return;
      if (batch.end) end_epoch(*batch.end);
      batch.reset();
      used_batches.put(std::move(batch));
    }
  }
  void end_epoch(const EpochEnd& end) {
    begin_ending(worker, end);
    for (bool more = true; more;) {
      more = worker.end_some(kPortion);
      Harvest used = used_harvests.take();
      used.clear();  // here, where its records were made: memory goes back to the thread that it is of
      worker.reuse(std::move(used));
      done.put({worker.harvest(), more});
    }
  }

  Worker worker;
  Batch filling;
  Queue<Batch> work;
  Queue<Batch>& used_batches;  ///< of all threads
  Queue<Portion> done;
  Queue<Harvest> used_harvests;
  std::thread thread;
};

}  // namespace

struct Crew::Threads {
  Threads(const WorkerSettings& settings, unsigned count, Write& write)
      : dealer_(settings.seed ^ 0x5bd1e995), by_vlan_(settings.by_vlan), write_(write), portions_(count) {
    for (size_t i = 0; i < kSpareBatches + (kBatches - 1) * count; ++i) used_batches_.put({});
    for (unsigned i = 0; i < count; ++i) {
      workers_.push_back(std::make_unique<WorkerThread>(settings, used_batches_));
    }
    writer_ = std::thread([this] { run(); });
  }
  ~Threads() {
    for (const auto& each : workers_) {
      each->filling.is_last = true;
      each->work.put(std::move(each->filling));
    }
    for (const auto& each : workers_) each->thread.join();
    {
      const std::unique_lock lock(mutex_);
      over_ = true;
      changed_.notify_all();
    }
    writer_.join();
  }

  void deal(const DecodedPacket& packet) {
    const uint64_t hash = dealer_(flow::FlowKey::of(packet, by_vlan_));
    WorkerThread& worker = *workers_[(hash >> 32) % workers_.size()];
    if (!worker.filling.has_room_for(packet)) worker.hand_over();
    worker.filling.add(packet);
  }
  /// Hands the rest of the epoch to the workers. The first error of writing.
  Result<void> close(const EpochEnd& end) {
    {
      const std::unique_lock lock(mutex_);
      if (error_) return tl::make_unexpected(*error_);
      ++closed_;
      changed_.notify_all();
    }
    for (const auto& each : workers_) {
      each->filling.end = end;
      each->hand_over();
    }
    return {};
  }
  Result<void> drain() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return written_ == closed_; });
    if (error_) return tl::make_unexpected(*error_);
    return {};
  }

 private:
  /// The thread that writes: epoch by epoch, as all workers have done with it.
  void run() {
    while (wait_for_epoch()) {
      write_epoch();
      const std::unique_lock lock(mutex_);
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
  void write_epoch() {
    portions_.begin_epoch();
    while (portions_.more()) {
      for (size_t i = 0; i < workers_.size(); ++i) {
        if (portions_.wants(i)) portions_.add(i, workers_[i]->done.take());
      }
      write(portions_.due());
      for (size_t i = 0; i < workers_.size(); ++i) {
        if (auto used = portions_.take_used(i)) workers_[i]->used_harvests.put(std::move(*used));
      }
    }
  }
  void write(std::vector<Harvest>& harvests) {
    if (has_failed()) return;
    if (const Result<void> result = write_(harvests); !result) {
      const std::unique_lock lock(mutex_);
      error_ = result.error();
    }
  }
  bool has_failed() {
    const std::unique_lock lock(mutex_);
    return error_.has_value();
  }

  flow::FlowHasher dealer_;
  bool by_vlan_;
  Queue<Batch> used_batches_;
  std::vector<std::unique_ptr<WorkerThread>> workers_;
  Write& write_;
  Portions portions_;  ///< of the thread that writes
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
  for (const DecodedPacket& packet : packets) threads_->deal(packet);
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

Result<void> Crew::close_epoch(Timestamp now, uint64_t ordinal) {
  return close({EpochEnd::Kind::timeouts, ordinal, now});
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
  if (auto closed = close({EpochEnd::Kind::all_flows, ordinal}); !closed) return closed;
  return drain();
}

}  // namespace parlance
