// What parsers read and the record shows beside the label ("tls.sni", "websocket.subprotocol").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace parlance {

using NoteValue = std::variant<bool, int64_t, std::string, std::vector<std::string>>;

/// One value. The key is "object.member" and lives for ever (a literal).
struct Note {
  std::string_view key;
  NoteValue value;
};

}  // namespace parlance
