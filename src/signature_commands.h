// `parlance signatures list|show|check|test`.
#pragma once

#include "cli/options.h"

namespace parlance {

/// Each prints to standard output and returns the exit status.
int list_signatures(const cli::Options& options);
int show_signatures(const cli::Options& options);
int check_signatures(const cli::Options& options);
/// Runs the signatures named (or all) over their captures, where they must match, and over all other
/// captures of the same folder, where they must not.
int test_signatures(const cli::Options& options);

}  // namespace parlance
