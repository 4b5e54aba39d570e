// One flow's walk: probe, unwrap, scan, judge, and stop when nothing more can be learnt.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/prefetch.h"
#include "inspect/channel.h"
#include "inspect/channel_tap.h"
#include "model/call_fact.h"
#include "model/five_tuple.h"
#include "model/note.h"
#include "model/resolution.h"
#include "secrets/tls_secrets.h"
#include "signatures/matcher.h"
#include "stream/tcp_stream.h"
#include "verdict/judge.h"

namespace parlance::inspect {

/// What the walks of one worker share. Not shared between threads.
struct Workbench {
  Workbench(const SignatureSet& set, const Limits& bounds,
            const TlsSecrets& known_secrets = no_secrets())
      : signatures(set), limits(bounds), secrets(known_secrets), scanner(set) {}
  const SignatureSet& signatures;
  const Limits& limits;
  const TlsSecrets& secrets;
  ChannelTap* tap = nullptr;             ///< told what channels carry, if anybody wants that
  Scanner scanner;
  ChannelStore channels;
  Hits hits;                             ///< reused by every scan
  std::vector<uint8_t> joined;           ///< what was met in several portions, reused likewise
  Hits field_hits;                       ///< likewise, of a field
  std::vector<RuleId> fired;             ///< likewise
  std::vector<ChannelSummary> summaries; ///< likewise
  bool keep_channels = true;             ///< Verdict::channels is asked for
  std::vector<Resolution> resolutions;   ///< found since they were last taken
  std::vector<CallFact> call_facts;      ///< likewise
};

/// What a flow's client and server are, and how sure that is.
struct FlowFacts {
  FiveTuple tuple;               ///< source is the client
  bool direction_known = true;   ///< false: a guess, which the payload may correct once
  bool midstream = false;        ///< the beginning was not captured
  uint64_t first_ordinal = 0;    ///< of its packets
};

/// What a walk found. Owns what it says, but for names.
struct Conclusion {
  Verdict verdict;
  std::vector<Note> notes;

  /// False if it is what is said of a flow without payload.
  bool says_anything() const {
    return verdict.stack.size() > 1 || !verdict.evidence.empty() || !notes.empty() || !verdict.channels.empty();
  }
};

/// Looks at one flow's octets as they come in order, and keeps what it found. Bounded memory; no
/// exceptions. The workbench must outlive it.
class Conversation {
 public:
  Conversation(Workbench& bench, const FlowFacts& facts);
  ~Conversation();

  /// The next octets of a direction (TCP) or the next datagram (UDP).
  void deliver(Direction direction, Bytes octets, const stream::Origin& origin);
  /// `length` octets are missing (0: nobody knows how many).
  void gap(Direction direction, uint64_t length, const stream::Origin& origin);
  void end(Direction direction, const stream::Origin& origin);

  /// For who handles many flows at a time: fetch what the next deliver() will need, each step what the one
  /// before (the first: prefetch(this)) made known.
  void prefetch_channel() const { prefetch(channels_.front().get()); }
  void prefetch_inside() const { channels_.front()->prefetch_inside(); }

  /// False once nobody wants more octets: deliver() need not be called any more.
  bool listening() const { return is_listened_to(*channels_.front()); }
  /// The walk is over: gives away what it found. Nothing may be called after that.
  Conclusion conclude();
  /// True if the payload showed that client and server had been taken for one another. Directions
  /// given to deliver() stay as they were and are turned round inside; the verdict is in the true
  /// ones.
  bool flipped() const { return flipped_ && !evidence_.empty(); }
  /// Grows whenever better evidence comes in; a change means that a label may have changed.
  uint32_t revision() const { return revision_; }

  /// What is known now.
  std::vector<ChannelSummary> channels() const;
  const std::vector<Evidence>& evidence() const { return evidence_; }
  const std::vector<Note>& notes() const { return notes_; }
  Verdict verdict() const;

 private:
  friend class AttemptFindings;
  using ChannelPtr = std::unique_ptr<Channel>;

  // ---- one channel ----
  bool is_listened_to(const Channel& channel) const {
    return bench_.tap != nullptr || channel.listening();
  }
  std::unique_ptr<Channel> make_root();
  void deliver_to(Channel& channel, Direction direction, Bytes octets);
  void gap_in(Channel& channel, Direction direction, uint64_t length);
  void end_of(Channel& channel, Direction direction);
  void feed(Channel& channel, Attempt& attempt, Direction direction, Bytes octets);
  void feed_gap(Channel& channel, Attempt& attempt, Direction direction, uint64_t length);
  void feed_end(Channel& channel, Attempt& attempt, Direction direction);
  void tell_skipped(Channel& channel, Attempt& attempt, Direction direction);
  void keep(Channel& channel, Direction direction, Bytes octets);
  void settle(Channel& channel);
  void stop_searching(Channel& channel);
  void stop_if_spent(Channel& channel);

  // ---- searching ----
  void search(Channel& channel, Direction direction, Bytes octets, uint64_t offset);
  void search_message(Channel& channel, Direction direction, Bytes octets, uint64_t offset);
  void search_stream(Channel& channel, Direction direction, Bytes octets, uint64_t offset);
  bool looks_into_stream(const Channel& channel, size_t side) const;
  void met(Channel& channel, const Hit& hit, const Place& place);
  void fire(Channel& channel, RuleId rule, PatternId pattern, const Place& place);
  void start_pending(Channel& channel, Direction direction, Bytes octets);
  void start(Channel& channel, RuleId rule, Direction direction, Bytes octets);
  bool has_room(const Channel& channel) const;
  Attempt& add_attempt(Channel& channel, const ParserModule& module, SignatureId signature,
                       Strength cap, const Start& start);
  void replay_head(Channel& channel, Attempt& attempt);

  // ---- what parsers and patterns say ----
  void add_evidence(Channel& channel, SignatureId signature, Strength strength, Basis basis,
                    std::string_view what, const Place& place, Sentence text);
  bool make_room_for_evidence(Strength strength);
  void add_call_sign(std::string_view sign);
  void tell_call(const Evidence& evidence);
  CallFact new_call_fact() const;
  void found_in(Channel& channel, SignatureId signature, Strength strength, bool by_parser,
                bool shares_channel);
  Channel* open(Channel& parent, SignatureId by, Carrier carrier, Unit unit);
  void summarise(const Channel& channel, ChannelSummary& summary) const;
  std::span<const ChannelSummary> summaries() const;
  std::string_view layer_of(const Channel& channel) const;
  Channel* inner(ChannelId id) const;
  NoteValue* note_of(std::string_view key);

  // ---- turning round ----
  bool may_flip() const;
  void flip(Direction direction, Bytes octets);

  Workbench& bench_;
  FlowFacts facts_;
  stream::Origin now_;
  std::vector<ChannelPtr> channels_;         ///< at least one
  std::vector<Evidence> evidence_;
  std::vector<Note> notes_;
  std::vector<std::string> call_signs_;      ///< those told; with one this is a flow of a call
  Strength told_ = Strength::none;           ///< with which the call was told its application
  bool flip_wanted_ = false;
  bool flipped_ = false;
  uint32_t revision_ = 0;
};

}  // namespace parlance::inspect
