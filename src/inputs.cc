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

/// Written records leave the program.
Result<void> flush(const Job& job) {
  for (const OpenOutput& each : job.outputs) {
    if (auto flushed = each.output->flush(); !flushed) return flushed;
  }
  return {};
}

/// Secrets that a capture carries, taken as they are met.
class CarriedSecrets {
 public:
  CarriedSecrets(const capture::FileSource& source, const std::string& file, KeySources& keys)
      : source_(source), file_(file), keys_(keys) {}
  void take_new() {
    while (taken_ < source_.secrets().size()) keys_.take(file_, source_.secrets()[taken_++]);
  }

 private:
  const capture::FileSource& source_;
  const std::string& file_;
  KeySources& keys_;
  size_t taken_ = 0;
};

/// When the records of a pipe, or of a file that grows, are written, so that whoever reads them need not
/// wait for packets that may never come. A pipe that is never silent and never slow is read as a file is.
class Patience {
 public:
  Patience(Run& run, const Job& job) : run_(run), job_(job) {}

  /// A pipe that trickles fills no epoch in a reasonable time.
  Result<void> packets_came() {
    const Clock::time_point now = Clock::now();
    heard_ = now;
    told_ = closed_ = false;
    if (run_.epoch_start() != epoch_) {
      epoch_ = run_.epoch_start();
      epoch_began_ = now;
    }
    if (now - epoch_began_ < kSlowEpoch) return {};
    if (auto closed = run_.close_epoch(); !closed) return closed;
    return written(run_.write_known());
  }

  /// At once: all that has ended or has been labelled so far. Soon: flows that both sides have closed. If
  /// an acknowledgment of theirs is still on its way they are given longer, so that it does not make a
  /// flow of its own.
  Result<void> nothing_came() {
    if (!told_) {
      told_ = true;
      return written(run_.write_known());
    }
    const auto patience = run_.awaits_answers() ? kForAnswers : kForMore;
    if (closed_ || Clock::now() - heard_ < patience) return {};
    closed_ = true;
    return written(run_.end_closed());
  }

 private:
  static constexpr auto kSlowEpoch = std::chrono::seconds(1);
  static constexpr auto kForMore = std::chrono::milliseconds(11);  // two waits of a ByteStream
  static constexpr auto kForAnswers = std::chrono::milliseconds(500);

  Result<void> written(Result<void> result) const { return result ? flush(job_) : result; }

  Run& run_;
  const Job& job_;
  Clock::time_point heard_ = Clock::now(), epoch_began_ = heard_;
  uint64_t epoch_ = UINT64_MAX;  ///< none has been seen
  bool told_ = true, closed_ = true;  ///< since packets came last
};

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
    const bool may_pause = (*source)->may_pause();
    // What may pause cannot be read twice: there secrets have to come before what they open.
    if (!may_pause) job.keys.take_all_of(**source, file, job.limits);
    CarriedSecrets carried(**source, file, job.keys);
    Progress progress(job.options.progress, file);
    Patience patience(run, job);
    run.expect_pauses(may_pause);
    const auto read = run.read(**source, [&](capture::Next next) -> Result<void> {
      if (!is_listened_to(job)) run.stop();
      if (may_pause) carried.take_new();
      job.keys.read_more();
      if (next != capture::Next::packets) return patience.nothing_came();
      progress.show((*source)->position(), run.counted().packets);
      if (may_pause) return patience.packets_came();
      return {};
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
    job.keys.read_more();
    if (!is_listened_to(job)) run.stop();
    if (Clock::now() - last_epoch < kLiveEpoch) return {};
    last_epoch = Clock::now();
    run.set_time(wall_time());
    // Idle flows end even if no packet comes.
    if (auto closed = run.close_epoch(); !closed) return closed;
    if (auto drained = run.drain(); !drained) return drained;
    return flush(job);
  });
  run.counted().dropped_packets = print_counts(**source);
  if (!read) return tl::make_unexpected(read.error());
  if (*read != capture::Next::damaged) return cli::kFine;
  complain((*source)->error());
  return cli::kDamagedInput;
}

}  // namespace parlance
