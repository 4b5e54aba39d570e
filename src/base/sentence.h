// A sentence for a person: a literal where one does, a string where something was put in.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace parlance {

/// Most sentences are literals, and are never copied.
class Sentence {
 public:
  Sentence() = default;
  /// A literal.
  Sentence(const char* literal) : lasting_(literal) {}
  /// A string, owned from now on.
  Sentence(std::string owned) : owned_(std::move(owned)) {}
  /// `text` lives at least as long as the sentence and all copies of it.
  static Sentence lasting(std::string_view text) {
    Sentence made;
    made.lasting_ = text;
    return made;
  }

  std::string_view view() const { return owned_.empty() ? lasting_ : owned_; }
  operator std::string_view() const { return view(); }
  bool empty() const { return view().empty(); }
  friend bool operator==(const Sentence& a, const Sentence& b) { return a.view() == b.view(); }
  friend bool operator==(const Sentence& a, std::string_view b) { return a.view() == b; }
  friend bool operator==(const Sentence& a, const char* b) { return a.view() == b; }

 private:
  std::string_view lasting_;
  std::string owned_;
};

}  // namespace parlance
