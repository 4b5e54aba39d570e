#include "report/output.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace parlance::report {
namespace {

constexpr mode_t kReadableByAll = 0644;  // less the umask

int open_new(const std::string& file) {
  return ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kReadableByAll);
}

Failure cannot(const std::string& name, const char* act, int error) {
  const char* advice = error == ENOSPC ? "make room and run again" : "";
  return failure(name, std::string("cannot be ") + act + ": " + std::strerror(error), advice);
}

}  // namespace

Result<Output> Output::open(const std::string& file) {
  if (file.empty() || file == "-") return Output(STDOUT_FILENO, "standard output", false);
  const int descriptor = open_new(file);
  if (descriptor < 0) return cannot(file, "opened for writing", errno);
  return Output(descriptor, file, true);
}

Output Output::to_descriptor(int descriptor, std::string name) {
  return Output(descriptor, std::move(name), false);
}

Output::Output(Output&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      name_(std::move(other.name_)),
      owned_(std::exchange(other.owned_, false)),
      closed_(other.closed()),
      error_(other.error_),
      buffer_(std::move(other.buffer_)) {
  other.buffer_.clear();
}

Output& Output::operator=(Output&& other) noexcept {
  if (this == &other) return *this;
  drain();
  close_owned();
  descriptor_ = std::exchange(other.descriptor_, -1);
  name_ = std::move(other.name_);
  owned_ = std::exchange(other.owned_, false);
  closed_ = other.closed();
  error_ = other.error_;
  buffer_ = std::move(other.buffer_);
  other.buffer_.clear();
  return *this;
}

Output::~Output() {
  drain();
  close_owned();
}

void Output::drain() {
  std::string_view rest = buffer_.view();
  while (!rest.empty() && !closed_ && error_ == 0) {
    const ssize_t count = ::write(descriptor_, rest.data(), rest.size());
    if (count >= 0) {
      rest.remove_prefix(static_cast<size_t>(count));
    } else if (errno == EPIPE) {
      closed_ = true;
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

void Output::close_owned() {
  // A full disk may show only here (NFS, quotas).
  if (owned_ && ::close(descriptor_) != 0 && error_ == 0) error_ = errno;
  owned_ = false;
}

Result<void> Output::good() const {
  if (error_ != 0) return cannot(name_, "written", error_);
  return {};
}

Result<void> Output::flush() {
  drain();
  return good();
}

Result<void> Output::reopen() {
  if (!owned_) return {};
  if (auto flushed = flush(); !flushed) return flushed;
  const int descriptor = open_new(name_);
  if (descriptor < 0) return cannot(name_, "opened again for writing", errno);
  close_owned();
  descriptor_ = descriptor;
  owned_ = true;
  return good();
}

}  // namespace parlance::report
