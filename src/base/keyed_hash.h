// A hash that nobody outside can predict.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/bytes.h"

namespace parlance {

using HashSecret = std::array<uint64_t, 4>;
/// For tables whose keys are all ours, and where there is no randomness.
constexpr HashSecret kKnownSecret = {0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb, 0x2545f4914f6cdd1d};

/// Both halves of the 128-bit product folded into one: every bit of the answer depends on every bit of both
/// factors (the mixing step of wyhash).
inline uint64_t mix(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

/// Mixes as wyhash does. All bits of the answer are good.
class OctetHash {
 public:
  explicit constexpr OctetHash(const HashSecret& secret) : secret_(secret) {}

  uint64_t operator()(Bytes octets) const {
    const uint64_t size = octets.size();  // mixed in last: beside octets it could be cancelled out by them
    uint64_t hash = secret_[0];
    for (; octets.size() > kStep; octets = octets.subspan(kStep)) {
      hash = mix(word_at<uint64_t>(octets, 0) ^ secret_[1], word_at<uint64_t>(octets, 8) ^ hash);
    }
    const Ends ends = ends_of(octets);
    hash = mix(ends.first ^ secret_[1], ends.last ^ hash);
    return mix(hash ^ secret_[2], size ^ secret_[3]);
  }

 private:
  static constexpr size_t kStep = 16;
  /// All of at most kStep octets, those in the middle perhaps twice.
  struct Ends {
    uint64_t first = 0, last = 0;
  };

  static Ends ends_of(Bytes octets) {
    const size_t size = octets.size();
    if (size >= 8) return {word_at<uint64_t>(octets, 0), word_at<uint64_t>(octets, size - 8)};
    if (size >= 4) return {word_at<uint32_t>(octets, 0), word_at<uint32_t>(octets, size - 4)};
    if (size > 0) return {octets[0], uint64_t{octets[size / 2]} << 8 | octets[size - 1]};
    return {};
  }
  template <class Word>
  static Word word_at(Bytes octets, size_t offset) {
    Word word;
    std::memcpy(&word, octets.data() + offset, sizeof word);
    return word;
  }
  HashSecret secret_;
};

/// Its secret is another one in each run: a capture must not choose what collides. Two of them give different
/// answers.
class KeyedHash {
 public:
  using is_transparent = void;  // texts are looked for by views of them

  KeyedHash() : hash_(random_secret()) {}
  uint64_t operator()(Bytes octets) const { return hash_(octets); }
  uint64_t operator()(std::string_view text) const { return hash_(as_bytes(text)); }

 private:
  static HashSecret random_secret();
  OctetHash hash_;
};

}  // namespace parlance
