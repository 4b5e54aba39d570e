#include "joiner.h"

#include <algorithm>
#include <bit>
#include <utility>

#include <sys/random.h>

namespace parlance {
namespace {

constexpr int64_t kShortestMemory = 3600 * kSecond;

bool still_known(const Resolution& answer, Timestamp time) {
  const int64_t lifetime = std::max(kShortestMemory, answer.ttl_seconds * kSecond);
  const int64_t age = elapsed(answer.time, time);
  return age <= lifetime;
}

using Words = std::array<uint64_t, 2>;

/// Both halves of the 128-bit product folded into one (the mixing step of wyhash).
uint64_t mix(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace

Joiner::KeyHash::KeyHash() {
  // Without randomness (a kernel too early in its start) the table still works, only predictably.
  if (getentropy(secret_.data(), sizeof secret_) != 0) {
    secret_ = {0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb, 0x2545f4914f6cdd1d};
  }
}

size_t Joiner::KeyHash::operator()(const Key& key) const {
  const auto client = std::bit_cast<Words>(key.client.octets);
  const auto address = std::bit_cast<Words>(key.address.octets);
  const uint64_t low = mix(client[0] ^ secret_[0], client[1] ^ secret_[1] ^ key.client.version);
  const uint64_t high = mix(address[0] ^ secret_[2], address[1] ^ secret_[3] ^ key.address.version);
  return mix(low ^ secret_[2], std::rotl(high, 32) ^ secret_[0]);
}

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
