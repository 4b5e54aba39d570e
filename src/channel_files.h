// What channels carry, written to files: --write-channels.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "inspect/channel_tap.h"

namespace parlance {

/// In a folder of its own: FLOW-CHANNEL-client.bin and FLOW-CHANNEL-server.bin hold what client and
/// server sent in that channel, one message behind another; channels.ndjson says in a line for each what
/// the channel is. FLOW is the number of the flow's first packet.
class ChannelFiles final : public inspect::ChannelTap {
 public:
  /// Makes the folder. An error if it cannot be made, or is not empty.
  static Result<std::unique_ptr<ChannelFiles>> open(const std::string& folder);

  void octets(uint64_t flow, uint32_t channel, Direction direction, Bytes octets) override;
  void begin_again(uint64_t flow) override;
  void end(uint64_t flow, const FiveTuple& tuple, std::span<const ChannelSummary> channels) override;

  /// Something could not be written. The first failure has been said on standard error.
  bool failed() const { return failed_; }

 private:
  explicit ChannelFiles(std::string folder) : folder_(std::move(folder)) {}
  void append(const std::string& name, Bytes octets);

  std::string folder_;
  std::mutex index_;
  std::atomic<bool> failed_ = false;
};

}  // namespace parlance
