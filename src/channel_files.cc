#include "channel_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "inputs.h"

namespace parlance {
namespace {

namespace fs = std::filesystem;

std::string name_of(uint64_t flow, uint32_t channel, Direction direction) {
  return fmt::format("{}-{}-{}.bin", flow, channel,
                     direction == Direction::to_server ? "client" : "server");
}

std::string speaks(const ChannelSummary& channel) {
  std::string names;
  for (const auto& each : channel.found) {
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ",", each.name);
  }
  return names;
}

}  // namespace

Result<std::unique_ptr<ChannelFiles>> ChannelFiles::open(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return failure(folder, "this folder cannot be made: " + error.message());
  if (!fs::is_empty(folder, error) || error) {
    return failure(folder, "this folder is not empty", "what is in it would be mixed with the channels");
  }
  return std::unique_ptr<ChannelFiles>(new ChannelFiles(folder));
}

void ChannelFiles::octets(uint64_t flow, uint32_t channel, Direction direction, Bytes octets) {
  if (!octets.empty()) append(name_of(flow, channel, direction), octets);
}

void ChannelFiles::begin_again(uint64_t flow) {
  std::error_code ignored;
  // Only what is outermost has been told by then.
  for (const Direction each : {Direction::to_server, Direction::to_client}) {
    fs::remove(fs::path(folder_) / name_of(flow, 0, each), ignored);
  }
}

void ChannelFiles::end(uint64_t flow, const FiveTuple& tuple, std::span<const ChannelSummary> channels) {
  std::string lines;
  for (const ChannelSummary& each : channels) {
    lines += fmt::format(R"({{"flow":{},"client":"{}","server":"{}","proto":"{}","channel":{},)", flow,
                         to_text(tuple.source), to_text(tuple.destination),
                         tuple.transport == Transport::tcp ? "tcp" : "udp", each.id);
    if (each.parent) lines += fmt::format(R"("parent":{},"opened_by":"{}",)", *each.parent, each.opened_by);
    lines += fmt::format(R"("speaks":[{}],"client_octets":{},"server_octets":{},"gaps":{}}})", speaks(each),
                         each.octets[0], each.octets[1], each.gaps[0] + each.gaps[1]);
    lines += '\n';
  }
  const std::lock_guard lock(index_);
  append("channels.ndjson", as_bytes(lines));
}

/// A file is open for as long as a write takes: there may be many thousands.
void ChannelFiles::append(const std::string& name, Bytes octets) {
  const std::string path = folder_ + "/" + name;
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  bool good = file >= 0;
  while (good && !octets.empty()) {
    const ssize_t count = write(file, octets.data(), octets.size());
    good = count > 0;
    if (good) octets = octets.subspan(static_cast<size_t>(count));
  }
  if (!good && !failed_.exchange(true)) complain(Error{path, std::strerror(errno), ""});
  if (file >= 0) close(file);
}

}  // namespace parlance
