// Text on its way to an output: appended to without asking for memory each time.
#pragma once

#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace parlance::report {

/// Grows by doubling and never shrinks. Who writes much asks for room() once, writes behind end() and
/// says with set_end() how far it came.
class TextBuffer {
 public:
  TextBuffer() = default;
  TextBuffer(TextBuffer&& other) noexcept { swap(other); }
  TextBuffer& operator=(TextBuffer&& other) noexcept {
    swap(other);
    return *this;
  }

  std::string_view view() const { return {memory_.get(), size_}; }
  size_t size() const { return size_; }
  void clear() { size_ = 0; }

  /// Makes room for `count` characters more. Moves what is there: pointers do not last.
  char* room(size_t count) {
    if (capacity_ - size_ < count) grow(count);
    return memory_.get() + size_;
  }
  void set_end(const char* end) { size_ = static_cast<size_t>(end - memory_.get()); }
  char* end() { return memory_.get() + size_; }
  char* limit() { return memory_.get() + capacity_; }

  void append(std::string_view text) {
    char* const at = room(text.size());
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    size_ += text.size();
  }

 private:
  void grow(size_t count);
  void swap(TextBuffer& other) {
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  std::unique_ptr<char[]> memory_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace parlance::report
