// Files and interfaces, one after the other, with what their users are told meanwhile.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"
#include "key_sources.h"
#include "run.h"
#include "setup.h"

namespace parlance {

/// What reading needs beside the run itself.
struct Job {
  const cli::Options& options;
  const Limits& limits;
  Ledger& ledger;
  const std::vector<OpenOutput>& outputs;
  KeySources& keys;
};

/// Prints an error to standard error.
void complain(const Error& error);

/// Reads files in order. Each that cannot be read, or is damaged, is named on standard error and the next
/// one is gone on with. Gives the exit status; an error is of the outputs.
Result<int> read_files(Run& run, const Job& job, const std::vector<std::string>& files);

/// Listens on the interfaces until the run is over. Flows end by the clock even if no packet comes.
Result<int> read_live(Run& run, const Job& job);

}  // namespace parlance
