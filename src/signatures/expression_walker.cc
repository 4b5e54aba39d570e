#include "signatures/expression_walker.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "base/hex_digit.h"

namespace parlance {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void mark(OctetSet& octets, int first, int last) {
  for (int i = std::max(first, 0); i <= std::min(last, 255); ++i)
    octets.set(static_cast<size_t>(i));
}

/// The octets of a class escape (\d, \W …); nothing if the letter names none.
std::optional<OctetSet> named_class(char letter) {
  OctetSet octets;
  switch (letter) {
    case 'd':
    case 'D':
      mark(octets, '0', '9');
      break;
    case 's':
    case 'S':
      for (const char blank : {' ', '\t', '\n', '\v', '\f', '\r'}) mark(octets, blank, blank);
      break;
    case 'w':
    case 'W':
      mark(octets, '0', '9');
      mark(octets, 'a', 'z');
      mark(octets, 'A', 'Z');
      mark(octets, '_', '_');
      break;
    case 'h':
    case 'H':
      for (const int blank : {0x20, 0x09, 0xa0}) mark(octets, blank, blank);
      break;
    case 'v':
    case 'V':
      mark(octets, '\n', '\r');
      mark(octets, 0x85, 0x85);
      break;
    default:
      return std::nullopt;
  }
  return is_letter(letter) && letter < 'a' ? ~octets : octets;
}

OctetSet any_octet() {
  return OctetSet().set();
}

/// Needs no stack: the visitor keeps one if it wants.
class Walker {
 public:
  Walker(std::string_view text, bool ignore_case, ExpressionVisitor& visitor)
      : text_(text), ignore_case_(ignore_case || sets_flags()), visitor_(visitor) {}

  bool walk() {
    while (at_ < text_.size()) step();
    for (; depth_ > 0; --depth_) visitor_.close_group({});
    return is_understood_;
  }

 private:

  /// True if a group sets flags, such as (?i): then letters are taken to be of either case.
  bool sets_flags() const {
    for (size_t i = text_.find("(?"); i != std::string_view::npos; i = text_.find("(?", i + 1)) {
      if (i + 2 < text_.size() && (is_letter(text_[i + 2]) || text_[i + 2] == '-')) return true;
    }
    return false;
  }

  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }

  void step() {
    const char c = text_[at_++];
    switch (c) {
      case '(':
        open_group();
        break;
      case ')':
        close_group();
        break;
      case '|':
        visitor_.next_branch();
        break;
      case '[':
        {
          const OctetSet members = class_members();
          visitor_.atom(members, repetition());
        }
        break;
      case '.':
        visitor_.atom(any_octet(), repetition());
        break;
      case '^':
      case '$':
        visitor_.assertion(c);
        break;
      case '\\':
        escape();
        break;
      case '*':
      case '+':
      case '?':
        is_understood_ = false;  // it repeats what stands before something that takes no octet: a\E+
        break;
      default:
        --at_;
        if (end_of_braces() != 0) is_understood_ = false;  // likewise
        ++at_;
        literal(c);
        break;
    }
  }

  /// Behind '('. Of `(?i)` and `(?:` only the marks are passed over.
  void open_group() {
    bool plain = !next_is('*');  // (*UTF8)
    if (next_is('?')) {
      ++at_;
      if (next_is('#')) {  // a comment
        at_ = std::min(text_.find(')', at_), text_.size() - 1) + 1;
        return;
      }
      while (at_ < text_.size() && (is_letter(text_[at_]) || text_[at_] == '-')) {
        if (text_[at_] == 'x') is_understood_ = false;
        ++at_;
      }
      if (next_is(':') || next_is('>')) {
        ++at_;
      } else if (next_is('<') && at_ + 1 < text_.size() && is_letter(text_[at_ + 1])) {
        at_ = std::min(text_.find('>', at_), text_.size() - 1) + 1;  // a name
      } else if (!next_is(')')) {
        plain = false;
      }
    }
    ++depth_;
    visitor_.open_group(plain);
  }

  void close_group() {
    if (depth_ == 0) return;
    --depth_;
    visitor_.close_group(repetition());
  }

  /// The repetition that stands here, if one does.
  Repetition repetition() {
    Repetition found;
    if (next_is('*') || next_is('+')) {
      found = {next_is('+') ? 1u : 0u, Repetition::kNoEnd};
      ++at_;
    } else if (next_is('?')) {
      found.least = 0;
      ++at_;
    } else if (const size_t end = end_of_braces(); end != 0) {
      found = in_braces(text_.substr(at_ + 1, end - at_ - 2));
      at_ = end;
    } else {
      return found;
    }
    if (next_is('?') || next_is('+')) ++at_;  // lazy, possessive
    return found;
  }

  /// "n", "n," or "n,m".
  static Repetition in_braces(std::string_view text) {
    const auto number = [](std::string_view digits) {
      return static_cast<unsigned>(std::atol(std::string(digits.substr(0, 8)).c_str()));
    };
    const size_t comma = text.find(',');
    if (comma == std::string_view::npos) return {number(text), number(text)};
    const std::string_view most = text.substr(comma + 1);
    return {number(text.substr(0, comma)), most.empty() ? Repetition::kNoEnd : number(most)};
  }

  /// One past `{n}`, `{n,}` or `{n,m}` that begins here; 0 if none does: then a brace is a brace.
  size_t end_of_braces() const {
    if (!next_is('{')) return 0;
    size_t i = at_ + 1;
    if (i >= text_.size() || !is_digit(text_[i])) return 0;
    for (size_t commas = 0; i < text_.size() && (is_digit(text_[i]) || text_[i] == ','); ++i) {
      if (text_[i] == ',' && ++commas > 1) return 0;
    }
    return i < text_.size() && text_[i] == '}' ? i + 1 : 0;
  }

  void literal(char c) {
    OctetSet octets;
    octets.set(static_cast<uint8_t>(c));
    if (ignore_case_) add_other_case(octets);
    visitor_.atom(octets, repetition());
  }

  /// Behind a backslash, outside of a class.
  void escape() {
    if (at_ >= text_.size()) return;
    const char c = text_[at_];
    if (c == 'Q') return quoted();
    if (const auto octets = named_class(c)) {
      ++at_;
      return visitor_.atom(*octets, repetition());
    }
    if (std::string_view("bBAzZGEK").find(c) != std::string_view::npos) {
      ++at_;
      return visitor_.assertion(c);
    }
    if (c == 'p' || c == 'P') return property();
    const int octet = escaped_octet();
    if (octet >= 0) return literal(static_cast<char>(octet));
    visitor_.atom(any_octet(), repetition());
  }

  /// \pL, \p{Lu}: might be anything.
  void property() {
    at_ = std::min(at_ + 1, text_.size());
    at_ = next_is('{') ? std::min(text_.find('}', at_), text_.size() - 1) + 1
                       : std::min(at_ + 1, text_.size());
    visitor_.atom(any_octet(), repetition());
  }

  /// \Q…\E: each octet stands for itself.
  void quoted() {
    size_t from = at_ + 1;
    const size_t end = std::min(text_.find("\\E", from), text_.size());
    for (at_ = end; from + 1 < end; ++from) quoted_literal(text_[from]);
    at_ = std::min(at_ + 2, text_.size());  // what stands behind \E repeats the last of them
    if (from < end) literal(text_[from]);
  }
  void quoted_literal(char c) {
    const size_t behind = std::exchange(at_, text_.size());
    literal(c);
    at_ = behind;
  }

  /// The octet that an escape stands for; at_ moves past it. -1 if it is none that is known.
  int escaped_octet() {
    const char c = text_[at_++];
    switch (c) {
      case 'x':
        return hexadecimal();
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'f':
        return '\f';
      case 'a':
        return '\a';
      case 'e':
        return 0x1b;
      default:
        break;
    }
    if (!is_digit(c) && !is_letter(c)) return static_cast<uint8_t>(c);
    is_understood_ = false;  // octal, a back-reference, \cA, \o{101}: it may take more characters
    return -1;
  }

  int hexadecimal() {
    if (next_is('{')) {
      at_ = std::min(text_.find('}', at_), text_.size() - 1) + 1;
      return -1;
    }
    int value = 0;
    for (size_t digits = 0; digits < 2 && at_ < text_.size(); ++digits, ++at_) {
      const int digit = hex_value(text_[at_]);
      if (digit < 0) break;
      value = value * 16 + digit;
    }
    return value;
  }

  /// One member of a class: an octet, or a set that was marked (then -1).
  int class_octet(OctetSet& members) {
    const char c = text_[at_++];
    if (c == '[' && next_is(':')) {  // [:alpha:] might be anything, and [[:] is none
      is_understood_ = false;
      at_ = std::min(text_.find(":]", at_), text_.size() - 2) + 2;
      members.set();
      return -1;
    }
    if (c != '\\' || at_ >= text_.size()) return static_cast<uint8_t>(c);
    if (const auto octets = named_class(text_[at_])) {
      ++at_;
      members |= *octets;
      return -1;
    }
    if (next_is('b')) {
      ++at_;
      return '\b';
    }
    const int octet = escaped_octet();
    if (octet < 0) is_understood_ = false;  // [^\x{41}] may be anything but one octet, or nearly nothing
    return octet;
  }

  OctetSet class_members() {
    OctetSet members;
    const bool negated = next_is('^');
    if (negated) ++at_;
    for (bool first = true; at_ < text_.size() && (first || text_[at_] != ']'); first = false) {
      const int low = class_octet(members);
      const bool range =
          low >= 0 && at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']';
      if (range) ++at_;
      const int high = range ? class_octet(members) : low;
      mark(members, low, high);
      if (low >= 0) members.set(static_cast<size_t>(low));
    }
    at_ = std::min(at_ + 1, text_.size());
    // Too large a set says too little, which is safe; a negated one is safe if it is too small.
    if (ignore_case_ && !negated) add_other_case(members);
    return negated ? ~members : members;
  }

  static void add_other_case(OctetSet& members) {
    for (size_t lower = 'a'; lower <= 'z'; ++lower) {
      const size_t upper = lower - 'a' + 'A';
      const bool either = members[lower] || members[upper];
      members[lower] = either;
      members[upper] = either;
    }
  }

  std::string_view text_;
  bool ignore_case_;
  ExpressionVisitor& visitor_;
  bool is_understood_ = true;  ///< false of (?x), where blanks are none, and of rare escapes
  size_t at_ = 0;
  size_t depth_ = 0;  ///< groups that are open
};

}  // namespace

bool walk_expression(std::string_view expression, bool ignore_case, ExpressionVisitor& visitor) {
  return Walker(expression, ignore_case, visitor).walk();
}

}  // namespace parlance
