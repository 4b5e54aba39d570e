#include "protocols/support/json_scan.h"

#include <algorithm>

#include "base/hex_digit.h"

namespace parlance {
namespace {

constexpr size_t kDepth = 64;
constexpr size_t kMembers = 64;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Tokens of a JSON text; never past its end.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  size_t position() const { return position_; }
  std::string_view from(size_t start) const { return text_.substr(start, position_ - start); }
  char peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }
  bool at_end() const { return position_ >= text_.size(); }
  void skip() { ++position_; }
  void skip_spaces() {
    while (!at_end() && is_space(text_[position_])) ++position_;
  }

  // At a quote: passes over the string.
  bool string() {
    for (++position_; !at_end(); ++position_) {
      const char c = text_[position_];
      if (static_cast<uint8_t>(c) < 0x20) return false;
      if (c == '"') {
        ++position_;
        return true;
      }
      if (c == '\\' && !escape()) return false;
    }
    return false;
  }

  // A number, true, false or null; none if it is nothing of these.
  JsonType scalar() {
    for (const std::string_view word : {"true", "false", "null"}) {
      if (text_.substr(position_, word.size()) != word) continue;
      position_ += word.size();
      return word == "null" ? JsonType::null : JsonType::boolean;
    }
    return number() ? JsonType::number : JsonType::none;
  }

 private:
  bool escape() {
    ++position_;
    const char c = peek();
    if (c != 'u')
      return c != '\0' && std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    for (int i = 0; i < 4; ++i) {
      ++position_;
      if (hex_value(peek()) < 0) return false;
    }
    return true;
  }

  bool digits() {
    const size_t start = position_;
    while (is_digit(peek())) ++position_;
    return position_ > start;
  }

  bool number() {
    if (peek() == '-') ++position_;
    if (!digits()) return false;
    if (peek() == '.') {
      ++position_;
      if (!digits()) return false;
    }
    if (peek() != 'e' && peek() != 'E') return true;
    ++position_;
    if (peek() == '+' || peek() == '-') ++position_;
    return digits();
  }

  std::string_view text_;
  size_t position_ = 0;
};

/// Walks a text from value to value with a stack of bits in place of recursion.
class Walker {
 public:
  explicit Walker(std::string_view text) : lexer_(text) {}

  bool walk() {
    lexer_.skip_spaces();
    if (lexer_.peek() != '{' && lexer_.peek() != '[') return false;
    type = lexer_.peek() == '{' ? JsonType::object : JsonType::array;
    open();
    while (depth_ > 0) {
      if (!step()) return false;
    }
    lexer_.skip_spaces();
    return lexer_.at_end();
  }

  JsonType type = JsonType::none;
  size_t size = 0;
  std::vector<JsonMember> members;

 private:
  bool in_object() const { return objects_[depth_ - 1]; }

  bool open() {
    if (depth_ == kDepth) return false;
    objects_[depth_++] = lexer_.peek() == '{';
    lexer_.skip();
    first_ = true;
    return true;
  }

  // One member or element, or the end of the innermost object or array.
  bool step() {
    lexer_.skip_spaces();
    if (lexer_.peek() == (in_object() ? '}' : ']')) return close();
    if (!first_) {
      if (lexer_.peek() != ',') return false;
      lexer_.skip();
      lexer_.skip_spaces();
    }
    first_ = false;
    std::string_view key;
    if (in_object() && !read_key(key)) return false;
    return read_value(key);
  }

  bool close() {
    lexer_.skip();
    first_ = false;
    if (--depth_ == 1) end_member();
    return true;
  }

  bool read_key(std::string_view& key) {
    const size_t start = lexer_.position() + 1;
    if (lexer_.peek() != '"' || !lexer_.string()) return false;
    key = lexer_.from(start);
    key.remove_suffix(1);
    lexer_.skip_spaces();
    if (lexer_.peek() != ':') return false;
    lexer_.skip();
    lexer_.skip_spaces();
    return true;
  }

  bool read_value(std::string_view key) {
    const bool top = depth_ == 1;
    if (top) {
      member_ = {key, JsonType::none, {}};
      member_start_ = lexer_.position();
    }
    const char c = lexer_.peek();
    if (c == '{' || c == '[') {
      if (top) member_.type = c == '{' ? JsonType::object : JsonType::array;
      return open();
    }
    const JsonType scalar = c != '"'          ? lexer_.scalar()
                            : lexer_.string() ? JsonType::string
                                              : JsonType::none;
    if (scalar == JsonType::none) return false;
    if (!top) return true;
    member_.type = scalar;
    end_member();
    return true;
  }

  void end_member() {
    ++size;
    if (members.size() == kMembers) return;
    member_.text = lexer_.from(member_start_);
    if (member_.type == JsonType::string) {
      member_.text = member_.text.substr(1, member_.text.size() - 2);
    }
    members.push_back(member_);
  }

  Lexer lexer_;
  bool objects_[kDepth] = {};
  size_t depth_ = 0;
  bool first_ = true;  // nothing was read yet of the innermost object or array
  JsonMember member_;
  size_t member_start_ = 0;
};

void append_utf8(std::string& out, uint32_t code) {
  const auto put = [&](uint32_t octet) { out += static_cast<char>(octet); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xe0 | code >> 12);
    } else {
      put(0xf0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3f));
    }
    put(0x80 | (code >> 6 & 0x3f));
  }
  put(0x80 | (code & 0x3f));
}

// The four hexadecimal digits at the front of `text`; takes them off. U+FFFD if they are none.
uint32_t take_hex(std::string_view& text) {
  uint32_t code = 0;
  for (size_t i = 0; i < 4; ++i) {
    const int digit = i < text.size() ? hex_value(text[i]) : -1;
    if (digit < 0) {
      text.remove_prefix(i);
      return 0xfffd;
    }
    code = code << 4 | static_cast<uint32_t>(digit);
  }
  text.remove_prefix(4);
  return code;
}

// Behind "\u": one code point, which may be written as two surrogates.
uint32_t take_code_point(std::string_view& text) {
  const uint32_t high = take_hex(text);
  if (high < 0xd800 || high > 0xdfff) return high;
  if (high > 0xdbff || text.substr(0, 2) != "\\u") return 0xfffd;
  text.remove_prefix(2);
  const uint32_t low = take_hex(text);
  if (low < 0xdc00 || low > 0xdfff) return 0xfffd;
  return 0x10000 + ((high & 0x3ff) << 10 | (low & 0x3ff));
}

}  // namespace

std::optional<JsonScan> JsonScan::read(std::string_view text) {
  Walker walker(text);
  if (!walker.walk()) return std::nullopt;
  JsonScan result;
  result.type_ = walker.type;
  result.size_ = walker.size;
  result.members_ = std::move(walker.members);
  return result;
}

const JsonMember* JsonScan::find(std::string_view key) const {
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const JsonMember& each) { return each.key == key; });
  return found == members_.end() ? nullptr : &*found;
}

const JsonMember* JsonScan::find(std::string_view key, JsonType type) const {
  const JsonMember* member = find(key);
  return member != nullptr && member->type == type ? member : nullptr;
}

std::string_view written(const JsonMember& member) {
  const size_t quote = member.type == JsonType::string ? 1 : 0;
  const char* const first =
      member.key.data() == nullptr ? member.text.data() - quote : member.key.data() - 1;
  const char* const last = member.text.data() + member.text.size() + quote;
  return {first, static_cast<size_t>(last - first)};
}

std::string json_unescape(std::string_view text, size_t limit) {
  std::string out;
  while (!text.empty() && out.size() < limit) {
    const size_t plain = std::min(text.find('\\'), text.size());
    out += text.substr(0, std::min(plain, limit - out.size()));
    text.remove_prefix(plain);
    if (text.size() < 2) break;
    const char c = text[1];
    text.remove_prefix(2);
    constexpr std::string_view kNames = "bfnrt";
    constexpr std::string_view kValues = "\b\f\n\r\t";
    const size_t name = kNames.find(c);
    if (c == 'u') {
      append_utf8(out, take_code_point(text));
    } else {
      out += name == std::string_view::npos ? c : kValues[name];
    }
  }
  return out;
}

}  // namespace parlance
