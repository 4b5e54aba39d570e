// How much a match of a regular expression says at least.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "signatures/loader.h"

namespace parlance {
namespace {

constexpr double kOctet = 8;

/// Walks an expression once, with a stack instead of recursion. It understands what signatures use
/// (literals, classes, groups, alternatives, repetition) and counts what it does not as nothing.
class BitCounter {
 public:
  BitCounter(std::string_view text, bool ignore_case) : text_(text), ignore_case_(ignore_case) {}

  double count() {
    groups_.push_back({});
    while (at_ < text_.size()) step();
    while (groups_.size() > 1) close_group();
    return groups_[0].least();
  }

 private:
  struct Group {
    double branch = 0;                ///< of the branch being read
    double least_before = INFINITY;   ///< of the branches before it
    double least() const { return std::min(branch, least_before); }
  };

  void step() {
    const char c = text_[at_++];
    switch (c) {
      case '(': open_group(); break;
      case ')': close_group(); break;
      case '|':
        groups_.back().least_before = groups_.back().least();
        groups_.back().branch = 0;
        break;
      case '[': add(class_bits()); break;
      case '.': add(0); break;
      case '^': case '$': break;
      case '\\': add(escape_bits()); break;
      default: add(literal_bits(c)); break;
    }
  }

  void open_group() {
    if (at_ < text_.size() && text_[at_] == '?') {
      at_ = std::min(text_.find(':', at_), text_.size() - 1) + 1;  // (?: and (?i:
    }
    groups_.push_back({});
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
    if (at_ >= text_.size()) return 1;
    const char c = text_[at_];
    double least = 1;
    if (c == '*' || c == '?') {
      least = 0;
      ++at_;
    } else if (c == '+') {
      ++at_;
    } else if (c == '{') {
      least = std::atof(std::string(text_.substr(at_ + 1, 8)).c_str());
      at_ = std::min(text_.find('}', at_), text_.size() - 1) + 1;
    } else {
      return 1;
    }
    if (at_ < text_.size() && (text_[at_] == '?' || text_[at_] == '+')) ++at_;  // lazy, possessive
    return least;
  }

  double literal_bits(char c) const {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return ignore_case_ && letter ? kOctet - 1 : kOctet;
  }

  double escape_bits() {
    if (at_ >= text_.size()) return 0;
    const char c = text_[at_++];
    switch (c) {
      case 'x': at_ = std::min(at_ + 2, text_.size()); return kOctet;
      case 'd': return kOctet - std::log2(10);
      case 's': return kOctet - std::log2(6);
      case 'w': return kOctet - std::log2(63);
      case 'D': case 'S': case 'W': case 'b': case 'B': case 'A': case 'z': case 'Z': return 0;
      default: return kOctet;
    }
  }

  /// One octet of a class; at_ moves past it. -1 for a class escape such as \d.
  int class_octet() {
    char c = text_[at_++];
    if (c != '\\' || at_ >= text_.size()) return static_cast<uint8_t>(c);
    c = text_[at_++];
    if (c == 'x') {
      const std::string digits(text_.substr(at_, 2));
      at_ = std::min(at_ + 2, text_.size());
      return static_cast<int>(std::strtol(digits.c_str(), nullptr, 16));
    }
    switch (c) {
      case 'n': return '\n';
      case 'r': return '\r';
      case 't': return '\t';
      case 'd': mark('0', '9'); return -1;
      case 's': for (const char blank : {' ', '\t', '\n', '\v', '\f', '\r'}) mark(blank, blank); return -1;
      case 'w': mark('0', '9'); mark('a', 'z'); mark('A', 'Z'); mark('_', '_'); return -1;
      default: return static_cast<uint8_t>(c);
    }
  }

  void mark(int first, int last) {
    for (int i = std::max(first, 0); i <= std::min(last, 255); ++i) {
      members_[static_cast<size_t>(i)] = true;
    }
  }

  double class_bits() {
    members_.assign(256, false);
    const bool negated = at_ < text_.size() && text_[at_] == '^';
    if (negated) ++at_;
    for (bool first = true; at_ < text_.size() && (first || text_[at_] != ']'); first = false) {
      const int low = class_octet();
      const bool range = at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']';
      if (!range) {
        if (low >= 0) mark(low, low);
        continue;
      }
      ++at_;
      mark(low, class_octet());
    }
    at_ = std::min(at_ + 1, text_.size());
    const auto size = std::count(members_.begin(), members_.end(), !negated);
    return size == 0 ? 0 : kOctet - std::log2(static_cast<double>(size));
  }

  std::string_view text_;
  bool ignore_case_;
  size_t at_ = 0;
  std::vector<Group> groups_;
  std::vector<bool> members_;
};

}  // namespace

double fixed_bits_of(std::string_view expression, bool ignore_case) {
  return BitCounter(expression, ignore_case).count();
}

}  // namespace parlance
