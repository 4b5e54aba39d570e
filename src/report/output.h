// Where records go: a file or standard output, with errors that are not lost.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "report/text_buffer.h"

namespace parlance::report {

/// A buffered file descriptor. Errors are remembered and returned by flush() and good(), so that a
/// reporter may write a whole record and ask once.
///
/// A reader that went away (EPIPE) is no error: closed() becomes true, further text is dropped, and
/// the program is to end quietly. SIGPIPE must be ignored for that (main does).
class Output {
 public:
  /// Opens `file` for writing (it is made anew); empty or "-" means standard output.
  static Result<Output> open(const std::string& file);
  /// Writes to a descriptor that the caller keeps open. For tests, and for standard error.
  static Output to_descriptor(int descriptor, std::string name);

  Output(Output&&) noexcept;
  Output& operator=(Output&&) noexcept;
  ~Output();

  /// Appends to the buffer; writes it out when it is large.
  void write(std::string_view text) {
    buffer_.append(text);
    if (buffer_.size() >= kBufferOctets) drain();
  }
  /// The buffer, to be appended to in place; call written() after.
  TextBuffer& buffer() { return buffer_; }
  void written() {
    if (buffer_.size() >= kBufferOctets) drain();
  }
  /// Writes out everything. The first error there was, if any.
  Result<void> flush();
  /// The first error there was, without writing anything.
  Result<void> good() const;
  /// True once the reader of a pipe has gone. May be asked from any thread.
  bool closed() const { return closed_.load(std::memory_order_relaxed); }
  /// Opens the file again under its name (after log rotation). Nothing for standard output.
  Result<void> reopen();

 private:
  static constexpr size_t kBufferOctets = 256 * kKibi;
  Output(int descriptor, std::string name, bool owned)
      : descriptor_(descriptor), name_(std::move(name)), owned_(owned) {}
  void drain();
  void close_owned();

  int descriptor_ = -1;
  std::string name_;
  bool owned_ = false;
  std::atomic<bool> closed_ = false;
  int error_ = 0;
  TextBuffer buffer_;
};

}  // namespace parlance::report
