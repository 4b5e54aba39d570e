// Runs the built program, for tests of what a user sees.
#pragma once

#include <string>
#include <vector>

#include "support/checkout.h"

namespace parlance::test {

struct Ran {
  int status = -1;     ///< exit status; 128 + N if signal N ended it
  std::string output;  ///< standard output
  std::string errors;  ///< standard error
  size_t peak_octets = 0;  ///< of memory; not less than this process held when the program was started
};

/// Runs build/…/parlance with these arguments and `input` as standard input; no shell is involved.
Ran run_parlance(const std::vector<std::string>& arguments, const std::string& input = {});

/// A fresh path for a file of this test; the file is removed when the test program ends.
std::string scratch_file(const std::string& name);

}  // namespace parlance::test
