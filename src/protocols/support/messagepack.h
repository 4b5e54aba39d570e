// Values of MessagePack (github.com/msgpack/msgpack, spec.md), walked without making a tree of
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/byte_reader.h"

namespace parlance {

struct MessagepackValue {
  enum class Kind : uint8_t { nil, boolean, number, real, text, binary, array, map, extension };
  Kind kind = Kind::nil;
  uint64_t number = 0;  ///< of a number that is not negative; members or elements of a map or array
  Bytes content;        ///< of text and binary; of a map or array its members, one after the other

  bool is(Kind which) const { return kind == which; }
  std::string_view text() const { return is(Kind::text) ? as_text(content) : std::string_view(); }
};

/// The next value, with all that is in it; nothing if it is cut off or none. Linear, no recursion.
std::optional<MessagepackValue> read_messagepack(ByteReader& reader);

/// The value of a map's member whose key is the text `key`; nothing if there is none (or no map).
std::optional<MessagepackValue> find(const MessagepackValue& map, std::string_view key);

}  // namespace parlance
