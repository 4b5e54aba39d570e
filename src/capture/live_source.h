// Packets of live interfaces, by libpcap.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "capture/source.h"

namespace parlance::capture {

struct LiveOptions {
  uint32_t snaplen = 262144;     ///< octets
  int buffer_mebibytes = 32;     ///< of the kernel's ring, for each interface
  bool promiscuous = true;
  std::string filter;            ///< run by the kernel
};

/// What an interface says of itself.
struct InterfaceCounts {
  std::string name;
  uint64_t received = 0;            ///< by the filter, the dropped ones included
  uint64_t dropped_by_kernel = 0;   ///< because the buffer was full
  uint64_t dropped_by_interface = 0;
};

/// Listens on several interfaces at once. CAP_NET_RAW is enough.
class LiveSource final : public PacketSource {
 public:
  /// `first_index` is RawPacket::source of the first interface; the others follow.
  static Result<std::unique_ptr<LiveSource>> open(const std::vector<std::string>& interfaces,
                                                  const LiveOptions& options, uint32_t first_index);
  ~LiveSource() override;

  /// Waits up to 100 ms, then says Next::idle. Packets are copied into a buffer of the source. An
  /// interface that fails (it was taken away, or down) is Next::damaged.
  Next next(std::span<RawPacket> batch, size_t& count) override;

  std::vector<InterfaceCounts> counts() const;

 private:
  struct Handle;
  LiveSource() = default;
  bool drain(Handle& handle, std::span<RawPacket> batch);

  std::vector<std::unique_ptr<Handle>> handles_;
  size_t turn_ = 0;                ///< the interface to begin with, so that none is starved
  uint64_t packets_ = 0;
};

struct InterfaceDescription {
  std::string name;
  std::string description;
};
/// The interfaces that can be listened on.
Result<std::vector<InterfaceDescription>> list_interfaces();

/// Version of libpcap, as it says it.
std::string libpcap_version();

}  // namespace parlance::capture
