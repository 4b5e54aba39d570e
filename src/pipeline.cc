#include "pipeline.h"

#include <fmt/core.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>

#include "capture/file_source.h"
#include "capture/filter.h"
#include "capture/live_source.h"
#include "crew.h"
#include "decode/decoder.h"
#include "ledger.h"
#include "setup.h"

namespace parlance {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kBatch = 64;                // packets decoded before they are dealt
constexpr uint64_t kEpochPackets = 16384;    // after which time-outs are looked at and records written
constexpr auto kLiveEpoch = std::chrono::milliseconds(200);
constexpr auto kProgressPause = std::chrono::milliseconds(250);

// ---- signals ----------------------------------------------------------------------------------------

std::atomic<int> g_stop = 0;          // how often the user asked to stop
std::atomic<bool> g_counts = false;   // SIGUSR1: counts are wanted

void on_signal(int signal) {
  if (signal == SIGUSR1) {
    g_counts = true;
  } else if (++g_stop > 1) {
    _exit(130);
  }
}

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;  // without SA_RESTART: a wait for input is to end
  for (const int each : {SIGINT, SIGTERM, SIGUSR1}) sigaction(each, &action, nullptr);
}

// ---- one run ----------------------------------------------------------------------------------------

struct Reading {
  Reading(capture::Filter words, const Limits& limits, decode::Checksums checksums, uint64_t packets)
      : filter(std::move(words)), decoder(limits, checksums), packet_limit(packets) {}
  capture::Filter filter;
  decode::Decoder decoder;
  uint64_t packet_limit;  ///< 0: none
};

/// Takes packets from sources to the ledger.
class Run {
 public:
  Run(const WorkerSettings& settings, unsigned threads, Reading& reading, Ledger& ledger)
      : reading_(reading), crew_(settings, threads), ledger_(ledger) {}

  /// Reads a source to its end, or until the run is to stop.
  template <class OnPause>
  Result<capture::Next> read(capture::PacketSource& source, OnPause on_pause) {
    std::array<RawPacket, kBatch> raw;
    for (;;) {
      size_t count = 0;
      const capture::Next next = source.next(std::span(raw).first(batch_room()), count);
      if (next == capture::Next::packets) {
        take(std::span(raw).first(count));
        if (ordinal_ - epoch_start_ >= kEpochPackets) {
          if (auto closed = close_epoch(last_time_); !closed) return tl::make_unexpected(closed.error());
        }
      } else if (next != capture::Next::idle) {
        return next;
      }
      if (auto paused = on_pause(next); !paused) return tl::make_unexpected(paused.error());
      if (is_over()) return capture::Next::end;
    }
  }

  Result<void> close_epoch(Timestamp now) {
    epoch_start_ = ordinal_;
    return ledger_.write(crew_.close_epoch(now, ordinal_));
  }

  Result<void> finish() {
    for (auto& epoch : crew_.finish(ordinal_)) {
      if (auto written = ledger_.write(std::move(epoch)); !written) return written;
    }
    return ledger_.finish(totals());
  }

  bool is_over() const {
    return g_stop > 0 || stopped_ ||
           (reading_.packet_limit != 0 && ordinal_ >= reading_.packet_limit);
  }
  void stop() { stopped_ = true; }
  report::Totals& counted() { return totals_; }
  /// Link types that were met and cannot be decoded, each with its first packet.
  const std::map<int, uint64_t>& unknown_links() const { return unknown_links_; }
  void forget_unknown_links() { unknown_links_.clear(); }

 private:
  size_t batch_room() const {
    if (reading_.packet_limit == 0) return kBatch;
    return std::min<uint64_t>(kBatch, reading_.packet_limit - ordinal_);
  }

  void take(std::span<const RawPacket> raw) {
    std::array<DecodedPacket, kBatch> decoded;
    size_t count = 0;
    for (const RawPacket& packet : raw) {
      if (!reading_.filter.passes(packet)) continue;
      ++ordinal_;
      ++totals_.packets;
      totals_.octets += packet.original_length;
      if (totals_.packets == 1) totals_.first = packet.time;
      last_time_ = totals_.last = packet.time;
      decoded[count] = {};
      const decode::Outcome outcome = reading_.decoder.decode(packet, decoded[count]);
      if (outcome == decode::Outcome::unsupported_link) {
        unknown_links_.try_emplace(packet.link_type, packet.frame);
      }
      if (outcome != decode::Outcome::packet) continue;
      decoded[count].ordinal = ordinal_;
      ++count;
    }
    crew_.take(std::span(decoded).first(count));
  }

  report::Totals totals() const {
    report::Totals totals = totals_;
    const decode::Counters& counters = reading_.decoder.counters();
    totals.undecodable = counters.not_ip + counters.malformed + counters.unsupported_link;
    totals.other_transport = counters.other_transport + counters.icmp_errors;
    return totals;
  }

  Reading& reading_;
  Crew crew_;
  Ledger& ledger_;
  report::Totals totals_;
  std::map<int, uint64_t> unknown_links_;
  Timestamp last_time_;
  uint64_t ordinal_ = 0;
  uint64_t epoch_start_ = 0;
  bool stopped_ = false;
};

// ---- files ------------------------------------------------------------------------------------------

void complain(const Error& error) { fmt::print(stderr, "parlance: {}\n", error.text()); }

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
  for (const auto& [link, frame] : run.unknown_links()) {
    status = cli::kDamagedInput;
    complain(Error{fmt::format("{}: packet {}", file, frame),
                   fmt::format("packets of link type {} cannot be decoded", link),
                   "they are counted, the others were read"});
  }
  run.forget_unknown_links();
}

struct Job {
  const cli::Options& options;
  Limits limits;
  Ledger& ledger;
  const std::vector<OpenOutput>& outputs;
};

/// False once every reader of the outputs has gone.
bool is_listened_to(const Job& job) {
  if (job.outputs.empty()) return true;
  for (const OpenOutput& each : job.outputs) {
    if (!each.output->closed()) return true;
  }
  return false;
}

Result<int> read_files(Run& run, const Job& job, const std::vector<std::string>& files) {
  int status = cli::kFine;
  uint32_t index = 0;
  for (const std::string& file : files) {
    if (run.is_over()) break;
    auto source = capture::FileSource::open(file, index, job.limits, job.options.follow);
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
      return run.close_epoch(run.counted().last);
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

// ---- live -------------------------------------------------------------------------------------------

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
    if (g_counts.exchange(false)) print_counts(**source);
    if (!is_listened_to(job)) run.stop();
    if (Clock::now() - last_epoch < kLiveEpoch) return {};
    last_epoch = Clock::now();
    return run.close_epoch(wall_time());  // idle flows end even if no packet comes
  });
  run.counted().dropped_packets = print_counts(**source);
  if (!read) return tl::make_unexpected(read.error());
  if (*read != capture::Next::damaged) return cli::kFine;
  complain((*source)->error());
  return cli::kDamagedInput;
}

// ---- the whole --------------------------------------------------------------------------------------

uint64_t random_seed() {
  uint64_t seed = 0;
  if (getrandom(&seed, sizeof seed, 0) != sizeof seed) seed = static_cast<uint64_t>(getpid());
  return seed;
}

decode::Checksums checksums_of(cli::Checksums wanted) {
  switch (wanted) {
    case cli::Checksums::all: return decode::Checksums::all;
    case cli::Checksums::none: return decode::Checksums::none;
    case cli::Checksums::automatic: break;
  }
  return decode::Checksums::automatic;
}

int fail(const Error& error, int status) {
  complain(error);
  return status;
}

}  // namespace

int run_pipeline(const cli::Options& given) {
  cli::Options options = given;
  if (!options.filter_file.empty()) {
    auto text = capture::read_filter_file(options.filter_file);
    if (!text) return fail(text.error(), cli::kUsage);
    options.filter = *text;
  }
  auto filter = capture::Filter::parse(options.interfaces.empty() ? options.filter : "");
  if (!filter) return fail(filter.error(), cli::kUsage);

  std::vector<Error> mistakes;
  const auto signatures = load_signature_set(options, mistakes);
  for (const Error& each : mistakes) complain(each);
  if (!signatures) return fail(signatures.error(), cli::kBadSignatures);
  const auto files = capture::expand_inputs(options.files);
  if (!files) return fail(files.error(), cli::kNoInput);

  auto outputs = open_outputs(options);
  if (!outputs) return fail(outputs.error(), cli::kOutputFailed);
  std::vector<std::unique_ptr<report::Reporter>> reporters;
  for (OpenOutput& each : *outputs) reporters.push_back(std::move(each.reporter));
  Ledger ledger(**signatures, std::move(reporters), {options.expect, options.flow_id});

  const Limits limits;
  WorkerSettings settings;
  settings.signatures = signatures->get();
  settings.limits = limits;
  settings.seed = random_seed();
  settings.by_vlan = options.by_vlan;
  settings.follow = options.follow;
  settings.explain = options.flow_id.has_value() || options.explain_all;
  Reading reading(std::move(*filter), limits, checksums_of(options.checksums), options.packets);
  Run run(settings, options.threads, reading, ledger);

  catch_signals();
  if (auto begun = ledger.begin(); !begun) return fail(begun.error(), cli::kOutputFailed);
  const Job job{options, limits, ledger, *outputs};
  const auto status = options.files.empty() ? read_live(run, job) : read_files(run, job, *files);
  if (!status) return fail(status.error(), cli::kOutputFailed);
  if (auto finished = run.finish(); !finished) return fail(finished.error(), cli::kOutputFailed);
  if (*status == cli::kFine && !options.expect.empty() && !ledger.found_expected()) {
    return cli::kNotFound;
  }
  return *status;
}

Result<void> run_file(const std::string& file, const SignatureSet& signatures,
                      std::unique_ptr<report::Reporter> reporter) {
  std::vector<std::unique_ptr<report::Reporter>> reporters;
  reporters.push_back(std::move(reporter));
  Ledger ledger(signatures, std::move(reporters), {});
  const Limits limits;
  auto source = capture::FileSource::open(file, 0, limits, false);
  if (!source) return tl::make_unexpected(source.error());
  ledger.add_source({file, ""});
  WorkerSettings settings;
  settings.signatures = &signatures;
  settings.limits = limits;
  auto filter = capture::Filter::parse("");
  if (!filter) return tl::make_unexpected(filter.error());
  Reading reading(std::move(*filter), limits, decode::Checksums::automatic, 0);
  Run run(settings, 1, reading, ledger);
  const auto read = run.read(**source, [](capture::Next) -> Result<void> { return {}; });
  if (!read) return tl::make_unexpected(read.error());
  if (*read == capture::Next::damaged) return tl::make_unexpected((*source)->error());
  return run.finish();
}

}  // namespace parlance
