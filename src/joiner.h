// Facts that cross flows: which names the addresses of a capture were answers to.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

#include "base/keyed_hash.h"
#include "model/resolution.h"

namespace parlance {

/// Remembers DNS answers in the order in which they came, and finds the one that a flow followed.
/// Bounded: the oldest answer is forgotten when there are `capacity` of them.
///
/// Used only where records are put in order, so the same answers are there whatever the number of
/// workers was.
class Joiner {
 public:
  explicit Joiner(size_t capacity = 200'000) : capacity_(capacity) {}

  /// Takes an answer. They must come in the order of their packets.
  void add(Resolution resolution);

  /// The newest answer that told `client` about `address` before the packet `ordinal`, not longer ago
  /// than its time to live or an hour, whichever is longer (clients keep answers longer than they
  /// should). Null if there is none. The pointer lives until the next add().
  const Resolution* find(const IpAddress& client, const IpAddress& address, uint64_t ordinal,
                         Timestamp time) const;

 private:
  struct Key {
    IpAddress client, address;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    size_t operator()(const Key& key) const {
      const auto octets = std::bit_cast<std::array<uint8_t, sizeof(Key)>>(key);
      return keyed(Bytes(octets));
    }
    KeyedHash keyed;
  };

  struct Answer {
    Resolution resolution;
    uint64_t previous;  ///< number of the answer before it with the same key; kNone: it is the first
  };
  static constexpr uint64_t kNone = UINT64_MAX;

  size_t capacity_;
  uint64_t forgotten_ = 0;  ///< number of answers_.front(); answers are numbered as they come
  std::deque<Answer> answers_;
  std::unordered_map<Key, uint64_t, Hash> newest_;  ///< number of the newest answer
};

}  // namespace parlance
