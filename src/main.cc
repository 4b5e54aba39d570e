// parlance: tells what protocol messaging traffic really speaks, and proves it.
#include <csignal>
#include <cstdio>

#include "capture/live_source.h"
#include "cli/options.h"
#include "pipeline.h"
#include "report/json_schema.h"
#include "protocol_table.h"
#include "setup.h"
#include "signature_commands.h"

namespace {

using namespace parlance;

int complain(const Error& error, int status) {
  std::fprintf(stderr, "parlance: %s\n", error.text().c_str());
  return status;
}

int print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0 ? cli::kFine : cli::kOutputFailed;
}

int list_interfaces() {
  const auto interfaces = capture::list_interfaces();
  if (!interfaces) return complain(interfaces.error(), cli::kNoInput);
  std::string text;
  for (const auto& each : *interfaces) text += each.name + "\t" + each.description + "\n";
  return print(text);
}

int run(const cli::Options& options) {
  switch (options.command) {
    case cli::Command::help: return print(options.message);
    case cli::Command::version: return print(version_text());
    case cli::Command::schema: return print(report::json_schema());
    case cli::Command::protocols: return list_protocols(options);
    case cli::Command::list_interfaces: return list_interfaces();
    case cli::Command::signatures_list: return list_signatures(options);
    case cli::Command::signatures_show: return show_signatures(options);
    case cli::Command::signatures_check: return check_signatures(options);
    case cli::Command::signatures_test: return test_signatures(options);
    case cli::Command::classify:
    case cli::Command::explain: return run_pipeline(options);
  }
  return cli::kUsage;
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that goes away ends the program quietly: writes then fail with EPIPE.
  std::signal(SIGPIPE, SIG_IGN);
  const auto options = cli::parse(argc, argv);
  if (!options) return complain(options.error(), cli::kUsage);
  return run(*options);
}
