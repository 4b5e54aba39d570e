// What has to be there before the first packet: signatures, outputs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/options.h"
#include "report/reporter.h"
#include "signatures/loader.h"
#include "signatures/matcher.h"

namespace parlance {

/// The folders that signatures are read from: the program's own, then the user's.
std::vector<std::string> signature_folders(const cli::Options& options);

/// The loader's view of the program: which parsers there are.
LoaderContext loader_context();

/// All signatures, compiled. All mistakes in them are in `mistakes`; with one there is no set.
Result<std::unique_ptr<SignatureSet>> load_signature_set(const cli::Options& options,
                                                         std::vector<Error>& mistakes);

/// An output and who writes to it; the reporter refers to the output.
struct OpenOutput {
  std::unique_ptr<report::Output> output;
  std::unique_ptr<report::Reporter> reporter;
};

/// One for each -o, or the explanation where that is asked for, or none for --expect.
Result<std::vector<OpenOutput>> open_outputs(const cli::Options& options, const SignatureSet& signatures);

/// "parlance 0.1.0" and the versions of the libraries.
std::string version_text();

}  // namespace parlance
