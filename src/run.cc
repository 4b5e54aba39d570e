#include "run.h"

#include <algorithm>
#include <array>

#include "signals.h"

namespace parlance {
namespace {

constexpr uint64_t kEpochPackets = 16384;  // after which time-outs are looked at and records written

}  // namespace

Run::Run(const WorkerSettings& settings, unsigned threads, Reading& reading, Ledger& ledger)
    : reading_(reading),
      crew_(settings, threads, [&ledger](auto& harvests) { return ledger.write(harvests); }),
      ledger_(ledger) {}

Result<capture::Next> Run::read(capture::PacketSource& source, const OnPause& on_pause) {
  std::array<RawPacket, kBatch> raw;
  clock_.begin_source();
  while (!is_over()) {
    size_t count = 0;
    const capture::Next next = source.next(std::span(raw).first(room_in_batch()), count);
    if (next == capture::Next::end || next == capture::Next::damaged) return next;
    take(std::span(raw).first(count));
    if (ordinal_ - epoch_start_ >= kEpochPackets) {
      if (auto closed = close_epoch(); !closed) return tl::make_unexpected(closed.error());
    }
    if (auto paused = on_pause(next); !paused) return tl::make_unexpected(paused.error());
  }
  return capture::Next::end;
}

Result<void> Run::close_epoch() {
  epoch_start_ = ordinal_;
  return crew_.close_epoch(clock_.shown(), ordinal_);
}

Result<void> Run::write_known() {
  return crew_.write_known(ordinal_);
}

Result<void> Run::end_closed() {
  fins_.forget();
  return crew_.end_closed(ordinal_);
}

Result<void> Run::finish() {
  if (auto written = crew_.finish(ordinal_); !written) return written;
  return ledger_.finish(totals());
}

bool Run::is_over() const {
  return stop_was_asked() || stopped_ ||
         (reading_.packet_limit != 0 && ordinal_ >= reading_.packet_limit);
}

/// No batch goes beyond its epoch: where that ends must not depend on how the packets come.
size_t Run::room_in_batch() const {
  const uint64_t room = std::min<uint64_t>(kBatch, epoch_start_ + kEpochPackets - ordinal_);
  return reading_.packet_limit == 0 ? room : std::min(room, reading_.packet_limit - ordinal_);
}

void Run::take(std::span<const RawPacket> raw) {
  size_t count = 0;
  for (const RawPacket& packet : raw) {
    if (!reading_.filter.passes(packet)) continue;
    ++ordinal_;
    if (totals_.packets++ == 0) totals_.first = packet.time;
    totals_.octets += packet.original_length;
    totals_.last = packet.time;
    const Timestamp clock = clock_.advance(packet.time);
    DecodedPacket& decoded = decoded_[count];
    const decode::Outcome outcome = reading_.decoder.decode(packet, decoded);
    if (outcome == decode::Outcome::unsupported_link) {
      unknown_links_.try_emplace(packet.link_type, packet.frame);
    }
    if (outcome != decode::Outcome::packet) continue;
    decoded.ordinal = ordinal_;
    decoded.clock = clock;
    if (expects_pauses_) fins_.see(decoded);
    ++count;
  }
  crew_.take(std::span(decoded_).first(count));
}

report::Totals Run::totals() const {
  report::Totals totals = totals_;
  const decode::Counters& counters = reading_.decoder.counters();
  totals.undecodable = counters.not_ip + counters.malformed + counters.unsupported_link;
  totals.other_transport = counters.other_transport + counters.icmp_errors;
  return totals;
}

}  // namespace parlance
