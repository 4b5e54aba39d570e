// A short text that lives where it stands, without memory of its own.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace parlance {

/// At most `kMost` characters; what is longer is cut.
template <size_t kMost>
class ShortText {
 public:
  ShortText() = default;
  ShortText(std::string_view text) : length_(static_cast<uint8_t>(std::min(text.size(), kMost))) {
    static_assert(kMost <= UINT8_MAX);
    std::copy_n(text.begin(), length_, characters_.begin());
  }
  ShortText(const char* text) : ShortText(std::string_view(text)) {}

  std::string_view view() const { return {characters_.data(), length_}; }
  operator std::string_view() const { return view(); }
  bool empty() const { return length_ == 0; }
  friend bool operator==(const ShortText& a, const ShortText& b) { return a.view() == b.view(); }
  friend bool operator==(const ShortText& a, std::string_view b) { return a.view() == b; }
  friend bool operator==(const ShortText& a, const char* b) { return a.view() == b; }

 private:
  std::array<char, kMost> characters_;  // the first `length_` are set
  uint8_t length_ = 0;
};

}  // namespace parlance
