// Compiles patterns with Hyperscan, and keeps the result on disk for the next start.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "signatures/matcher.h"

namespace parlance {

/// One pattern of a database.
struct PlannedExpression {
  PatternId id = 0;
  const Pattern* pattern = nullptr;
  std::string file;                ///< for messages
};

struct DatabasePlan {
  bool streaming = false;
  std::vector<PlannedExpression> expressions;
};

/// The databases of all plans, in their order: from the cache if it holds just these, for this
/// version of Hyperscan and this processor; compiled (and the cache written) otherwise.
Result<std::vector<Database>> compile_or_load(const std::vector<DatabasePlan>& plans,
                                              const std::string& cache_folder);

/// Whether Hyperscan takes the pattern; the error is its own message, at the pattern's line.
Result<void> check_expression(const Pattern& pattern, const std::string& file);

/// Version of the Hyperscan library.
std::string hyperscan_version();

}  // namespace parlance
