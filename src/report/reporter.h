// What every output format offers.
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "model/flow_record.h"
#include "report/account_summary.h"
#include "report/output.h"
#include "report/totals.h"

namespace parlance::report {

/// One output format, writing to one Output. Calls come from one thread, in the order of the
/// records. A returned error is of the Output (disk full …) and final; a pipe whose reader has gone
/// is no error (ask Output::closed()).
class Reporter {
 public:
  virtual ~Reporter() = default;
  /// Once, before everything else.
  virtual Result<void> begin() { return {}; }
  /// A flow that has ended.
  virtual Result<void> flow(const FlowRecord& record) = 0;
  /// A flow that goes on and whose label is new or has changed (--follow). Written out at once.
  virtual Result<void> provisional(const FlowRecord&) { return {}; }
  /// Once, when all inputs have ended. Flushes.
  virtual Result<void> finish(const Totals& totals) = 0;
};

/// NDJSON: one line a flow (parlance-json(5)). The Output must outlive the reporter, here as below.
std::unique_ptr<Reporter> make_json_reporter(Output& output);

struct TableOptions {
  bool colour = false;
  bool summary = true;  ///< applications and totals below the flows
  size_t width = 0;     ///< of the terminal, in columns; 0: as wide as it gets
  std::vector<AccountNote> accounts;  ///< by which flows are grouped in the summary
};
/// For people: a row a flow, then the summary of applications, then totals.
std::unique_ptr<Reporter> make_table_reporter(Output& output, const TableOptions& options);

/// Everything about each flow given to it: `parlance explain`. Ask Verdict::channels to be filled.
/// finish() writes nothing more.
std::unique_ptr<Reporter> make_explain_reporter(Output& output, bool colour);

}  // namespace parlance::report
