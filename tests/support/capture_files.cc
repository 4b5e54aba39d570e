#include "support/capture_files.h"

#include <array>
#include <fstream>

#include "base/limits.h"
#include "base/time.h"
#include "capture/capture_bytes.h"
#include "capture/file_source.h"

namespace parlance::test {
namespace {

using capture::Octets;
using capture::Order;

std::string pcap_of(const Frames& frames, const FileForm& form) {
  const Order order = form.big_endian ? Order::big : Order::little;
  const uint32_t magic = form.modified ? 0xa1b2cd34 : form.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
  const int link_type = frames.empty() ? 1 : frames.front().link_type;
  std::string file = capture::pcap_header(order, magic, static_cast<uint32_t>(link_type));
  for (const Frame& each : frames) {
    const int64_t fraction = each.nanoseconds % kSecond / (form.nanoseconds ? 1 : 1000);
    file += Octets(order)
                .u32(static_cast<uint64_t>(each.nanoseconds / kSecond))
                .u32(static_cast<uint64_t>(fraction))
                .u32(each.octets.size())
                .u32(each.original_length)
                .zeros(form.modified ? 8 : 0)
                .text(each.octets)
                .all();
  }
  return file;
}

std::string pcapng_of(const Frames& frames, const FileForm& form) {
  const Order order = form.big_endian ? Order::big : Order::little;
  std::string file = capture::pcapng_section(order);
  const std::string resolution =
      form.nanoseconds ? capture::pcapng_option(9, "\x09", order) : std::string();
  std::vector<int> links;  // an interface for each link type
  for (const Frame& each : frames) {
    uint32_t interface = 0;
    while (interface < links.size() && links[interface] != each.link_type) ++interface;
    if (interface == links.size()) {
      links.push_back(each.link_type);
      file += capture::pcapng_interface(static_cast<uint32_t>(each.link_type), order, resolution);
    }
    const auto ticks = static_cast<uint64_t>(each.nanoseconds / (form.nanoseconds ? 1 : 1000));
    file += capture::pcapng_packet(interface, ticks, each.octets, order, each.original_length);
  }
  return file;
}

}  // namespace

Frames read_frames(const std::string& path) {
  Frames frames;
  const Limits limits;
  const auto source = capture::FileSource::open(path, 0, limits, false);
  if (!source) return frames;
  std::array<RawPacket, 64> batch;
  size_t count = 0;
  while ((*source)->next(batch, count) == capture::Next::packets) {
    for (const RawPacket& packet : std::span(batch).first(count)) {
      frames.push_back({packet.time.nanoseconds, packet.link_type, packet.original_length,
                        std::string(as_text(packet.octets))});
    }
  }
  return frames;
}

void write_frames(const std::string& path, const Frames& frames, const FileForm& form) {
  std::ofstream(path, std::ios::binary)
      << (form.pcapng ? pcapng_of(frames, form) : pcap_of(frames, form));
}

}  // namespace parlance::test
