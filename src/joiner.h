// Facts that cross flows: which names the addresses of a capture were answers to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

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
  struct KeyHash {
    size_t operator()(const Key& key) const;
  };

  size_t capacity_;
  uint64_t forgotten_ = 0;                 ///< sequence number of answers_.front()
  std::deque<Resolution> answers_;
  /// Sequence numbers of the answers for a key, oldest first.
  std::unordered_map<Key, std::deque<uint64_t>, KeyHash> index_;
};

}  // namespace parlance
