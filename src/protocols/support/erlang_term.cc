#include "protocols/support/erlang_term.h"

#include <bit>
#include <vector>

#include <fmt/format.h>

#include "base/byte_reader.h"

namespace parlance {
namespace {

constexpr uint8_t kVersion = 131;
constexpr size_t kDepth = 64;
constexpr uint8_t kNewFloat = 70, kSmallInteger = 97, kInteger = 98, kAtom = 100, kSmallTuple = 104,
                  kLargeTuple = 105, kNil = 106, kString = 107, kList = 108, kBinary = 109,
                  kSmallBig = 110, kSmallAtom = 115, kMap = 116, kAtomUtf8 = 118,
                  kSmallAtomUtf8 = 119;

/// Writes one term.
class TermWriter {
 public:
  TermWriter(Bytes octets, size_t limit) : reader_(octets), limit_(limit) {}

  bool write() {
    reader_.skip(1);
    do {
      if (!term() || !reader_.ok() || json_.size() > limit_) return false;
    } while (!levels_.empty());
    return reader_.at_end();
  }
  std::string take() { return std::move(json_); }

 private:
  struct Level {
    uint8_t tag;
    uint64_t left;  ///< terms to come; of a map keys and values
    bool is_map() const { return tag == kMap; }
    bool wants_key() const { return is_map() && left % 2 == 0; }
  };

  bool term() {
    const uint8_t tag = reader_.u8();
    switch (tag) {
      case kMap:
        return open(tag, 2 * uint64_t{reader_.be32()});
      case kList:
      case kLargeTuple:
        return open(tag, reader_.be32());
      case kSmallTuple:
        return open(tag, reader_.u8());
      case kNil:
        return open(kSmallTuple, 0);
      case kString:
        return numbers(reader_.bytes(reader_.be16()));
      case kSmallInteger:
        return scalar(std::to_string(reader_.u8()));
      case kInteger:
        return scalar(std::to_string(static_cast<int32_t>(reader_.be32())));
      case kSmallBig:
        return big();
      case kNewFloat:
        return scalar(fmt::format("{}", std::bit_cast<double>(reader_.be64())));
      case kBinary:
        return text(reader_.bytes(reader_.be32()));
      case kAtom:
      case kAtomUtf8:
        return atom(reader_.bytes(reader_.be16()));
      case kSmallAtom:
      case kSmallAtomUtf8:
        return atom(reader_.bytes(reader_.u8()));
      default:
        return false;
    }
  }

  /// Each term has an octet at least, so a count beyond what is left is no count.
  bool open(uint8_t tag, uint64_t terms) {
    const bool fits = levels_.size() < kDepth && terms <= reader_.remaining();
    if (!fits || (!levels_.empty() && levels_.back().wants_key())) return false;
    json_ += tag == kMap ? '{' : '[';
    levels_.push_back({tag, terms});
    return terms > 0 || close();
  }
  /// Ends what has had all its terms, and whatever ends with it.
  bool close() {
    while (!levels_.empty() && levels_.back().left == 0) {
      const Level level = levels_.back();
      levels_.pop_back();
      if (level.tag == kList && reader_.u8() != kNil) return false;  // no improper lists in JSON
      json_ += level.is_map() ? '}' : ']';
      count();
    }
    return true;
  }
  /// A term was written.
  void count() {
    if (levels_.empty() || --levels_.back().left == 0) return;
    const Level& level = levels_.back();
    json_ += level.is_map() && !level.wants_key() ? ':' : ',';
  }
  bool ended() {
    count();
    return close();
  }

  bool scalar(const std::string& written) {
    const bool key = !levels_.empty() && levels_.back().wants_key();
    json_ += key ? '"' + written + '"' : written;
    return ended();
  }
  bool big() {
    const size_t size = reader_.u8();
    const bool negative = reader_.u8() != 0;
    const Bytes digits = reader_.bytes(size);
    if (size > sizeof(uint64_t)) return false;
    uint64_t value = 0;
    for (size_t i = 0; i < digits.size(); ++i) value |= uint64_t{digits[i]} << (8 * i);
    return scalar((negative ? "-" : "") + std::to_string(value));
  }
  bool numbers(Bytes list) {
    if (!levels_.empty() && levels_.back().wants_key()) return false;
    json_ += '[';
    for (size_t i = 0; i < list.size(); ++i) {
      if (i > 0) json_ += ',';
      json_ += std::to_string(list[i]);
    }
    json_ += ']';
    return ended();
  }
  bool text(Bytes characters) {
    json_ += '"';
    for (const uint8_t each : characters) {
      if (each < 0x20) {
        json_ += fmt::format("\\u{:04x}", each);
        continue;
      }
      if (each == '"' || each == '\\') json_ += '\\';
      json_ += static_cast<char>(each);
    }
    json_ += '"';
    return ended();
  }
  bool atom(Bytes name) {
    const std::string_view characters = as_text(name);
    if (characters == "nil" || characters == "null") return scalar("null");
    if (characters == "true" || characters == "false") return scalar(std::string(characters));
    return text(name);
  }

  ByteReader reader_;
  size_t limit_;
  std::string json_;
  std::vector<Level> levels_;
};

}  // namespace

bool begins_as_erlang_term(Bytes octets) {
  return octets.size() >= 2 && octets[0] == kVersion && (octets[1] == kMap || octets[1] == kList);
}

std::optional<std::string> erlang_term_as_json(Bytes octets, size_t limit) {
  TermWriter writer(octets, limit);
  if (!begins_as_erlang_term(octets) || !writer.write()) return std::nullopt;
  return writer.take();
}

}  // namespace parlance
