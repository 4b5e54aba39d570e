// How much a match of a regular expression says at least.
#include <algorithm>
#include <bitset>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signatures/expression.h"

namespace parlance {
namespace {

constexpr double kOctet = 8;
using Octets = std::bitset<256>;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void mark(Octets& octets, int first, int last) {
  for (int i = std::max(first, 0); i <= std::min(last, 255); ++i)
    octets.set(static_cast<size_t>(i));
}

/// The octets of a class escape (\d, \W …); nothing if the letter names none.
std::optional<Octets> named_class(char letter) {
  Octets octets;
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

/// Walks an expression once, with a stack instead of recursion. It understands what signatures use
/// (literals, classes, groups, alternatives, repetition) and counts what it does not as nothing.
class BitCounter {
 public:
  BitCounter(std::string_view text, bool ignore_case)
      : text_(text), ignore_case_(ignore_case || sets_flags()) {}

  double count() {
    groups_.push_back({});
    while (at_ < text_.size()) step();
    while (groups_.size() > 1) close_group();
    return is_extended_ ? 0 : groups_[0].least();
  }

 private:
  struct Group {
    double branch = 0;               ///< of the branch being read
    double least_before = INFINITY;  ///< of the branches before it
    bool counts = true;              ///< not a look-around, a comment or a condition
    double least() const { return counts ? std::min(branch, least_before) : 0; }
  };

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
        groups_.back().least_before = std::min(groups_.back().branch, groups_.back().least_before);
        groups_.back().branch = 0;
        break;
      case '[':
        add(class_bits());
        break;
      case '.':
        add(0);
        break;
      case '^':
      case '$':
        break;
      case '\\':
        escape();
        break;
      default:
        add(literal_bits(c));
        break;
    }
  }

  /// Behind '('. Of `(?i)` and `(?:` only the marks are passed over.
  void open_group() {
    Group group;
    if (next_is('*')) group.counts = false;  // (*UTF8)
    if (next_is('?')) {
      ++at_;
      while (at_ < text_.size() && (is_letter(text_[at_]) || text_[at_] == '-')) {
        is_extended_ = is_extended_ || text_[at_] == 'x';
        ++at_;
      }
      if (next_is(':') || next_is('>')) {
        ++at_;
      } else if (next_is('<') && at_ + 1 < text_.size() && is_letter(text_[at_ + 1])) {
        at_ = std::min(text_.find('>', at_), text_.size() - 1) + 1;  // a name
      } else if (!next_is(')')) {
        group.counts = false;
      }
    }
    groups_.push_back(group);
  }

  void close_group() {
    if (groups_.size() < 2) return;
    const double bits = groups_.back().least();
    groups_.pop_back();
    add(bits);
  }

  /// Adds an atom, as often as the repetition behind it asks for at least.
  void add(double bits) { groups_.back().branch += bits * least_repetition(); }

  double least_repetition() {
    double least = 1;
    if (next_is('*') || next_is('?')) {
      least = 0;
      ++at_;
    } else if (next_is('+')) {
      ++at_;
    } else if (const size_t end = end_of_braces(); end != 0) {
      least = std::atof(std::string(text_.substr(at_ + 1, 8)).c_str());
      at_ = end;
    } else {
      return 1;
    }
    if (next_is('?') || next_is('+')) ++at_;  // lazy, possessive
    return least;
  }

  /// One past `{n}`, `{n,}` or `{n,m}` that begins here; 0 if none does: then a brace is a brace.
  size_t end_of_braces() const {
    if (!next_is('{')) return 0;
    size_t i = at_ + 1;
    if (i >= text_.size() || !is_digit(text_[i])) return 0;
    while (i < text_.size() && (is_digit(text_[i]) || text_[i] == ',')) ++i;
    return i < text_.size() && text_[i] == '}' ? i + 1 : 0;
  }

  double literal_bits(char c) const { return ignore_case_ && is_letter(c) ? kOctet - 1 : kOctet; }

  static double bits_of(const Octets& octets) {
    const auto size = static_cast<double>(octets.count());
    return size == 0 ? 0 : kOctet - std::log2(size);
  }

  /// Behind a backslash, outside of a class.
  void escape() {
    if (at_ >= text_.size()) return;
    const char c = text_[at_];
    if (c == 'Q') return quoted();
    if (const auto octets = named_class(c)) {
      ++at_;
      return add(bits_of(*octets));
    }
    if (std::string_view("bBAzZGEK").find(c) != std::string_view::npos) {
      ++at_;
      return;  // these take no octet
    }
    if (c == 'p' || c == 'P') return property();
    const int octet = escaped_octet();
    add(octet < 0 ? 0 : literal_bits(static_cast<char>(octet)));
  }

  /// \pL, \p{Lu}: might be anything.
  void property() {
    at_ = std::min(at_ + 1, text_.size());
    at_ = next_is('{') ? std::min(text_.find('}', at_), text_.size() - 1) + 1
                       : std::min(at_ + 1, text_.size());
    add(0);
  }

  /// \Q…\E: each octet stands for itself.
  void quoted() {
    ++at_;
    while (at_ < text_.size() && !text_.substr(at_).starts_with("\\E")) {
      groups_.back().branch += literal_bits(text_[at_++]);
    }
    at_ = std::min(at_ + 2, text_.size());
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
    if (is_digit(c)) {
      while (at_ < text_.size() && is_digit(text_[at_])) ++at_;  // octal, or a back-reference
      return -1;
    }
    return is_letter(c) ? -1 : static_cast<uint8_t>(c);
  }

  int hexadecimal() {
    if (next_is('{')) {
      at_ = std::min(text_.find('}', at_), text_.size() - 1) + 1;
      return -1;
    }
    size_t end = at_;
    while (end < text_.size() && end < at_ + 2 &&
           (is_digit(text_[end]) || (is_letter(text_[end]) && (text_[end] | 0x20) <= 'f'))) {
      ++end;
    }
    const std::string digits(text_.substr(at_, end - at_));
    at_ = end;
    return static_cast<int>(std::strtol(digits.c_str(), nullptr, 16));
  }

  /// One member of a class: an octet, or a set that was marked (then -1).
  int class_octet(Octets& members) {
    const char c = text_[at_++];
    if (c == '[' && next_is(':')) {  // [:alpha:] might be anything
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
    if (octet < 0) members.set();
    return octet;
  }

  double class_bits() {
    Octets members;
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
    return bits_of(negated ? ~members : members);
  }

  static void add_other_case(Octets& members) {
    for (size_t lower = 'a'; lower <= 'z'; ++lower) {
      const size_t upper = lower - 'a' + 'A';
      const bool either = members[lower] || members[upper];
      members[lower] = either;
      members[upper] = either;
    }
  }

  std::string_view text_;
  bool ignore_case_;
  bool is_extended_ = false;  ///< (?x): blanks and comments may stand between atoms
  size_t at_ = 0;
  std::vector<Group> groups_;
};

}  // namespace

double fixed_bits_of(std::string_view expression, bool ignore_case) {
  return BitCounter(expression, ignore_case).count();
}

}  // namespace parlance
