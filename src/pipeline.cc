#include "pipeline.h"

#include <fmt/core.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>

#include "capture/file_source.h"
#include "channel_files.h"
#include "inputs.h"
#include "key_sources.h"
#include "protocols/support/crypto.h"
#include "setup.h"
#include "signals.h"

namespace parlance {
namespace {

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

/// What the program may use: what was asked for, or a quarter of what there is, and at most 4 GiB.
uint64_t memory_octets(const cli::Options& options) {
  constexpr uint64_t kLeast = 64 * kMebi;
  const auto pages = static_cast<uint64_t>(std::max(sysconf(_SC_PHYS_PAGES), 1L));
  const uint64_t there_is = pages * static_cast<uint64_t>(std::max(sysconf(_SC_PAGESIZE), 4096L));
  const uint64_t by_default = std::min<uint64_t>(there_is / 4, 4096 * kMebi);
  const uint64_t asked_for = options.memory_mebibytes * kMebi;
  return std::max(asked_for == 0 ? by_default : asked_for, kLeast);
}

/// Threads hold packets and records that are on their way: little memory is enough for few of them.
unsigned threads_within(uint64_t memory, unsigned threads) {
  constexpr uint64_t kForThread = 128 * kMebi;
  return static_cast<unsigned>(std::clamp<uint64_t>(memory / kForThread, 1, threads));
}

/// What of it flows may use: allocators need some for themselves, and so do libraries, signatures and
/// what is on its way to threads.
uint64_t memory_of_flows(uint64_t memory, unsigned threads) {
  constexpr uint64_t kOther = 32 * kMebi, kForThread = 24 * kMebi;
  return memory / 8 * 7 - kOther - (threads > 1 ? threads * kForThread : 0);
}

/// For -v: what was read that is no flow.
void print_details(const SignatureSet& signatures, const decode::Counters& counters) {
  fmt::print(stderr,
             "{} signatures; {} fragments, {} of them lost, {} overlapping; {} ICMP errors; "
             "{} packets not IP, {} of other transports, {} malformed; {} wrong checksums\n",
             signatures.signatures().size(), counters.fragments, counters.fragments_dropped,
             counters.fragment_overlaps, counters.icmp_errors, counters.not_ip,
             counters.other_transport, counters.malformed, counters.bad_checksums);
}

/// Key logs grow while packets come: live, or where more input is waited for.
Result<void> read_keys(const cli::Options& options, KeySources& keys) {
  const bool logs_grow = options.follow || !options.interfaces.empty();
  if (auto opened = keys.open(options.key_logs, logs_grow); !opened) return opened;
  if (auto added = keys.add_rsa_keys(options.rsa_keys); !added) return added;
  return keys.add_mtproxy_secrets(options.mtproxy_secrets);
}

/// Nothing if nobody asked for them.
Result<std::unique_ptr<ChannelFiles>> open_channel_files(const cli::Options& options) {
  if (options.channels_folder.empty()) return nullptr;
  return ChannelFiles::open(options.channels_folder);
}

int fail(const Error& error, int status) {
  complain(error);
  return status;
}

}  // namespace

int run_pipeline(const cli::Options& given) {
  start_crypto();
  cli::Options options = given;
  if (!options.filter_file.empty()) {
    auto text = capture::read_filter_file(options.filter_file);
    if (!text) return fail(text.error(), cli::kUsage);
    options.filter = *text;
  }
  auto filter = capture::Filter::parse(options.filter);
  if (!filter) return fail(filter.error(), cli::kUsage);
  if (!options.interfaces.empty()) filter = capture::Filter::parse("");  // the kernel runs it

  std::vector<Error> mistakes;
  const auto signatures = load_signature_set(options, mistakes);
  for (const Error& each : mistakes) complain(each);
  if (!signatures) return fail(signatures.error(), cli::kBadSignatures);
  const auto files = capture::expand_inputs(options.files);
  if (!files) return fail(files.error(), cli::kNoInput);

  auto outputs = open_outputs(options, **signatures);
  if (!outputs) return fail(outputs.error(), cli::kOutputFailed);
  std::vector<std::unique_ptr<report::Reporter>> reporters;
  for (OpenOutput& each : *outputs) reporters.push_back(std::move(each.reporter));
  Ledger ledger(**signatures, std::move(reporters), {options.expect, options.flow_id});

  TlsSecrets secrets;
  KeySources keys(secrets);
  if (auto read = read_keys(options, keys); !read) return fail(read.error(), cli::kNoInput);
  const auto channel_files = open_channel_files(options);
  if (!channel_files) return fail(channel_files.error(), cli::kOutputFailed);

  Limits limits;
  const unsigned threads = threads_within(memory_octets(options), options.threads);
  limits.memory_octets = memory_of_flows(memory_octets(options), threads);
  if (options.behaviour) limits.behaviour_records = kBehaviourRecords;
  WorkerSettings settings;
  settings.signatures = signatures->get();
  settings.secrets = &secrets;
  settings.tap = channel_files->get();
  settings.limits = limits;
  settings.seed = random_seed();
  settings.by_vlan = options.by_vlan;
  settings.follow = options.follow;
  settings.explain = options.flow_id.has_value() || options.explain_all;
  Reading reading(std::move(*filter), limits, checksums_of(options.checksums), options.packets);
  Run run(settings, threads, reading, ledger);

  catch_signals();
  if (auto begun = ledger.begin(); !begun) return fail(begun.error(), cli::kOutputFailed);
  const Job job{options, limits, ledger, *outputs, keys};
  const auto status = options.files.empty() ? read_live(run, job) : read_files(run, job, *files);
  if (!status) return fail(status.error(), cli::kOutputFailed);
  if (auto finished = run.finish(); !finished) return fail(finished.error(), cli::kOutputFailed);
  keys.report_problems();
  if (*channel_files && (*channel_files)->failed()) return cli::kOutputFailed;
  if (options.verbosity > 0) print_details(**signatures, reading.decoder.counters());
  if (*status == cli::kFine && !options.expect.empty() && !ledger.found_expected()) {
    return cli::kNotFound;
  }
  return *status;
}

Result<void> run_file(const std::string& file, const SignatureSet& signatures,
                      std::unique_ptr<report::Reporter> reporter, const cli::Options& options) {
  start_crypto();
  std::vector<std::unique_ptr<report::Reporter>> reporters;
  reporters.push_back(std::move(reporter));
  Ledger ledger(signatures, std::move(reporters), {});
  const Limits limits;
  auto source = capture::FileSource::open(file, 0, limits, false);
  if (!source) return tl::make_unexpected(source.error());
  ledger.add_source({file, ""});
  TlsSecrets secrets;
  KeySources keys(secrets);
  if (auto read = read_keys(options, keys); !read) return read;
  keys.take_all_of(**source, file, limits);
  WorkerSettings settings;
  settings.signatures = &signatures;
  settings.secrets = &secrets;
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
