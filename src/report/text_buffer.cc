#include "report/text_buffer.h"

#include <algorithm>

namespace parlance::report {

void TextBuffer::grow(size_t count) {
  constexpr size_t kFirst = 4096;
  const size_t capacity = std::max({kFirst, 2 * capacity_, size_ + count});
  std::unique_ptr<char[]> larger(new char[capacity]);  // not set to zero
  if (size_ > 0) std::memcpy(larger.get(), memory_.get(), size_);
  memory_ = std::move(larger);
  capacity_ = capacity;
}

}  // namespace parlance::report
