#include "capture/live_source.h"

#include <algorithm>

#include <pcap/pcap.h>
#include <poll.h>

namespace parlance::capture {
namespace {

constexpr int kWaitMilliseconds = 100;
constexpr uint32_t kLargestSnaplen = 262144;
// Copied for one batch of one interface: room for packets of the largest snaplen. The system gives
// memory only to what is used of it.
constexpr size_t kBatchPackets = 64;
constexpr size_t kBatchOctets = kBatchPackets * kLargestSnaplen;
constexpr int kNanoseconds = 1;

}  // namespace

struct LiveSource::Handle {
  std::string name;
  uint32_t index = 0;
  pcap_t* pcap = nullptr;
  int link_type = 0;
  int64_t fraction = 1000;      ///< nanoseconds in a unit of ts.tv_usec
  std::vector<uint8_t> octets;  ///< of the packets of the current batch

  // What a drain fills: libpcap's callback has no other way to it.
  std::span<RawPacket> batch;
  size_t count = 0;
  uint64_t* packets = nullptr;
  bool failed = false;

  ~Handle() {
    if (pcap != nullptr) pcap_close(pcap);
  }

  Result<void> open(const LiveOptions& options);
  void take(const pcap_pkthdr& header, const uint8_t* data);
};

Result<void> LiveSource::Handle::open(const LiveOptions& options) {
  char problem[PCAP_ERRBUF_SIZE] = {};
  pcap = pcap_create(name.c_str(), problem);
  if (pcap == nullptr) return failure(name, problem);
  pcap_set_snaplen(pcap, static_cast<int>(std::min(options.snaplen, kLargestSnaplen)));
  pcap_set_promisc(pcap, options.promiscuous ? 1 : 0);
  pcap_set_timeout(pcap, kWaitMilliseconds);
  pcap_set_buffer_size(pcap, options.buffer_mebibytes * 1024 * 1024);
  if (pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO) == 0) fraction = kNanoseconds;
  if (const int status = pcap_activate(pcap); status < 0) {
    const std::string detail = pcap_geterr(pcap);
    return failure(name,
                   std::string("it cannot be listened on: ") + pcap_statustostr(status) +
                       (detail.empty() ? "" : ": " + detail),
                   status == PCAP_ERROR_PERM_DENIED ? "CAP_NET_RAW is needed" : "");
  }
  if (pcap_setnonblock(pcap, 1, problem) != 0) return failure(name, problem);
  link_type = pcap_datalink(pcap);
  if (options.filter.empty()) return {};
  bpf_program program{};
  if (pcap_compile(pcap, &program, options.filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return failure("filter '" + options.filter + "'", pcap_geterr(pcap), "see pcap-filter(7)");
  }
  const int status = pcap_setfilter(pcap, &program);
  pcap_freecode(&program);
  if (status != 0) return failure(name, pcap_geterr(pcap));
  return {};
}

void LiveSource::Handle::take(const pcap_pkthdr& header, const uint8_t* data) {
  // Never above the snaplen, or only by a VLAN tag that libpcap puts back. The views of a batch
  // stay valid because the buffer never grows.
  const size_t length = std::min<size_t>(header.caplen, octets.capacity() - octets.size());
  const size_t at = octets.size();
  octets.insert(octets.end(), data, data + length);
  RawPacket& packet = batch[count++];
  packet.octets = Bytes(octets).subspan(at, length);
  packet.original_length = header.len;
  packet.link_type = link_type;
  packet.time.nanoseconds =
      int64_t{header.ts.tv_sec} * kSecond + int64_t{header.ts.tv_usec} * fraction;
  packet.frame = ++*packets;
  packet.source = index;
}

Result<std::unique_ptr<LiveSource>> LiveSource::open(const std::vector<std::string>& interfaces,
                                                     const LiveOptions& options,
                                                     uint32_t first_index) {
  std::unique_ptr<LiveSource> source(new LiveSource());
  for (const std::string& name : interfaces) {
    auto handle = std::make_unique<Handle>();
    handle->name = name;
    handle->index = first_index++;
    handle->octets.reserve(kBatchOctets);
    if (auto opened = handle->open(options); !opened) return tl::make_unexpected(opened.error());
    source->handles_.push_back(std::move(handle));
  }
  return source;
}

LiveSource::~LiveSource() = default;

/// Takes what is there; false once the interface failed, after what it had given was taken.
bool LiveSource::drain(Handle& handle, std::span<RawPacket> batch) {
  handle.octets.clear();
  handle.batch = batch;
  handle.count = 0;
  handle.packets = &packets_;
  if (handle.failed) return false;
  const int status = pcap_dispatch(
      handle.pcap, static_cast<int>(std::min(batch.size(), kBatchPackets)),
      [](u_char* user, const pcap_pkthdr* header, const u_char* data) {
        reinterpret_cast<Handle*>(user)->take(*header, data);
      },
      reinterpret_cast<u_char*>(&handle));
  if (status >= 0 || status == PCAP_ERROR_BREAK) return true;
  // The system tells of a failure only once.
  handle.failed = true;
  error_ = {handle.name, std::string("listening failed: ") + pcap_geterr(handle.pcap), ""};
  return handle.count > 0;
}

Next LiveSource::next(std::span<RawPacket> batch, size_t& count) {
  count = 0;
  // One interface a call: its packets live in its own buffer until the next one.
  for (size_t tried = 0; tried < handles_.size(); ++tried) {
    Handle& handle = *handles_[turn_];
    turn_ = (turn_ + 1) % handles_.size();
    if (!drain(handle, batch)) return Next::damaged;
    count = handle.count;
    if (count > 0) return Next::packets;
  }
  std::vector<pollfd> waits;
  for (const auto& each : handles_) {
    waits.push_back({pcap_get_selectable_fd(each->pcap), POLLIN, 0});
  }
  poll(waits.data(), waits.size(), kWaitMilliseconds);
  return Next::idle;
}

std::vector<InterfaceCounts> LiveSource::counts() const {
  std::vector<InterfaceCounts> all;
  for (const auto& each : handles_) {
    pcap_stat statistics{};
    InterfaceCounts counts{each->name, 0, 0, 0};
    if (pcap_stats(each->pcap, &statistics) == 0) {
      counts.received = statistics.ps_recv;
      counts.dropped_by_kernel = statistics.ps_drop;
      counts.dropped_by_interface = statistics.ps_ifdrop;
    }
    all.push_back(std::move(counts));
  }
  return all;
}

Result<std::vector<InterfaceDescription>> list_interfaces() {
  char problem[PCAP_ERRBUF_SIZE] = {};
  pcap_if_t* first = nullptr;
  if (pcap_findalldevs(&first, problem) != 0) return failure("interfaces", problem);
  std::vector<InterfaceDescription> all;
  for (const pcap_if_t* each = first; each != nullptr; each = each->next) {
    all.push_back({each->name, each->description == nullptr ? "" : each->description});
  }
  pcap_freealldevs(first);
  return all;
}

std::string libpcap_version() {
  return pcap_lib_version();
}

}  // namespace parlance::capture
