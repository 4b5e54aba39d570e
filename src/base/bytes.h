// The one type for a run of octets that somebody else owns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace parlance {

/// A borrowed run of octets. Who hands it out says how long it lives.
using Bytes = std::span<const uint8_t>;

/// `text` seen as octets; the same lifetime.
inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

/// `bytes` seen as characters, whatever they are (not necessarily UTF-8); the same lifetime.
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The first `count` octets of `bytes`, or all of them if there are fewer.
inline Bytes first_of(Bytes bytes, size_t count) {
  return bytes.first(bytes.size() < count ? bytes.size() : count);
}

}  // namespace parlance
