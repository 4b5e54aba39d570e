// A capture file in memory: format reader, decoder, flows, streams, parsers, judge, reports.
//
// The bounds are small, so that a short input meets them; checksums are not asked for, so that a
// changed octet still arrives.
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "capture/filter.h"
#include "capture/format.h"
#include "harness.h"
#include "ledger.h"
#include "run.h"
#include "setup.h"
#include "signatures/loader.h"

namespace parlance::fuzz {
namespace {

Limits small_limits() {
  Limits limits;
  limits.packet_octets = 64 * 1024;
  limits.block_octets = 64 * 1024;
  limits.interfaces_per_section = 8;
  limits.secrets_octets = 4 * 1024;
  limits.nesting_layers = 8;
  limits.fragment_datagrams = 4;
  limits.fragment_octets = 8 * 1024;
  limits.flows = 16;
  limits.reorder_octets = 8 * 1024;
  limits.reorder_segments = 8;
  limits.reorder_total_octets = 16 * 1024;
  limits.head_octets = 4 * 1024;
  limits.scan_octets = 2 * 1024;
  limits.scan_messages = 4;
  limits.channel_depth = 4;
  limits.channels_per_flow = 8;
  limits.parsers_per_channel = 4;
  limits.evidence_per_flow = 4;
  limits.notes_per_flow = 8;
  limits.line_octets = 512;
  limits.header_block_octets = 2 * 1024;
  limits.header_fields = 16;
  limits.message_octets = 4 * 1024;
  limits.inflate_octets = 16 * 1024;
  limits.handshake_octets = 8 * 1024;
  limits.xml_depth = 8;
  limits.xml_stanza_octets = 2 * 1024;
  limits.dns_names = 4;
  return limits;
}

/// The program's own signatures, compiled once.
const SignatureSet& signatures() {
  static const std::unique_ptr<SignatureSet> kSet = [] {
    Loaded loaded = load_signatures({PARLANCE_SOURCE_DIR "/signatures"}, loader_context());
    auto built = SignatureSet::build(std::move(loaded.signatures), "");
    if (!built) __builtin_trap();
    return std::move(*built);
  }();
  return *kSet;
}

report::Output& nowhere() {
  static report::Output kOutput =
      report::Output::to_descriptor(open("/dev/null", O_WRONLY | O_CLOEXEC), "nowhere");
  return kOutput;
}

/// Octets in memory as a source. Each packet is copied to a place of its own size, so that a
/// sanitizer sees a read past its end, and lives as long as a source owes it.
class MemorySource final : public capture::PacketSource {
 public:
  MemorySource(Bytes octets, const Limits& limits)
      : octets_(octets),
        format_(capture::format_of(octets.first(std::min<size_t>(octets.size(), 24)), limits)) {}

  capture::Next next(std::span<RawPacket> batch, size_t& count) override {
    count = 0;
    copies_.clear();
    while (count < batch.size()) {
      size_t used = 0;
      if (!format_ || octets_.empty()) break;
      const capture::Step step = format_->step(octets_, batch[count], used);
      if (step == capture::Step::damaged || step == capture::Step::need_more) {
        octets_ = {};
        break;
      }
      if (used > octets_.size()) __builtin_trap();
      octets_ = octets_.subspan(used);
      if (step != capture::Step::packet) continue;
      RawPacket& packet = batch[count];
      copies_.emplace_back(packet.octets.begin(), packet.octets.end());
      packet.octets = copies_.back();
      packet.frame = ++frames_;
      packet.source = 0;
      ++count;
    }
    return count > 0 ? capture::Next::packets : capture::Next::end;
  }

 private:
  Bytes octets_;
  std::unique_ptr<capture::Format> format_;
  std::vector<std::vector<uint8_t>> copies_;
  uint64_t frames_ = 0;
};

}  // namespace

void run_captures(Bytes input) {
  static const Limits kLimits = small_limits();
  auto filter = capture::Filter::parse("");
  if (!filter) __builtin_trap();
  std::vector<std::unique_ptr<report::Reporter>> reporters;
  reporters.push_back(report::make_json_reporter(nowhere()));
  reporters.push_back(report::make_table_reporter(nowhere(), {}));
  reporters.push_back(report::make_explain_reporter(nowhere(), false));
  Ledger ledger(signatures(), std::move(reporters), {});
  ledger.add_source({"fuzz.pcap", ""});
  WorkerSettings settings;
  settings.signatures = &signatures();
  settings.limits = kLimits;
  settings.by_vlan = true;
  settings.follow = true;
  settings.explain = true;
  Reading reading(std::move(*filter), kLimits, decode::Checksums::none, 0);
  Run run(settings, 1, reading, ledger);
  MemorySource source(input, kLimits);
  // Every batch is an epoch, so that flows end by time as well.
  const auto read = run.read(source, [&run](capture::Next) { return run.close_epoch(); });
  if (!read || !run.finish()) __builtin_trap();
}

}  // namespace parlance::fuzz
