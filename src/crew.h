// The workers, and who gets which packet. One worker works where it is called; several have threads.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "flow/flow_key.h"
#include "model/packet.h"
#include "worker.h"

namespace parlance {

/// Deals packets to workers by flow, epoch by epoch. An epoch is as many packets as its caller likes; at
/// its end flows that have been silent for too long end. Epochs are the same whatever the number of
/// workers, and so is what comes out.
class Crew {
 public:
  Crew(const WorkerSettings& settings, unsigned workers);
  ~Crew();

  /// Packets of the current epoch, in the order of their ordinals. With several workers they are copied.
  void take(std::span<const DecodedPacket> packets);

  /// Ends the epoch: time-outs are counted up to `now`. Gives what there is to say of the *previous*
  /// epoch if workers have threads (they go on with this one meanwhile), else of this one; one Harvest
  /// a worker.
  std::vector<Harvest> close_epoch(Timestamp now, uint64_t ordinal);

  /// Ends all flows. Gives all that is left to say, epoch by epoch.
  std::vector<std::vector<Harvest>> finish(uint64_t ordinal);

 private:
  struct Thread;
  std::vector<Harvest> collect();

  flow::FlowHasher dealer_;
  bool by_vlan_;
  std::unique_ptr<Worker> alone_;
  std::vector<std::unique_ptr<Thread>> threads_;
  bool epoch_in_flight_ = false;
};

}  // namespace parlance
