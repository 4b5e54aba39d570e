#include "inspect/attempt_findings.h"

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace parlance::inspect {
namespace {

/// Given out when a flow has all the channels that it may have: nobody listens there.
constexpr ChannelId kNoChannel = UINT32_MAX;

/// Adds to a note's number, which begins with 0.
void add_to(NoteValue* value, int64_t by) {
  if (value == nullptr) return;
  const int64_t* before = std::get_if<int64_t>(value);
  *value = (before == nullptr ? 0 : *before) + by;
}

}  // namespace

void AttemptFindings::confirm(Strength strength, std::string_view what, const Place& place,
                              Sentence text) {
  strength = std::min(strength, attempt_.cap);
  attempt_.confirmed = std::max(attempt_.confirmed, strength);
  release_notes();
  conversation_.add_evidence(channel_, attempt_.signature, strength, Basis::payload, what, place,
                             std::move(text));
  if (strength < Strength::strong) return;
  const bool shares = attempt_.module->shares_channel;
  conversation_.found_in(channel_, attempt_.signature, strength, true, shares);
  if (strength == Strength::proof && !shares) channel_.claimed = true;
}

void AttemptFindings::refute(std::string_view reason) {
  attempt_.over = true;
  // What was found stands, so that it must not be said to be ruled out as well.
  if (attempt_.confirmed < Strength::strong) attempt_.refuted = reason;
}

void AttemptFindings::support(std::string_view protocol, Strength strength, std::string_view what,
                              const Place& place, Sentence text) {
  const SignatureSet& set = conversation_.bench_.signatures;
  const Signature* signature = set.find(protocol);
  if (signature == nullptr) return;  // the user's folder replaced or left out that file
  conversation_.add_evidence(channel_, set.id_of(*signature), strength, Basis::payload, what, place,
                             std::move(text));
  if (strength >= Strength::strong) {
    conversation_.found_in(channel_, set.id_of(*signature), strength, true, true);
  }
}

void AttemptFindings::field(std::string_view buffer, const Place& place) {
  Hits& hits = conversation_.bench_.field_hits;
  hits.clear();
  conversation_.bench_.scanner.scan_field(buffer, place.octets, place.direction, hits);
  for (Hit& hit : hits) {
    hit.wrong_way = false;  // a parser knows who is speaking
    conversation_.met(channel_, hit, place);
  }
}

void AttemptFindings::note(std::string_view key, NoteValue value) {
  if (attempt_.confirmed == Strength::none) return hold_back({key, std::move(value)}, false);
  if (NoteValue* place = conversation_.note_of(key)) *place = std::move(value);
}

void AttemptFindings::count(std::string_view key, int64_t by) {
  if (attempt_.confirmed == Strength::none) return hold_back({key, by}, true);
  add_to(conversation_.note_of(key), by);
}

/// Until something is confirmed.
void AttemptFindings::hold_back(Note note, bool counts) {
  std::vector<HeldNote>& held = attempt_.held_notes;
  const auto place = std::find_if(held.begin(), held.end(),
                                  [&](const HeldNote& each) { return each.note.key == note.key; });
  if (place == held.end()) {
    if (held.size() < conversation_.bench_.limits.notes_per_flow) held.push_back({std::move(note), counts});
  } else if (counts) {
    add_to(&place->note.value, std::get<int64_t>(note.value));
  } else {
    place->note.value = std::move(note.value);
  }
}

void AttemptFindings::release_notes() {
  for (HeldNote& each : std::exchange(attempt_.held_notes, {})) {
    if (each.counts) {
      count(each.note.key, std::get<int64_t>(each.note.value));
    } else {
      note(each.note.key, std::move(each.note.value));
    }
  }
}

void AttemptFindings::may_skip(Direction direction, uint64_t octets) {
  Skip& skip = attempt_.skips[index(direction)];
  octets = std::min<uint64_t>(octets, std::numeric_limits<uint32_t>::max());
  skip.allowed = octets > skip.done ? static_cast<uint32_t>(octets) - skip.done : 0;
}

void AttemptFindings::resolved(std::string_view name, const IpAddress& address,
                               uint32_t ttl_seconds) {
  Resolution resolution;
  resolution.name = to_lower(name);
  resolution.client = flow().source.address;
  resolution.address = address;
  resolution.ttl_seconds = ttl_seconds;
  resolution.frame = conversation_.now_.frame;
  resolution.ordinal = conversation_.now_.ordinal;
  resolution.time = conversation_.now_.time;
  conversation_.bench_.resolutions.push_back(std::move(resolution));
}

ChannelId AttemptFindings::open(Carrier carrier, Unit unit) {
  Channel* made = conversation_.open(channel_, attempt_.signature, carrier, unit);
  return made == nullptr ? kNoChannel : made->id;
}

ChannelId AttemptFindings::open_as(std::string_view parser, Carrier carrier, Unit unit,
                                   Parameters parameters) {
  Channel* made = conversation_.open(channel_, attempt_.signature, carrier, unit);
  if (made == nullptr) return kNoChannel;
  const SignatureSet& set = conversation_.bench_.signatures;
  const ParserModule* module = find_parser(parser);
  const Signature* signature = set.for_parser(parser);
  if (module == nullptr || signature == nullptr) return made->id;  // then it is recognised by content
  conversation_.add_attempt(*made, *module, set.id_of(*signature), Strength::proof,
                            {carrier, unit, true, false, &parameters});
  return made->id;
}

void AttemptFindings::deliver(ChannelId inner, Direction direction, Bytes octets) {
  if (Channel* channel = conversation_.inner(inner)) {
    conversation_.deliver_to(*channel, direction, octets);
  }
}

void AttemptFindings::deliver_late(ChannelId inner, Direction direction, Bytes octets,
                                   uint64_t offset) {
  const stream::Origin now = conversation_.now_;
  if (const uint64_t frame = channel_.frame_at(direction, offset)) conversation_.now_.frame = frame;
  deliver(inner, direction, octets);
  conversation_.now_ = now;
}

void AttemptFindings::deliver_gap(ChannelId inner, Direction direction, uint64_t length) {
  if (Channel* channel = conversation_.inner(inner)) {
    conversation_.gap_in(*channel, direction, length);
  }
}

bool AttemptFindings::listening(ChannelId inner) const {
  const Channel* channel = conversation_.inner(inner);
  return channel != nullptr && conversation_.is_listened_to(*channel);
}

}  // namespace parlance::inspect
