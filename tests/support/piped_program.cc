#include "support/piped_program.h"

#include <array>
#include <csignal>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/checkout.h"

namespace parlance::test {
namespace {

constexpr int kWaitMilliseconds = 20'000;  // the first start may have to compile signatures

}  // namespace

PipedProgram::PipedProgram(const std::vector<std::string>& arguments) {
  std::vector<char*> argv = {const_cast<char*>(program_path())};
  for (const std::string& each : arguments) argv.push_back(const_cast<char*>(each.c_str()));
  argv.push_back(nullptr);
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) return;
  child_ = fork();
  if (child_ == 0) {
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    execv(program_path(), argv.data());
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  input_ = in[1];
  output_ = out[0];
}

PipedProgram::~PipedProgram() {
  if (child_ > 0) {
    kill(child_, SIGKILL);
    end();
  }
  close(output_);
}

void PipedProgram::give(std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t count = write(input_, octets.data(), octets.size());
    ASSERT_GT(count, 0) << "it reads no more";
    octets.remove_prefix(static_cast<size_t>(count));
  }
}

bool PipedProgram::read_more(int milliseconds) {
  pollfd waited{output_, POLLIN, 0};
  if (poll(&waited, 1, milliseconds) <= 0) return false;
  std::array<char, 4096> room;
  const ssize_t count = read(output_, room.data(), room.size());
  if (count <= 0) return false;
  read_.append(room.data(), static_cast<size_t>(count));
  return true;
}

std::string PipedProgram::line() {
  size_t end = 0;
  while ((end = read_.find('\n')) == std::string::npos) {
    if (!read_more(kWaitMilliseconds)) return {};
  }
  std::string line = read_.substr(0, end);
  read_.erase(0, end + 1);
  return line;
}

Ran PipedProgram::end() {
  close(input_);
  while (read_more(kWaitMilliseconds)) continue;
  int status = 0;
  waitpid(child_, &status, 0);
  child_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), std::move(read_), {}};
}

}  // namespace parlance::test
