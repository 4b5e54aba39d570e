#include "inspect/conversation.h"

#include <algorithm>

#include "inspect/attempt_findings.h"

namespace parlance::inspect {
namespace {

constexpr Direction turned(Direction direction, bool flipped) {
  return flipped ? opposite(direction) : direction;
}

Basis basis_of(std::string_view buffer) {
  if (buffer == "tls.sni") return Basis::sni;
  if (buffer == "tls.certificate") return Basis::certificate;
  if (buffer == "dns.name") return Basis::dns;
  if (buffer == "server.port") return Basis::port;
  if (buffer == "server.address") return Basis::address;
  if (buffer == "tls.ja4") return Basis::fingerprint;
  return Basis::payload;
}

bool looks_into_streams(const Channel& channel) {
  // A byte protocol may be cut into WebSocket messages anywhere; a datagram stands for itself.
  return channel.unit == Unit::bytes || channel.carrier == Carrier::websocket;
}

}  // namespace

Conversation::Conversation(Workbench& bench, const FlowFacts& facts) : bench_(bench), facts_(facts) {
  auto root = std::make_unique<Channel>();
  root->carrier = facts.tuple.transport == Transport::udp ? Carrier::udp : Carrier::tcp;
  root->unit = root->carrier == Carrier::udp ? Unit::message : Unit::bytes;
  root->midstream = facts.midstream;
  channels_.push_back(std::move(root));
}

Conversation::~Conversation() = default;

void Conversation::deliver(Direction direction, Bytes octets, const stream::Origin& origin) {
  now_ = origin;
  deliver_to(*channels_.front(), turned(direction, flipped_), octets);
  if (flip_wanted_) flip();
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

void Conversation::deliver_to(Channel& channel, Direction direction, Bytes octets) {
  const size_t side = index(direction);
  const uint64_t offset = channel.octets[side];
  channel.octets[side] += octets.size();
  if (channel.unit == Unit::message) ++channel.messages[side];
  if (!channel.listening()) return;

  channel.frames[side].add(offset, now_.frame);
  if (channel.keeping &&
      !channel.head.keep(direction, octets, now_, bench_.limits.head_octets)) {
    stop_searching(channel);
  }
  for (Attempt& attempt : channel.attempts) feed(channel, attempt, direction, octets);
  if (channel.searching) search(channel, direction, octets, offset);
  start_pending(channel);
  settle(channel);
}

void Conversation::gap_in(Channel& channel, Direction direction, uint64_t length) {
  const size_t side = index(direction);
  ++channel.gaps[side];
  channel.octets[side] += length;
  if (!channel.listening()) return;
  if (channel.keeping) channel.head.keep_gap(direction, length, now_);
  for (Attempt& attempt : channel.attempts) {
    if (attempt.over) continue;
    AttemptFindings findings(*this, channel, attempt);
    attempt.parser->gap(direction, length, findings);
  }
  settle(channel);
}

void Conversation::end_of(Channel& channel, Direction direction) {
  for (Attempt& attempt : channel.attempts) {
    if (attempt.over) continue;
    AttemptFindings findings(*this, channel, attempt);
    attempt.parser->end(direction, findings);
  }
  settle(channel);
  // What is inside ends with it. Inner channels come after their outer ones.
  for (size_t i = channel.id + 1; i < channels_.size(); ++i) {
    if (channels_[i]->parent == channel.id) end_of(*channels_[i], direction);
  }
}

void Conversation::feed(Channel& channel, Attempt& attempt, Direction direction, Bytes octets) {
  if (attempt.over) return;
  AttemptFindings findings(*this, channel, attempt);
  attempt.parser->data(direction, octets, findings);
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
    channel.keeping = false;
    channel.head.drop();
  }
}

void Conversation::stop_searching(Channel& channel) {
  channel.searching = false;
  for (StreamScan& scan : channel.scans) scan.close();
}


// ---- searching ----------------------------------------------------------------------------------

void Conversation::search(Channel& channel, Direction direction, Bytes octets, uint64_t offset) {
  const Limits& limits = bench_.limits;
  const size_t side = index(direction);
  const bool streams = looks_into_streams(channel);
  Hits hits = std::move(bench_.hits);  // taken, because an inner channel may search meanwhile
  hits.clear();
  if (channel.unit == Unit::message && channel.scanned_messages[side] < limits.scan_messages) {
    ++channel.scanned_messages[side];
    bench_.scanner.scan_message(first_of(octets, limits.scan_octets), direction, hits);
    for (const Hit& hit : hits) {
      met(channel, hit, {direction, offset + hit.start, octets.subspan(hit.start, hit.end - hit.start)});
    }
    hits.clear();
  }
  if (streams && offset < limits.scan_octets) {
    const Bytes part = first_of(octets, limits.scan_octets - offset);
    channel.scans[side].scan(bench_.scanner, part, direction, hits);
    for (const Hit& hit : hits) {
      const uint64_t from = std::max(hit.start, offset) - offset;  // what this portion holds of it
      const uint64_t to = hit.end - offset;
      met(channel, hit, {direction, hit.start, part.subspan(from, to - from)});
    }
  }
  bench_.hits = std::move(hits);

  const auto is_spent = [&](size_t each) {
    return (!streams || channel.octets[each] >= limits.scan_octets) &&
           (channel.unit == Unit::bytes || channel.scanned_messages[each] >= limits.scan_messages);
  };
  if (is_spent(0) && is_spent(1)) stop_searching(channel);
}

void Conversation::met(Channel& channel, const Hit& hit, const Place& place) {
  if (hit.wrong_way) {
    flip_wanted_ = flip_wanted_ || (channel.id == 0 && may_flip());
    return;
  }
  std::vector<RuleId> fired;
  channel.rules.meet(bench_.signatures, hit.pattern, channel.carrier, fired);
  for (const RuleId rule : fired) fire(channel, rule, hit.pattern, place);
}

void Conversation::fire(Channel& channel, RuleId id, PatternId pattern, const Place& place) {
  const Rule& rule = bench_.signatures.rule(id);
  if (!rule.verify.empty()) {
    channel.pending.push_back(id);
    return;
  }
  const SignatureId signature = bench_.signatures.signature_of_rule(id);
  const Pattern& met = bench_.signatures.pattern(pattern);
  add_evidence(channel, signature, rule.strength, basis_of(met.buffer), met.id, place, met.says);
  if (rule.strength >= Strength::strong) found_in(channel, signature, rule.strength, false, false);
}

/// Starts the parsers that rules asked for. Not at once when a rule holds: a parser that names a field
/// is at work itself, and the list of attempts must not move under it.
void Conversation::start_pending(Channel& channel) {
  for (size_t i = 0; i < channel.pending.size(); ++i) {
    const RuleId id = channel.pending[i];
    const Rule& rule = bench_.signatures.rule(id);
    const ParserModule* module = find_parser(rule.verify);
    const SignatureId signature = bench_.signatures.signature_of_rule(id);
    if (module == nullptr || !channel.keeping || is_tried(channel, *module, signature)) continue;
    if (module->unit == Unit::message && channel.unit == Unit::bytes) continue;
    if (channel.attempts.size() >= bench_.limits.parsers_per_channel) break;
    Start start{channel.carrier, channel.unit, false, channel.midstream, nullptr};
    replay_head(channel, add_attempt(channel, *module, signature, rule.strength, start));
  }
  channel.pending.clear();
}

bool Conversation::is_tried(const Channel& channel, const ParserModule& module,
                            SignatureId signature) const {
  return std::any_of(channel.attempts.begin(), channel.attempts.end(), [&](const Attempt& each) {
    return each.module == &module && each.signature == signature;
  });
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
  Bytes rest = channel.head.octets();
  for (const Head::Portion& portion : channel.head.portions()) {
    if (attempt.over) break;
    now_ = portion.origin;
    AttemptFindings findings(*this, channel, attempt);
    if (portion.gap) {
      attempt.parser->gap(portion.direction, portion.length, findings);
    } else {
      attempt.parser->data(portion.direction, rest.first(portion.length), findings);
      rest = rest.subspan(portion.length);
    }
  }
  now_ = now;
}

// ---- what parsers and patterns say --------------------------------------------------------------

void Conversation::add_evidence(Channel& channel, SignatureId signature_id, Strength strength,
                                Basis basis, std::string_view what, const Place& place,
                                std::string text) {
  const Signature& signature = bench_.signatures.signature(signature_id);
  ++revision_;
  Evidence evidence;
  evidence.rule = signature.name + '/' + std::string(what);
  for (Evidence& each : evidence_) {
    if (each.rule != evidence.rule || each.channel != channel.id) continue;
    if (each.strength >= strength) return;  // the first of its kind is enough
    each.strength = strength;
    each.text = std::move(text);
    return;
  }
  if (evidence_.size() >= bench_.limits.evidence_per_flow) {
    const auto weakest = std::min_element(evidence_.begin(), evidence_.end(),
                                          [](const Evidence& a, const Evidence& b) {
                                            return a.strength < b.strength;
                                          });
    if (weakest->strength >= strength) return;
    evidence_.erase(weakest);
  }
  const Bytes excerpt = first_of(place.octets, bench_.limits.excerpt_octets);
  evidence.revision = signature.revision;
  evidence.supports = signature.name;
  evidence.strength = strength;
  evidence.basis = basis;
  evidence.layer = layer_of(channel);
  evidence.channel = channel.id;
  evidence.direction = place.direction;
  evidence.offset = place.offset;
  evidence.length = place.octets.size();
  evidence.frame = channel.frames[index(place.direction)].frame_at(place.offset);
  evidence.excerpt.assign(excerpt.begin(), excerpt.end());
  evidence.text = std::move(text);
  evidence_.push_back(std::move(evidence));
}

/// What stands right under evidence of this channel: the protocol that opened it, or its transport.
std::string Conversation::layer_of(const Channel& channel) const {
  if (!channel.opened_by) return std::string(name_of(channel.carrier));
  return bench_.signatures.signature(*channel.opened_by).name;
}

void Conversation::found_in(Channel& channel, SignatureId signature, Strength strength,
                            bool by_parser, bool shares_channel) {
  ++revision_;
  for (Found& each : channel.found) {
    if (each.signature != signature) continue;
    each.strength = std::max(each.strength, strength);
    each.by_parser = each.by_parser || by_parser;
    each.shares_channel = each.shares_channel || shares_channel;
    return;
  }
  channel.found.push_back({signature, strength, by_parser, shares_channel});
}

Channel* Conversation::open(Channel& parent, SignatureId by, Carrier carrier, Unit unit) {
  if (channels_.size() >= bench_.limits.channels_per_flow ||
      parent.depth + 1 >= bench_.limits.channel_depth) {
    return nullptr;
  }
  auto made = std::make_unique<Channel>();
  made->id = static_cast<ChannelId>(channels_.size());
  made->parent = parent.id;
  made->opened_by = by;
  made->carrier = carrier;
  made->unit = unit;
  made->depth = parent.depth + 1;
  channels_.push_back(std::move(made));
  return channels_.back().get();
}

Channel* Conversation::inner(ChannelId id) const {
  return id < channels_.size() ? channels_[id].get() : nullptr;
}

Note& Conversation::note_of(std::string_view key) {
  for (Note& note : notes_) {
    if (note.key == key) return note;
  }
  if (notes_.size() >= bench_.limits.notes_per_flow) {
    static thread_local Note overflow;  // a flow with too many notes writes to a place nobody reads
    overflow = {key, false};
    return overflow;
  }
  notes_.push_back({key, false});
  return notes_.back();
}

std::vector<ChannelSummary> Conversation::channels() const {
  const auto name = [this](SignatureId id) { return bench_.signatures.signature(id).name; };
  std::vector<ChannelSummary> summaries;
  for (const ChannelPtr& channel : channels_) {
    ChannelSummary summary;
    summary.id = channel->id;
    summary.parent = channel->parent;
    if (channel->opened_by) summary.opened_by = name(*channel->opened_by);
    summary.carrier = channel->carrier;
    for (const Found& each : channel->found) {
      summary.found.push_back({name(each.signature),
                               bench_.signatures.signature(each.signature).protocol_class,
                               each.strength, each.by_parser, each.shares_channel});
    }
    for (const Attempt& each : channel->attempts) {
      if (each.refuted.empty()) continue;
      summary.ruled_out.push_back({name(each.signature), std::string(each.refuted)});
    }
    std::copy_n(channel->octets, 2, summary.octets);
    std::copy_n(channel->messages, 2, summary.messages);
    std::copy_n(channel->gaps, 2, summary.gaps);
    summaries.push_back(std::move(summary));
  }
  return summaries;
}

// ---- turning round --------------------------------------------------------------------------------

/// Only a guess may be corrected, only once, and only while nothing was found and everything that came
/// is still at hand.
bool Conversation::may_flip() const {
  const Channel& root = *channels_.front();
  return !facts_.direction_known && !flipped_ && evidence_.empty() && root.keeping;
}

/// Begins anew with client and server exchanged.
void Conversation::flip() {
  flip_wanted_ = false;
  if (!may_flip()) return;
  flipped_ = true;
  facts_.tuple = facts_.tuple.reversed();
  const stream::Origin now = now_;
  const ChannelPtr old = std::move(channels_.front());
  channels_.clear();
  notes_.clear();
  auto root = std::make_unique<Channel>();
  root->carrier = old->carrier;
  root->unit = old->unit;
  root->midstream = old->midstream;
  channels_.push_back(std::move(root));

  Bytes rest = old->head.octets();
  for (const Head::Portion& portion : old->head.portions()) {
    now_ = portion.origin;
    if (portion.gap) {
      gap_in(*channels_.front(), opposite(portion.direction), portion.length);
      continue;
    }
    deliver_to(*channels_.front(), opposite(portion.direction), rest.first(portion.length));
    rest = rest.subspan(portion.length);
  }
  now_ = now;
}

}  // namespace parlance::inspect
