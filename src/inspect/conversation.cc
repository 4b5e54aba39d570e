#include "inspect/conversation.h"

#include <algorithm>
#include <utility>

#include "inspect/attempt_findings.h"

namespace parlance::inspect {
namespace {

constexpr size_t kNotesAtATime = 4;  // that memory is asked for

constexpr Direction turned(Direction direction, bool flipped) {
  return flipped ? opposite(direction) : direction;
}

Basis basis_of(std::string_view buffer) {
  if (buffer == "tls.sni") return Basis::sni;
  if (buffer.starts_with("tls.certificate")) return Basis::certificate;
  if (buffer == "dns.name") return Basis::dns;
  if (buffer == "server.port") return Basis::port;
  if (buffer == "server.address") return Basis::address;
  if (buffer == "tls.behaviour") return Basis::behaviour;
  if (buffer == "tls.alpn_server") return Basis::payload;  // both sides say so
  // What a hello offers, and a version that only one library has.
  if (buffer.starts_with("tls.") || buffer == "quic.version") return Basis::fingerprint;
  return Basis::payload;
}

/// How many bits a pattern fixes at least at its place; 13 fewer if it may stand at any of 8192.
bool is_telling(const Pattern& pattern) {
  constexpr double kTellingBits = 16, kBitsOfPlace = 13;
  return pattern.fixed_bits - (pattern.at ? 0 : kBitsOfPlace) >= kTellingBits;
}

bool is_tried(const Channel& channel, const ParserModule& module, SignatureId signature) {
  return std::any_of(channel.attempts.begin(), channel.attempts.end(), [&](const Attempt& each) {
    return each.module == &module && each.signature == signature;
  });
}

}  // namespace

Conversation::Conversation(Workbench& bench, const FlowFacts& facts) : bench_(bench), facts_(facts) {
  channels_.push_back(make_root());
}

Conversation::~Conversation() {
  for (ChannelPtr& each : channels_) bench_.channels.give_back(std::move(each));
}

Conclusion Conversation::conclude() {
  const std::span<const ChannelSummary> channels = summaries();
  if (bench_.tap != nullptr) bench_.tap->end(facts_.first_ordinal, facts_.tuple, channels);
  Verdict verdict =
      verdict::judge(channels, std::move(evidence_), bench_.signatures, facts_.tuple.transport);
  if (bench_.keep_channels) verdict.channels.assign(channels.begin(), channels.end());
  return {std::move(verdict), std::move(notes_)};
}

void Conversation::deliver(Direction direction, Bytes octets, const stream::Origin& origin) {
  now_ = origin;
  direction = turned(direction, flipped_);
  deliver_to(*channels_.front(), direction, octets);
  if (!std::exchange(flip_wanted_, false)) return;
  if (may_flip()) {
    flip(direction, octets);
  } else {
    keep(*channels_.front(), direction, octets);
  }
}

void Conversation::gap(Direction direction, uint64_t length, const stream::Origin& origin) {
  now_ = origin;
  gap_in(*channels_.front(), turned(direction, flipped_), length);
}

void Conversation::end(Direction direction, const stream::Origin& origin) {
  now_ = origin;
  end_of(*channels_.front(), turned(direction, flipped_));
}

// ---- one channel ------------------------------------------------------------------------------

std::unique_ptr<Channel> Conversation::make_root() {
  ChannelPtr root = bench_.channels.take();
  root->carrier = facts_.tuple.transport == Transport::udp ? Carrier::udp : Carrier::tcp;
  root->unit = root->carrier == Carrier::udp ? Unit::message : Unit::bytes;
  root->midstream = facts_.midstream;
  // The server's port is known beforehand, for rules that ask for it beside payload. What it says
  // by itself is said when the record is written.
  Hits& hits = bench_.hits;
  hits.clear();
  bench_.scanner.scan_port(facts_.tuple.destination.port, hits);
  for (const Hit& hit : hits) {
    bench_.fired.clear();  // of the port alone: not fired
    root->rules.meet(bench_.signatures, hit.pattern, root->carrier, bench_.fired);
  }
  return root;
}

void Conversation::deliver_to(Channel& channel, Direction direction, Bytes octets) {
  const size_t side = index(direction);
  const uint64_t offset = channel.octets[side];
  channel.octets[side] += octets.size();
  if (channel.unit == Unit::message) ++channel.messages[side];
  if (bench_.tap != nullptr) bench_.tap->octets(facts_.first_ordinal, channel.id, direction, octets);
  if (channel.skips(direction, octets) || !channel.listening()) return;

  channel.begin_portion(direction, offset, now_.frame);
  for (Attempt& attempt : channel.attempts) feed(channel, attempt, direction, octets);
  if (channel.claimed) stop_searching(channel);
  if (channel.searching) search(channel, direction, octets, offset);
  start_pending(channel, direction, octets);
  settle(channel);
  // Only now, for what decides a channel at once need not be copied. What turns the flow round is
  // delivered once more.
  if (channel.id != 0 || !flip_wanted_) keep(channel, direction, octets);
}

void Conversation::gap_in(Channel& channel, Direction direction, uint64_t length) {
  const size_t side = index(direction);
  ++channel.gaps[side];
  channel.octets[side] += length;
  if (!channel.listening()) return;
  for (Attempt& attempt : channel.attempts) feed_gap(channel, attempt, direction, length);
  // What is joined across a hole was never said, and offsets no longer agree.
  channel.scans[side].close();
  stop_if_spent(channel);
  if (channel.keeping && !channel.head.keep_gap(direction, length, now_, bench_.limits)) {
    stop_searching(channel);
  }
  settle(channel);
}

void Conversation::end_of(Channel& channel, Direction direction) {
  for (Attempt& attempt : channel.attempts) feed_end(channel, attempt, direction);
  if (channel.keeping && !channel.head.keep_end(direction, now_, bench_.limits)) {
    stop_searching(channel);
  }
  settle(channel);
  // What is inside ends with it. Inner channels come after their outer ones.
  for (size_t i = channel.id + 1; i < channels_.size(); ++i) {
    if (channels_[i]->parent == channel.id) end_of(*channels_[i], direction);
  }
}

void Conversation::feed(Channel& channel, Attempt& attempt, Direction direction, Bytes octets) {
  if (attempt.over) return;
  const Bytes rest = attempt.skips[index(direction)].take_from(octets);
  if (rest.empty() && !octets.empty()) return;
  tell_skipped(channel, attempt, direction);
  if (attempt.over) return;
  AttemptFindings findings(*this, channel, attempt);
  attempt.parser->data(direction, rest, findings);
}

void Conversation::feed_gap(Channel& channel, Attempt& attempt, Direction direction, uint64_t length) {
  tell_skipped(channel, attempt, direction);
  if (attempt.over) return;
  AttemptFindings findings(*this, channel, attempt);
  attempt.parser->gap(direction, length, findings);
}

void Conversation::feed_end(Channel& channel, Attempt& attempt, Direction direction) {
  tell_skipped(channel, attempt, direction);
  if (attempt.over) return;
  AttemptFindings findings(*this, channel, attempt);
  attempt.parser->end(direction, findings);
}

/// Something comes that may not be left out.
void Conversation::tell_skipped(Channel& channel, Attempt& attempt, Direction direction) {
  const Skip skip = std::exchange(attempt.skips[index(direction)], {});
  if (attempt.over || skip.done == 0) return;
  AttemptFindings findings(*this, channel, attempt);
  attempt.parser->gap(direction, skip.done, findings);
}

/// Keeps what came for parsers that start later. When no more fits, none will be started.
void Conversation::keep(Channel& channel, Direction direction, Bytes octets) {
  if (!channel.keeping) return;
  if (channel.head.keep(direction, octets, now_, bench_.limits)) return;
  stop_searching(channel);
  settle(channel);
}

/// Takes away parsers that are over, and ends the search once a protocol is proven.
void Conversation::settle(Channel& channel) {
  if (channel.claimed) {
    for (Attempt& attempt : channel.attempts) {
      if (attempt.confirmed == Strength::none && !attempt.over) {
        attempt.over = true;
        attempt.refuted = "another protocol was proven";
      }
    }
    stop_searching(channel);
  }
  for (Attempt& attempt : channel.attempts) {
    if (attempt.over) attempt.parser.reset();
  }
  // Without a search no parser is started any more, and nobody needs the beginning.
  if (!channel.searching && channel.keeping) {
    channel.leave_head();
    channel.pending.clear();
  }
  if (!channel.listening()) channel.frames.reset();
}

void Conversation::stop_searching(Channel& channel) {
  if (!std::exchange(channel.searching, false)) return;
  for (StreamScan& scan : channel.scans) scan.close();
}

// ---- searching ----------------------------------------------------------------------------------

/// A byte protocol may be cut into WebSocket messages anywhere; a datagram stands for itself.
bool Conversation::looks_into_stream(const Channel& channel, size_t side) const {
  return (channel.unit == Unit::bytes || channel.carrier == Carrier::websocket) &&
         channel.gaps[side] == 0;
}

void Conversation::search(Channel& channel, Direction direction, Bytes octets, uint64_t offset) {
  const Limits& limits = bench_.limits;
  const size_t side = index(direction);
  if (channel.unit == Unit::message && channel.scanned_messages[side] < limits.scan_messages) {
    ++channel.scanned_messages[side];
    search_message(channel, direction, first_of(octets, limits.scan_octets), offset);
  }
  if (looks_into_stream(channel, side) && offset < limits.scan_octets) {
    search_stream(channel, direction, first_of(octets, limits.scan_octets - offset), offset);
  }
  stop_if_spent(channel);
}

void Conversation::search_message(Channel& channel, Direction direction, Bytes octets,
                                  uint64_t offset) {
  Hits& hits = bench_.hits;
  hits.clear();
  bench_.scanner.scan_message(channel.carrier, octets, direction, hits);
  for (const Hit& hit : hits) {
    const Bytes part = octets.subspan(hit.start, hit.end - hit.start);
    met(channel, hit, {direction, offset + hit.start, part});
  }
}

void Conversation::search_stream(Channel& channel, Direction direction, Bytes octets,
                                 uint64_t offset) {
  Hits& hits = bench_.hits;
  hits.clear();
  channel.scans[index(direction)].scan(bench_.scanner, channel.carrier, octets, direction, hits);
  for (const Hit& hit : hits) {
    const size_t end = std::max(hit.end, offset) - offset;
    if (hit.start >= offset) {
      const size_t start = hit.start - offset;
      met(channel, hit, {direction, hit.start, octets.subspan(start, end - start)});
      continue;
    }
    std::vector<uint8_t>& joined = bench_.joined;  // it began in an earlier portion
    joined.clear();
    channel.head.copy(direction, hit.start, offset, joined);
    joined.insert(joined.end(), octets.begin(), octets.begin() + static_cast<ptrdiff_t>(end));
    met(channel, hit, {direction, hit.start, joined});
  }
}

/// Ends the search once both directions were searched as far as the limits say.
void Conversation::stop_if_spent(Channel& channel) {
  const auto is_spent = [&](size_t side) {
    return (!looks_into_stream(channel, side) ||
            channel.octets[side] >= bench_.limits.scan_octets) &&
           (channel.unit == Unit::bytes ||
            channel.scanned_messages[side] >= bench_.limits.scan_messages);
  };
  if (is_spent(0) && is_spent(1)) stop_searching(channel);
}

void Conversation::met(Channel& channel, const Hit& hit, const Place& place) {
  if (hit.wrong_way) {
    flip_wanted_ = flip_wanted_ || (channel.id == 0 && may_flip() &&
                                    is_telling(bench_.signatures.pattern(hit.pattern)));
    return;
  }
  std::vector<RuleId>& fired = bench_.fired;
  fired.clear();
  channel.rules.meet(bench_.signatures, hit.pattern, channel.carrier, fired);
  for (const RuleId rule : fired) fire(channel, rule, hit.pattern, place);  // which starts nothing yet
}

void Conversation::fire(Channel& channel, RuleId id, PatternId pattern, const Place& place) {
  const Rule& rule = bench_.signatures.rule(id);
  if (!rule.verify.empty()) {
    channel.pending.push_back(id);
    return;
  }
  const SignatureId signature = bench_.signatures.signature_of_rule(id);
  const Pattern& met = bench_.signatures.pattern(pattern);
  add_evidence(channel, signature, rule.strength, basis_of(met.buffer), met.id, place,
               Sentence::lasting(met.says));
  if (rule.strength >= Strength::strong) found_in(channel, signature, rule.strength, false, false);
}

/// Starts the parsers that rules asked for: on all that came before, and on what is coming now. Not
/// at once when a rule holds: a parser that names a field is at work itself, and the list of attempts
/// must not move under it. Rules wait while too many parsers are at work.
void Conversation::start_pending(Channel& channel, Direction direction, Bytes octets) {
  if (!channel.keeping) return;
  size_t started = 0;
  while (started < channel.pending.size() && !channel.claimed && has_room(channel)) {
    start(channel, channel.pending[started++], direction, octets);
  }
  channel.pending.erase(channel.pending.begin(),
                        channel.pending.begin() + static_cast<ptrdiff_t>(started));
}

void Conversation::start(Channel& channel, RuleId id, Direction direction, Bytes octets) {
  const Rule& rule = bench_.signatures.rule(id);
  const ParserModule* module = find_parser(rule.verify);
  const SignatureId signature = bench_.signatures.signature_of_rule(id);
  if (module == nullptr || is_tried(channel, *module, signature)) return;
  if (module->unit == Unit::message && channel.unit == Unit::bytes) return;
  const Start start{channel.carrier, channel.unit, false, channel.midstream, nullptr};
  Attempt& attempt = add_attempt(channel, *module, signature, rule.strength, start);
  replay_head(channel, attempt);
  feed(channel, attempt, direction, octets);
}

bool Conversation::has_room(const Channel& channel) const {
  const auto at_work = std::count_if(channel.attempts.begin(), channel.attempts.end(),
                                     [](const Attempt& each) { return !each.over; });
  return static_cast<size_t>(at_work) < bench_.limits.parsers_per_channel;
}

Attempt& Conversation::add_attempt(Channel& channel, const ParserModule& module,
                                   SignatureId signature, Strength cap, const Start& start) {
  Attempt attempt;
  attempt.module = &module;
  attempt.parser = module.make(start);
  attempt.signature = signature;
  attempt.cap = cap;
  channel.attempts.push_back(std::move(attempt));
  return channel.attempts.back();
}

/// Gives a parser that starts late what came before, portion by portion, in the order and with the
/// frames in which it came.
void Conversation::replay_head(Channel& channel, Attempt& attempt) {
  const stream::Origin now = now_;
  for (const auto& [portion, octets] : channel.head) {
    if (attempt.over) break;
    now_ = portion.origin;
    switch (portion.kind) {
      case Head::Kind::gap: feed_gap(channel, attempt, portion.direction, portion.length); break;
      case Head::Kind::end: feed_end(channel, attempt, portion.direction); break;
      case Head::Kind::octets: feed(channel, attempt, portion.direction, octets);
    }
  }
  now_ = now;
}

// ---- what parsers and patterns say --------------------------------------------------------------

void Conversation::add_evidence(Channel& channel, SignatureId signature_id, Strength strength,
                                Basis basis, std::string_view what, const Place& place,
                                Sentence text) {
  const Signature& signature = bench_.signatures.signature(signature_id);
  auto same = std::find_if(evidence_.begin(), evidence_.end(), [&](const Evidence& each) {
    return each.channel == channel.id && each.supports == signature.name && each.what == what;
  });
  const bool is_new = same == evidence_.end();
  if (is_new ? !make_room_for_evidence(strength) : same->strength >= strength) return;
  if (is_new) evidence_.reserve(evidence_.size() + 1);  // there are few: none is kept in store
  Evidence& evidence = is_new ? evidence_.emplace_back() : *same;
  evidence.supports = signature.name;
  evidence.what = what;
  evidence.revision = signature.revision;
  evidence.strength = strength;
  evidence.basis = basis;
  evidence.layer = layer_of(channel);
  evidence.channel = channel.id;
  evidence.direction = place.direction;
  evidence.offset = place.offset;
  evidence.length = place.octets.size();
  evidence.frame = channel.frame_at(place.direction, place.offset);
  evidence.excerpt = place.octets;
  evidence.text = std::move(text);
  ++revision_;
  tell_call(evidence);
}

/// Other flows of the call learn whose it is; the first sign makes this flow one of a call's.
void Conversation::add_call_sign(std::string_view sign) {
  constexpr size_t kSignsAtMost = 24;
  if (sign.empty() || call_signs_.size() >= kSignsAtMost) return;
  if (std::find(call_signs_.begin(), call_signs_.end(), sign) != call_signs_.end()) return;
  call_signs_.emplace_back(sign);
  CallFact fact = new_call_fact();
  fact.sign = sign;
  bench_.call_facts.push_back(std::move(fact));
  if (call_signs_.size() > 1) return;
  for (const Evidence& each : evidence_) tell_call(each);
}

/// Only what octets said is handed on: a name or an address is guessed from once, not twice.
void Conversation::tell_call(const Evidence& evidence) {
  if (call_signs_.empty() || evidence.basis != Basis::payload || evidence.strength <= told_) return;
  const Signature* signature = bench_.signatures.find(evidence.supports);
  if (signature == nullptr || signature->app.empty()) return;
  told_ = evidence.strength;
  CallFact fact = new_call_fact();
  fact.supports = evidence.supports;
  fact.strength = evidence.strength;
  bench_.call_facts.push_back(std::move(fact));
}

CallFact Conversation::new_call_fact() const {
  CallFact fact;
  fact.ordinal = now_.ordinal;
  fact.frame = now_.frame;
  fact.time = now_.time;
  fact.flow_id = facts_.first_ordinal;
  return fact;
}

/// Gives up the weakest piece where there are as many as there may be; false if all are as good.
bool Conversation::make_room_for_evidence(Strength strength) {
  if (evidence_.size() < bench_.limits.evidence_per_flow) return true;
  const auto weakest = std::min_element(
      evidence_.begin(), evidence_.end(),
      [](const Evidence& a, const Evidence& b) { return a.strength < b.strength; });
  if (weakest == evidence_.end() || weakest->strength >= strength) return false;
  evidence_.erase(weakest);
  return true;
}

/// What stands right under evidence of this channel: the protocol that opened it, or its transport.
std::string_view Conversation::layer_of(const Channel& channel) const {
  if (!channel.opened_by) return name_of(channel.carrier);
  return bench_.signatures.signature(*channel.opened_by).name;
}

void Conversation::found_in(Channel& channel, SignatureId signature, Strength strength,
                            bool by_parser, bool shares_channel) {
  const auto known = std::find_if(channel.found.begin(), channel.found.end(),
                                  [&](const Found& each) { return each.signature == signature; });
  if (known == channel.found.end()) {
    channel.found.push_back({signature, strength, by_parser, shares_channel});
    ++revision_;
    return;
  }
  if (strength > known->strength) ++revision_;
  known->strength = std::max(known->strength, strength);
  known->by_parser = known->by_parser || by_parser;
  known->shares_channel = known->shares_channel || shares_channel;
}

Channel* Conversation::open(Channel& parent, SignatureId by, Carrier carrier, Unit unit) {
  if (channels_.size() >= bench_.limits.channels_per_flow ||
      parent.depth + 1u >= bench_.limits.channel_depth) {
    return nullptr;
  }
  ChannelPtr made = bench_.channels.take();
  made->id = static_cast<ChannelId>(channels_.size());
  made->parent = parent.id;
  made->opened_by = by;
  made->carrier = carrier;
  made->unit = unit;
  made->depth = static_cast<uint8_t>(parent.depth + 1);
  channels_.push_back(std::move(made));
  return channels_.back().get();
}

Channel* Conversation::inner(ChannelId id) const {
  return id < channels_.size() ? channels_[id].get() : nullptr;
}

/// Where the value of a note stands; null if there are as many as there may be.
NoteValue* Conversation::note_of(std::string_view key) {
  for (Note& note : notes_) {
    if (note.key == key) return &note.value;
  }
  if (notes_.size() >= bench_.limits.notes_per_flow) return nullptr;
  if (notes_.size() == notes_.capacity()) notes_.reserve(notes_.size() + kNotesAtATime);
  notes_.push_back({key, false});
  return &notes_.back().value;
}

/// Fills a summary that may have been used before.
void Conversation::summarise(const Channel& channel, ChannelSummary& summary) const {
  const SignatureSet& set = bench_.signatures;
  summary.id = channel.id;
  summary.parent = channel.parent;
  summary.opened_by = channel.opened_by ? std::string_view(set.signature(*channel.opened_by).name)
                                        : std::string_view();
  summary.carrier = channel.carrier;
  summary.found.clear();
  for (const Found& each : channel.found) {
    const Signature& signature = set.signature(each.signature);
    summary.found.push_back({signature.name, signature.protocol_class, each.strength, each.by_parser,
                             each.shares_channel});
  }
  summary.ruled_out.clear();
  for (const Attempt& each : channel.attempts) {
    if (each.refuted.empty() || !bench_.keep_channels) continue;
    summary.ruled_out.push_back({set.signature(each.signature).name, Sentence::lasting(each.refuted)});
  }
  const bool turned_for_nothing = flipped_ && !flipped();
  for (const Direction side : {Direction::to_server, Direction::to_client}) {
    const size_t from = index(turned(side, turned_for_nothing));
    summary.octets[index(side)] = channel.octets[from];
    summary.messages[index(side)] = channel.messages[from];
    summary.gaps[index(side)] = channel.gaps[from];
  }
}

/// Of all channels; valid until they are asked for again.
std::span<const ChannelSummary> Conversation::summaries() const {
  std::vector<ChannelSummary>& summaries = bench_.summaries;
  if (summaries.size() < channels_.size()) summaries.resize(channels_.size());
  for (size_t i = 0; i < channels_.size(); ++i) summarise(*channels_[i], summaries[i]);
  return std::span(summaries).first(channels_.size());
}

std::vector<ChannelSummary> Conversation::channels() const {
  const std::span<const ChannelSummary> all = summaries();
  return {all.begin(), all.end()};
}

Verdict Conversation::verdict() const {
  return verdict::judge(summaries(), evidence_, bench_.signatures, facts_.tuple.transport);
}

// ---- turning round --------------------------------------------------------------------------------

/// Only a guess may be corrected, only once, and only while nothing was found and everything that came
/// is still at hand.
bool Conversation::may_flip() const {
  const Channel& root = *channels_.front();
  return !facts_.direction_known && !flipped_ && evidence_.empty() && root.keeping;
}

/// Begins anew with client and server exchanged. `octets` are what came last and is not kept yet.
void Conversation::flip(Direction direction, Bytes octets) {
  flipped_ = true;
  facts_.tuple = facts_.tuple.reversed();
  if (bench_.tap != nullptr) bench_.tap->begin_again(facts_.first_ordinal);
  const stream::Origin now = now_;
  const ChannelPtr old = std::move(channels_.front());
  channels_.clear();
  notes_.clear();
  channels_.push_back(make_root());
  Channel& root = *channels_.front();

  for (const auto& [portion, kept] : old->head) {
    now_ = portion.origin;
    const Direction side = opposite(portion.direction);
    switch (portion.kind) {
      case Head::Kind::gap: gap_in(root, side, portion.length); break;
      case Head::Kind::end: end_of(root, side); break;
      case Head::Kind::octets: deliver_to(root, side, kept);
    }
  }
  now_ = now;
  deliver_to(root, opposite(direction), octets);
}

}  // namespace parlance::inspect
