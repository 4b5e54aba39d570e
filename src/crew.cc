#include "crew.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "base/limits.h"

namespace parlance {
namespace {

/// One worker's packets of one epoch, their octets copied, and how the epoch ends.
struct Epoch {
  std::vector<DecodedPacket> packets;
  std::deque<std::vector<uint8_t>> chunks;  ///< octets of the packets; chunks never move
  Timestamp now;
  uint64_t ordinal = 0;
  bool last = false;

  void add(const DecodedPacket& packet) {
    packets.push_back(packet);
    packets.back().payload = copy(packet.payload);
  }

 private:
  static constexpr size_t kChunk = kMebi;
  Bytes copy(Bytes octets) {
    if (octets.empty()) return {};
    if (chunks.empty() || chunks.back().capacity() - chunks.back().size() < octets.size()) {
      chunks.emplace_back();
      chunks.back().reserve(std::max(kChunk, octets.size()));
    }
    std::vector<uint8_t>& chunk = chunks.back();
    const size_t at = chunk.size();
    chunk.insert(chunk.end(), octets.begin(), octets.end());
    return Bytes(chunk).subspan(at);
  }
};

/// A place for one value between two threads.
template <class T>
class Slot {
 public:
  void put(T value) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !value_; });
    value_ = std::move(value);
    changed_.notify_all();
  }
  T take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return value_.has_value(); });
    T value = std::move(*value_);
    value_.reset();
    changed_.notify_all();
    return value;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<T> value_;
};

}  // namespace

struct Crew::Thread {
  explicit Thread(const WorkerSettings& settings) : worker(settings), thread([this] { run(); }) {}

  void run() {
    for (;;) {
      Epoch epoch = work.take();
      worker.take(epoch.packets);
      if (epoch.last) {
        worker.finish(epoch.ordinal);
      } else {
        worker.expire(epoch.now, epoch.ordinal);
      }
      done.put(worker.harvest());
      if (epoch.last) return;
    }
  }

  Worker worker;
  Epoch filling;
  Slot<Epoch> work;
  Slot<Harvest> done;
  std::thread thread;
};

Crew::Crew(const WorkerSettings& settings, unsigned workers)
    : dealer_(settings.seed ^ 0x5bd1e995), by_vlan_(settings.by_vlan) {
  if (workers <= 1) {
    alone_ = std::make_unique<Worker>(settings);
    return;
  }
  for (unsigned i = 0; i < workers; ++i) threads_.push_back(std::make_unique<Thread>(settings));
}

Crew::~Crew() {
  // Threads that were not finished are told that this was the end.
  for (const auto& each : threads_) {
    if (!each->thread.joinable()) continue;
    if (epoch_in_flight_) each->done.take();
    each->filling.last = true;
    each->work.put(std::move(each->filling));
    each->done.take();
    each->thread.join();
  }
}

void Crew::take(std::span<const DecodedPacket> packets) {
  if (alone_) return alone_->take(packets);
  for (const DecodedPacket& packet : packets) {
    const uint64_t hash = dealer_(flow::FlowKey::of(packet, by_vlan_));
    threads_[(hash >> 32) % threads_.size()]->filling.add(packet);
  }
}

std::vector<Harvest> Crew::collect() {
  std::vector<Harvest> harvests;
  for (const auto& each : threads_) harvests.push_back(each->done.take());
  return harvests;
}

std::vector<Harvest> Crew::close_epoch(Timestamp now, uint64_t ordinal) {
  if (alone_) {
    alone_->expire(now, ordinal);
    std::vector<Harvest> harvests;
    harvests.push_back(alone_->harvest());
    return harvests;
  }
  std::vector<Harvest> previous;
  if (epoch_in_flight_) previous = collect();
  for (const auto& each : threads_) {
    each->filling.now = now;
    each->filling.ordinal = ordinal;
    each->work.put(std::exchange(each->filling, {}));
  }
  epoch_in_flight_ = true;
  return previous;
}

std::vector<std::vector<Harvest>> Crew::finish(uint64_t ordinal) {
  std::vector<std::vector<Harvest>> epochs;
  if (alone_) {
    alone_->finish(ordinal);
    epochs.emplace_back().push_back(alone_->harvest());
    return epochs;
  }
  if (epoch_in_flight_) epochs.push_back(collect());
  epoch_in_flight_ = false;
  for (const auto& each : threads_) {
    each->filling.ordinal = ordinal;
    each->filling.last = true;
    each->work.put(std::exchange(each->filling, {}));
  }
  epochs.push_back(collect());
  for (const auto& each : threads_) each->thread.join();
  return epochs;
}

}  // namespace parlance
