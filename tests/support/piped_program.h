// The built program at the end of a pipe that stays open.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/run_program.h"

namespace parlance::test {

/// Runs build/…/parlance with a pipe as its standard input and one as its standard output.
class PipedProgram {
 public:
  explicit PipedProgram(const std::vector<std::string>& arguments);
  ~PipedProgram();
  PipedProgram(const PipedProgram&) = delete;
  PipedProgram& operator=(const PipedProgram&) = delete;

  /// Writes octets into its input, which stays open.
  void give(std::string_view octets);
  /// The next line of its output; empty if none came in a time in which one must come.
  std::string line();
  /// Ends its input. The output is what no line() has given; errors are not caught.
  Ran end();

 private:
  bool read_more(int milliseconds);

  int child_ = -1, input_ = -1, output_ = -1;
  std::string read_;
};

}  // namespace parlance::test
