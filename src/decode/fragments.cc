#include "decode/fragments.h"

#include <algorithm>

namespace parlance::decode {
namespace {

constexpr size_t kMaxDatagram = 65535;

// RFC 791: all but the last are a multiple of 8 long; nothing may end above the greatest length.
bool well_formed(const Fragment& fragment) {
  if (fragment.octets.empty() || fragment.octets.size() > kMaxDatagram) return false;
  if (fragment.more && fragment.octets.size() % 8 != 0) return false;
  return fragment.offset <= kMaxDatagram - fragment.octets.size();
}

}  // namespace

std::optional<Reassembler::Datagram> Reassembler::add(const Fragment& fragment, bool same_packet) {
  ++counters_.fragments;
  while (!partials_.empty() && is_apart(partials_.front().first_seen, fragment.time)) {
    drop(partials_.begin());
  }
  if (!well_formed(fragment)) {
    ++counters_.fragments_dropped;
    return std::nullopt;
  }

  const auto partial = find_or_start(fragment);
  const uint32_t end = fragment.offset + static_cast<uint32_t>(fragment.octets.size());
  const uint32_t total = partial->total.value_or(end);
  const bool beyond = end > total || (!fragment.more && end != total) ||
                      (!fragment.more && end < partial->octets.size());
  if (beyond || !make_room(partial, end)) {  // of another datagram's length, or too much
    ++counters_.fragments_dropped;
    if (partial->fragments == 0) forget(partial);
    return std::nullopt;
  }
  ++partial->fragments;
  if (!fragment.more) partial->total = end;
  if (fragment.offset == 0 && (partial->ranges.empty() || partial->ranges[0].begin != 0)) {
    partial->protocol = fragment.protocol;
  }
  fill(*partial, fragment);
  const bool complete = partial->total && partial->ranges.size() == 1 &&
                        partial->ranges[0].begin == 0 && partial->ranges[0].end == partial->total;
  if (!complete) return std::nullopt;
  return finish(partial, same_packet);
}

// Time may go back, as from one capture file to the next.
bool Reassembler::is_apart(Timestamp first, Timestamp now) const {
  return elapsed(first, now) > limits_.fragment_timeout_ns ||
         elapsed(now, first) > limits_.fragment_timeout_ns;
}

Reassembler::Partials::iterator Reassembler::find_or_start(const Fragment& fragment) {
  if (const auto found = by_key_.find(fragment.key); found != by_key_.end()) return found->second;
  while (!partials_.empty() && partials_.size() >= limits_.fragment_datagrams) {
    drop(partials_.begin());
  }
  const auto partial = partials_.emplace(partials_.end());
  partial->key = fragment.key;
  partial->first_seen = fragment.time;
  by_key_.emplace(fragment.key, partial);
  return partial;
}

// Makes `for_whom` at least `octets` long.
bool Reassembler::make_room(Partials::iterator for_whom, size_t octets) {
  if (octets <= for_whom->octets.size()) return true;
  const size_t more = octets - for_whom->octets.size();
  while (held_octets_ + more > limits_.fragment_octets && partials_.begin() != for_whom) {
    drop(partials_.begin());
  }
  if (held_octets_ + more > limits_.fragment_octets) return false;
  held_octets_ += more;
  for_whom->octets.resize(octets);
  return true;
}

// Copies what is not held yet.
void Reassembler::fill(Partial& partial, const Fragment& fragment) {
  const uint32_t begin = fragment.offset;
  const uint32_t end = begin + static_cast<uint32_t>(fragment.octets.size());
  const auto target = partial.octets.begin();
  uint32_t copied = 0;
  bool repeats = true;  // brings nothing that differs from what is held
  const auto copy = [&](uint32_t from, uint32_t to) {
    const Bytes part = fragment.octets.subspan(from - begin, to - from);
    std::copy(part.begin(), part.end(), target + from);
    copied += to - from;
  };
  const auto compare = [&](uint32_t from, uint32_t to) {
    const Bytes part = fragment.octets.subspan(from - begin, to - from);
    repeats = repeats && std::equal(part.begin(), part.end(), target + from);
  };

  auto& ranges = partial.ranges;
  const auto first =
      std::lower_bound(ranges.begin(), ranges.end(), begin,
                       [](const Range& range, uint32_t at) { return range.end < at; });
  Range merged{begin, end};
  uint32_t at = begin;
  auto next = first;
  for (; next != ranges.end() && next->begin <= end; ++next) {
    if (next->begin > at) copy(at, next->begin);
    const uint32_t overlap = std::max(next->begin, begin);
    if (overlap < std::min(next->end, end)) compare(overlap, std::min(next->end, end));
    at = std::max(at, next->end);
    merged = {std::min(merged.begin, next->begin), std::max(merged.end, next->end)};
  }
  if (at < end) copy(at, end);
  if (copied < end - begin && (copied > 0 || !repeats)) ++counters_.fragment_overlaps;

  if (first == next) {
    ranges.insert(first, merged);
  } else {
    *first = merged;
    ranges.erase(first + 1, next);
  }
}

void Reassembler::drop(Partials::iterator partial) {
  counters_.fragments_dropped += partial->fragments;
  forget(partial);
}

void Reassembler::forget(Partials::iterator partial) {
  held_octets_ -= partial->octets.size();
  by_key_.erase(partial->key);
  partials_.erase(partial);
}

Reassembler::Datagram Reassembler::finish(Partials::iterator partial, bool same_packet) {
  if (!same_packet) {
    turn_ = (turn_ + 1) % finished_.size();
    finished_[turn_].clear();
  }
  const uint8_t protocol = partial->protocol;
  held_octets_ -= partial->octets.size();
  finished_[turn_].push_back(std::move(partial->octets));
  by_key_.erase(partial->key);
  partials_.erase(partial);
  return {finished_[turn_].back(), protocol};
}

}  // namespace parlance::decode
