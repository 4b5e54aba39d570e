// Walks a regular expression once and tells a visitor of its atoms, groups and repetitions.
#pragma once

#include <bitset>
#include <string_view>

namespace parlance {

/// A set of octets: those that an atom matches.
using OctetSet = std::bitset<256>;

/// How often an atom or a group may stand.
struct Repetition {
  static constexpr unsigned kNoEnd = ~0u;
  unsigned least = 1;
  unsigned most = 1;
  bool once() const { return least == 1 && most == 1; }
};

/// Told what an expression is made of, from left to right.
class ExpressionVisitor {
 public:
  virtual ~ExpressionVisitor() = default;
  /// A group begins. `plain` is false of look-arounds and conditions.
  virtual void open_group(bool plain) = 0;
  /// '|': the group's next branch begins.
  virtual void next_branch() = 0;
  virtual void close_group(const Repetition& repetition) = 0;
  /// What takes no octet: '^', '$', or the letter of \b and its like.
  virtual void assertion(char) {}
  /// One octet out of a set. What the walker does not understand is any octet.
  virtual void atom(const OctetSet& octets, const Repetition& repetition) = 0;
};

/// Shows the expression to the visitor. It understands what signatures use (literals, classes, groups,
/// alternatives, repetition). False if it is written in a way whose parts may mean something else ((?x), \cA,
/// [:alpha:]).
bool walk_expression(std::string_view expression, bool ignore_case, ExpressionVisitor& visitor);

}  // namespace parlance
