// The workers, and who gets which packet. One worker works where it is called; several have threads.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "flow/flow_key.h"
#include "model/packet.h"
#include "worker.h"

namespace parlance {

/// What happens at the end of an epoch.
struct EpochEnd {
  enum class Kind : uint8_t { timeouts, nothing, closed_flows, all_flows };
  Kind kind = Kind::timeouts;
  uint64_t ordinal = 0;  ///< of the last packet
  Timestamp now = {};    ///< Kind::timeouts: flows are timed out up to then
};

/// Deals packets to workers by flow, epoch by epoch. An epoch is as many packets as its caller likes; at
/// its end flows that have been silent for too long end. Epochs are the same whatever the number of
/// workers, and so is what comes out.
class Crew {
 public:
  /// Takes what the workers have to say of an epoch and may change it. Called for one epoch after another,
  /// and more than once where many flows end with it, so that not all their records need be there at once:
  /// where close_epoch() is called if there is one worker, else on a thread of its own, so that who reads is
  /// not kept waiting by who writes.
  using Write = std::function<Result<void>(std::vector<Harvest>& harvests)>;

  Crew(const WorkerSettings& settings, unsigned workers, Write write);
  ~Crew();

  /// Packets of the current epoch, in the order of their ordinals. With several workers they are copied.
  void take(std::span<const DecodedPacket> packets);

  /// Ends the epoch: time-outs are counted up to `now`. With several workers it is written later. The
  /// error, here as below, is the first of writing, of whichever epoch.
  Result<void> close_epoch(Timestamp now, uint64_t ordinal);
  /// Ends the epoch, but no flow: what has ended and was labelled so far has been written on return.
  Result<void> write_known(uint64_t ordinal);
  /// The same, but that flows which both sides have closed end.
  Result<void> end_closed(uint64_t ordinal);
  /// Waits until all epochs that were closed have been written. Until the next call of close_epoch()
  /// nobody writes.
  Result<void> drain();
  /// Ends all flows and writes what is left, in portions.
  Result<void> finish(uint64_t ordinal);

 private:
  struct Threads;
  Result<void> close(const EpochEnd& end);

  Write write_;
  std::unique_ptr<Worker> alone_;
  std::vector<Harvest> harvests_;  ///< of the worker that is alone
  std::unique_ptr<Threads> threads_;
};

}  // namespace parlance
