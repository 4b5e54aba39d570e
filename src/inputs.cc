#include "inputs.h"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "capture/file_source.h"
#include "capture/filter.h"
#include "capture/live_source.h"
#include "signals.h"

namespace parlance {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLiveEpoch = std::chrono::milliseconds(200);
constexpr auto kProgressPause = std::chrono::milliseconds(250);

/// Shows on a terminal how far the reading of long files has come.
class Progress {
 public:
  Progress(bool wanted, const std::string& file) : file_(file) {
    std::error_code error;
    size_ = wanted ? std::filesystem::file_size(file, error) : 0;
    if (error) size_ = 0;
  }
  ~Progress() {
    if (shown_) fmt::print(stderr, "\r\x1b[K");
  }
  void show(uint64_t position, uint64_t packets) {
    if (size_ == 0 || Clock::now() - last_ < kProgressPause) return;
    last_ = Clock::now();
    shown_ = true;
    fmt::print(stderr, "\r\x1b[K{}: {} packets, {} %", file_, packets,
               std::min<uint64_t>(100, position * 100 / size_));
  }

 private:
  std::string file_;
  uint64_t size_ = 0;
  Clock::time_point last_ = Clock::now();
  bool shown_ = false;
};

void name_unknown_links(Run& run, const std::string& file, int& status) {
  for (const auto& [link, frame] : run.take_unknown_links()) {
    status = cli::kDamagedInput;
    complain(Error{fmt::format("{}: packet {}", file, frame),
                   fmt::format("packets of link type {} cannot be decoded", capture::link_type_name(link)),
                   "they are counted, the others were read"});
  }
}

/// False once every reader of the outputs has gone.
bool is_listened_to(const Job& job) {
  if (job.outputs.empty()) return true;
  for (const OpenOutput& each : job.outputs) {
    if (!each.output->closed()) return true;
  }
  return false;
}

}  // namespace

void complain(const Error& error) { fmt::print(stderr, "parlance: {}\n", error.text()); }

Result<int> read_files(Run& run, const Job& job, const std::vector<std::string>& files) {
  int status = cli::kFine;
  uint32_t index = 0;
  for (const std::string& file : files) {
    if (run.is_over()) break;
    auto source = capture::FileSource::open(file, index, job.limits, job.options.follow);
    if (auto drained = run.drain(); !drained) return tl::make_unexpected(drained.error());
    job.ledger.add_source({file, ""});
    ++index;
    if (!source) {
      complain(source.error());
      status = cli::kNoInput;
      continue;
    }
    Progress progress(job.options.progress, file);
    Clock::time_point last_epoch = Clock::now();
    const auto read = run.read(**source, [&](capture::Next next) -> Result<void> {
      if (next == capture::Next::packets) progress.show((*source)->position(), run.counted().packets);
      if (!is_listened_to(job)) run.stop();
      // What waits for more input does not keep to itself what it knows.
      if (next == capture::Next::packets || Clock::now() - last_epoch < kLiveEpoch) return {};
      last_epoch = Clock::now();
      return run.close_epoch();
    });
    if (!read) return tl::make_unexpected(read.error());
    if (*read == capture::Next::damaged) {
      complain((*source)->error());
      ++run.counted().damaged_inputs;
      if (status == cli::kFine) status = cli::kDamagedInput;
    }
    name_unknown_links(run, file, status);
  }
  return status;
}


namespace {

Timestamp wall_time() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()};
}

uint64_t print_counts(const capture::LiveSource& source) {
  uint64_t dropped = 0;
  for (const capture::InterfaceCounts& each : source.counts()) {
    fmt::print(stderr, "{}: {} packets received, {} dropped by kernel, {} dropped by interface\n",
               each.name, each.received, each.dropped_by_kernel, each.dropped_by_interface);
    dropped += each.dropped_by_kernel + each.dropped_by_interface;
  }
  return dropped;
}

}  // namespace

Result<int> read_live(Run& run, const Job& job) {
  const cli::Options& options = job.options;
  auto source = capture::LiveSource::open(
      options.interfaces,
      {options.snaplen, options.buffer_mebibytes, options.promiscuous, options.filter}, 0);
  if (!source) {
    complain(source.error());
    return cli::kNoInput;
  }
  for (const std::string& each : options.interfaces) job.ledger.add_source({"", each});
  if (!options.quiet) fmt::print(stderr, "listening; end with control-C\n");
  Clock::time_point last_epoch = Clock::now();
  const auto read = run.read(**source, [&](capture::Next) -> Result<void> {
    if (counts_were_asked()) print_counts(**source);
    if (!is_listened_to(job)) run.stop();
    if (Clock::now() - last_epoch < kLiveEpoch) return {};
    last_epoch = Clock::now();
    run.set_time(wall_time());
    return run.close_epoch();  // idle flows end even if no packet comes
  });
  run.counted().dropped_packets = print_counts(**source);
  if (!read) return tl::make_unexpected(read.error());
  if (*read != capture::Next::damaged) return cli::kFine;
  complain((*source)->error());
  return cli::kDamagedInput;
}

}  // namespace parlance
