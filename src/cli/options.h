// What the user asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace parlance::cli {

/// Exit statuses, a promise to scripts (parlance(1), EXIT STATUS).
enum Exit : int {
  kFine = 0,
  kUsage = 1,
  kNoInput = 2,         ///< an input cannot be opened or is no capture
  kDamagedInput = 3,    ///< results of what was read were written
  kOutputFailed = 4,
  kBadSignatures = 5,
  kNotFound = 10,       ///< of --expect
};

enum class Command {
  classify,             ///< the default: read or listen, and label
  explain,              ///< one flow in full
  signatures_list,
  signatures_show,
  signatures_check,
  signatures_test,
  protocols,            ///< list what can be recognised
  schema,               ///< print the JSON Schema of the flow record
  list_interfaces,      ///< -D
  help,                 ///< `message` is to be printed on stdout
  version,
};

/// One `-o FORMAT[:FILE]`.
struct Output {
  std::string format;   ///< "table" or "json"
  std::string file;     ///< empty: standard output
};

enum class Checksums { automatic, all, none };

struct Options {
  Command command = Command::classify;
  std::string message;                  ///< of Command::help

  std::vector<std::string> files;       ///< -r, in order; "-" is standard input
  std::vector<std::string> interfaces;  ///< -i
  std::string filter;                   ///< BPF words joined, or the text of -F
  std::string filter_file;              ///< -F
  uint64_t packets = 0;                 ///< -c; 0: no limit
  uint32_t snaplen = 262144;            ///< -s, octets
  int buffer_mebibytes = 32;            ///< -B, of the kernel's ring for each interface
  bool promiscuous = true;              ///< not -p
  Checksums checksums = Checksums::automatic;  ///< -k
  int verbosity = 0;                    ///< -v, repeatable
  bool quiet = false;                   ///< -q: no summary, no progress
  bool colour = false;                  ///< decided from --color, NO_COLOR and the terminal
  bool progress = false;                ///< standard error is a terminal and -q was not given

  std::vector<Output> outputs;          ///< -o; never empty
  bool follow = false;                  ///< --follow: provisional lines; files that grow
  std::string expect;                   ///< --expect
  std::optional<uint64_t> flow_id;      ///< explain FLOW_ID, --explain FLOW_ID
  bool explain_all = false;             ///< --explain without a number
  std::vector<std::string> signature_folders;  ///< --signatures, beside the program's own
  std::vector<std::string> key_logs;    ///< --keylog, and what SSLKEYLOGFILE names with --keylog-env
  std::vector<std::string> rsa_keys;    ///< --rsa-key
  std::vector<std::string> mtproxy_secrets;  ///< --mtproxy-secret
  std::string channels_folder;          ///< --write-channels; empty: none
  std::string protocols_format = "table";  ///< of `protocols`: table, json, markdown or mdoc
  std::vector<std::string> names;       ///< arguments of `signatures show|check|test`
  unsigned threads = 1;                 ///< --threads
  uint64_t memory_mebibytes = 0;        ///< --memory; 0: as much as default_memory() says
  bool cache = true;                    ///< not --no-cache
  bool behaviour = false;               ///< --behaviour: judge TLS by the lengths of its records
  bool by_vlan = false;                 ///< --vlan: VLAN identifiers are part of a flow's key
};

/// Reads the command line. A usage error is an Error whose text is ready to be printed; --help and
/// --version are commands, not errors.
Result<Options> parse(int argc, const char* const* argv);

}  // namespace parlance::cli
