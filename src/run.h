// Takes packets from sources through decoder, workers and ledger.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <span>

#include "capture/filter.h"
#include "capture/source.h"
#include "capture_clock.h"
#include "crew.h"
#include "decode/decoder.h"
#include "ledger.h"
#include "unanswered_fins.h"

namespace parlance {

/// Which packets are looked at, and how.
struct Reading {
  Reading(capture::Filter words, const Limits& limits, decode::Checksums checksums, uint64_t packets)
      : filter(std::move(words)), decoder(limits, checksums), packet_limit(packets) {}
  capture::Filter filter;
  decode::Decoder decoder;
  uint64_t packet_limit;  ///< 0: none
};

/// One run over any number of sources. Packets are numbered over all of them; records are written at the
/// end of each epoch of so many packets, and whenever that is asked for.
class Run {
 public:
  /// `reading` and `ledger` must outlive the run.
  Run(const WorkerSettings& settings, unsigned threads, Reading& reading, Ledger& ledger);

  /// Called after each batch, and each time that nothing came; may close an epoch or stop the run.
  using OnPause = std::function<Result<void>(capture::Next)>;

  /// Reads a source to its end (end or damaged), or until the run is over (end). An error is of the
  /// outputs.
  Result<capture::Next> read(capture::PacketSource& source, const OnPause& on_pause);
  /// Ends flows that were silent for too long, and writes what has ended.
  Result<void> close_epoch();
  /// Waits until all that was to be written has been. To be called before the ledger or the outputs are
  /// touched in any other way.
  Result<void> drain() { return crew_.drain(); }
  /// Writes what has ended and what was labelled, and ends nothing: which records are written, and in which
  /// order, does not depend on how often this is called (provisional ones come the sooner).
  Result<void> write_known();
  /// Ends flows that both sides have closed, though late packets might still come, and writes them. For
  /// a source that is silent: its reader would wait for a next packet that may never come.
  Result<void> end_closed();
  /// True while packets of closed flows are still to come. Only after expect_pauses(true).
  bool awaits_answers() const { return fins_.any(); }
  void expect_pauses(bool expected) { expects_pauses_ = expected; }
  /// How many packets had been read when the present epoch began.
  uint64_t epoch_start() const { return epoch_start_; }
  /// It is `now` (live), whether packets come or not.
  void set_time(Timestamp now) { clock_.advance(now); }
  /// Ends all flows and writes them and the totals.
  Result<void> finish();

  /// True once a signal, stop() or the limit of packets ended the reading.
  bool is_over() const;
  void stop() { stopped_ = true; }

  /// What was counted so far; what only sources know is to be added by who opened them.
  report::Totals& counted() { return totals_; }
  /// Link types that were met and cannot be decoded, each with its first frame, since last asked.
  std::map<int, uint64_t> take_unknown_links() { return std::exchange(unknown_links_, {}); }

 private:
  size_t room_in_batch() const;
  void take(std::span<const RawPacket> raw);
  report::Totals totals() const;

  static constexpr size_t kBatch = 64;  ///< packets decoded before they are dealt

  Reading& reading_;
  Crew crew_;
  Ledger& ledger_;
  report::Totals totals_;
  std::map<int, uint64_t> unknown_links_;
  CaptureClock clock_;
  std::array<DecodedPacket, kBatch> decoded_;  ///< of the current batch; decode() clears what it fills
  uint64_t ordinal_ = 0;
  uint64_t epoch_start_ = 0;
  bool stopped_ = false;
  UnansweredFins fins_;
  bool expects_pauses_ = false;
};

}  // namespace parlance
