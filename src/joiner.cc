#include "joiner.h"

#include <algorithm>
#include <string_view>

#include "base/bytes.h"

namespace parlance {
namespace {

constexpr int64_t kShortestMemory = 3600 * kSecond;

bool still_known(const Resolution& answer, Timestamp time) {
  const int64_t lifetime = std::max(kShortestMemory, answer.ttl_seconds * kSecond);
  const int64_t age = elapsed(answer.time, time);
  return age <= lifetime;
}

}  // namespace

size_t Joiner::KeyHash::operator()(const Key& key) const {
  const std::hash<std::string_view> hash;
  return hash(as_text(key.client.bytes())) * 31 + hash(as_text(key.address.bytes()));
}

void Joiner::add(Resolution resolution) {
  const Key key{resolution.client, resolution.address};
  index_[key].push_back(forgotten_ + answers_.size());
  answers_.push_back(std::move(resolution));
  if (answers_.size() <= capacity_) return;

  const Key oldest{answers_.front().client, answers_.front().address};
  const auto place = index_.find(oldest);
  place->second.pop_front();
  if (place->second.empty()) index_.erase(place);
  answers_.pop_front();
  ++forgotten_;
}

const Resolution* Joiner::find(const IpAddress& client, const IpAddress& address, uint64_t ordinal,
                               Timestamp time) const {
  const auto place = index_.find(Key{client, address});
  if (place == index_.end()) return nullptr;
  const std::deque<uint64_t>& sequence = place->second;
  for (auto each = sequence.rbegin(); each != sequence.rend(); ++each) {
    const Resolution& answer = answers_[*each - forgotten_];
    if (answer.ordinal < ordinal) return still_known(answer, time) ? &answer : nullptr;
  }
  return nullptr;
}

}  // namespace parlance
