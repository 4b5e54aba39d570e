// A look at a JSON text (RFC 8259) without making a tree of it: is it whole, and what stands at its
// top level?
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parlance {

enum class JsonType : uint8_t { none, object, array, string, number, boolean, null };

/// A member of the top-level object, or an element of the top-level array (then `key` is empty).
struct JsonMember {
  std::string_view key;  ///< as written, without its quotes
  JsonType type = JsonType::none;
  std::string_view text;  ///< as written; of a string what is between its quotes
};

/// A whole JSON object or array, checked to its last octet. Its views live as long as the text.
class JsonScan {
 public:
  /// Nothing if `text` is not one whole object or array (white space around it is allowed), or if
  /// it is nested deeper than 64 levels. Linear in the length; no recursion.
  static std::optional<JsonScan> read(std::string_view text);

  JsonType type() const { return type_; }
  /// The number of members or elements, also of those that are not kept.
  size_t size() const { return size_; }
  /// The first 64 of them.
  const std::vector<JsonMember>& members() const { return members_; }
  /// The member of that name, or nullptr.
  const JsonMember* find(std::string_view key) const;
  /// The member of that name and type, or nullptr.
  const JsonMember* find(std::string_view key, JsonType type) const;

 private:
  JsonType type_ = JsonType::none;
  size_t size_ = 0;
  std::vector<JsonMember> members_;
};

/// The member as written, its key and its quotes included; a view into the text that was read.
std::string_view written(const JsonMember& member);

/// What a JSON string means: `text` is what stands between its quotes. At most `limit` octets.
std::string json_unescape(std::string_view text, size_t limit);

}  // namespace parlance
