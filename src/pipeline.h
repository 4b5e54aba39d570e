// The whole run, from inputs to records.
#pragma once

#include "cli/options.h"
#include "report/reporter.h"
#include "signatures/matcher.h"

namespace parlance {

/// Reads what the options name and writes what they ask for. Messages go to standard error. Returns
/// the exit status.
int run_pipeline(const cli::Options& options);

/// For tests and `signatures test`: runs one capture file through with `signatures`, handing the
/// records to `reporter`. Of `options` only the keys matter.
Result<void> run_file(const std::string& file, const SignatureSet& signatures,
                      std::unique_ptr<report::Reporter> reporter, const cli::Options& options = {});

}  // namespace parlance
