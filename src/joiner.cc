#include "joiner.h"

#include <algorithm>
#include <utility>

namespace parlance {
namespace {

constexpr int64_t kShortestMemory = 3600 * kSecond;

bool still_known(const Resolution& answer, Timestamp time) {
  const int64_t lifetime = std::max(kShortestMemory, answer.ttl_seconds * kSecond);
  const int64_t age = elapsed(answer.time, time);
  return age <= lifetime;
}

}  // namespace

void Joiner::add(Resolution resolution) {
  const uint64_t number = forgotten_ + answers_.size();
  const auto [newest, is_first] =
      newest_.try_emplace(Key{resolution.client, resolution.address}, number);
  const uint64_t previous = is_first ? kNone : std::exchange(newest->second, number);
  answers_.push_back({std::move(resolution), previous});
  if (answers_.size() <= capacity_) return;

  const Resolution& oldest = answers_.front().resolution;
  const auto place = newest_.find(Key{oldest.client, oldest.address});
  if (place->second == forgotten_) newest_.erase(place);
  answers_.pop_front();
  ++forgotten_;
}

const Resolution* Joiner::find(const IpAddress& client, const IpAddress& address, uint64_t ordinal,
                               Timestamp time) const {
  if (answers_.empty()) return nullptr;  // many captures have no answer at all
  const auto newest = newest_.find(Key{client, address});
  if (newest == newest_.end()) return nullptr;
  for (uint64_t number = newest->second; number != kNone && number >= forgotten_;) {
    const auto& [answer, previous] = answers_[number - forgotten_];
    if (answer.ordinal < ordinal) return still_known(answer, time) ? &answer : nullptr;
    number = previous;
  }
  return nullptr;
}

}  // namespace parlance
