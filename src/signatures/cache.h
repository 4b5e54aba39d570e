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
  std::string file;  ///< for messages
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
Result<MatchWidths> check_expression(const Pattern& pattern, const std::string& file);

/// True if only Hyperscan can tell where a match of the pattern starts. Such a pattern may be
/// reported again and again.
bool needs_start_of_match(const Pattern& pattern);

/// Version of the Hyperscan library.
std::string hyperscan_version();

}  // namespace parlance
