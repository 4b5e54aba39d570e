#include "cli/options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <filesystem>

namespace parlance::cli {
namespace {

/// What CLI11 fills and Options does not hold as it is.
struct RawWords {
  std::vector<std::string> words;       ///< trailing words: files, then BPF
  std::vector<std::string> outputs;
  std::string colour = "auto";
  std::string checksums = "auto";
  std::vector<std::string> explain;     ///< of --explain: nothing or a number
  uint64_t explain_id = 0;
  bool list_interfaces = false;
  bool version = false;
  bool no_names = false;
  bool no_promiscuous = false;
  bool no_cache = false;
  bool key_log_of_environment = false;
};

void add_input_options(CLI::App& app, Options& options, RawWords& raw) {
  // A vector option would swallow the words of the filter: one value each time it is given.
  app.add_option("-r,--read", options.files, "Capture file or folder to read; - is standard input")
      ->allow_extra_args(false)
      ->type_name("FILE");
  app.add_option("-i,--interface", options.interfaces, "Interface to listen on")
      ->allow_extra_args(false)
      ->type_name("IFACE");
  app.add_option("-F,--filter-file", options.filter_file, "File that holds the BPF filter")
      ->type_name("FILE");
  app.add_option("-c,--count", options.packets, "Stop after this many packets")->type_name("N");
  app.add_option("-s,--snapshot-length", options.snaplen, "Octets captured of a packet (live)")
      ->type_name("N");
  app.add_option("-B,--buffer-size", options.buffer_mebibytes, "Kernel buffer in MiB (live)")
      ->check(CLI::Range(1, 4096))
      ->type_name("MIB");
  app.add_flag("-p,--no-promiscuous-mode", raw.no_promiscuous, "Do not put interfaces in promiscuous mode");
  app.add_option("-k", raw.checksums, "Transport checksums: auto, all, none")
      ->check(CLI::IsMember({"auto", "all", "none"}));
  app.add_flag("-D,--list-interfaces", raw.list_interfaces, "List the interfaces and end");
  app.add_option("filter", raw.words, "A filter in pcap-filter(7) words")->type_name("BPF");
}

void add_key_options(CLI::App& app, Options& options, RawWords& raw) {
  app.add_option("--keylog", options.key_logs, "Key log (NSS, RFC 9850) to open TLS and QUIC with")
      ->allow_extra_args(false)
      ->type_name("FILE");
  app.add_flag("--keylog-env", raw.key_log_of_environment, "Use the key log that SSLKEYLOGFILE names, too");
  app.add_option("--rsa-key", options.rsa_keys, "Private RSA key of a server (PEM or DER), for RSA key exchange")
      ->allow_extra_args(false)
      ->type_name("FILE");
  app.add_option("--mtproxy-secret", options.mtproxy_secrets, "Secret of an MTProxy, as links have it, to open Telegram's streams with")
      ->allow_extra_args(false)
      ->type_name("HEX");
}

void add_output_options(CLI::App& app, Options& options, RawWords& raw) {
  app.add_option("-o,--output", raw.outputs, "table or json, or FORMAT:FILE; repeatable")
      ->allow_extra_args(false)
      ->type_name("FORMAT[:FILE]");
  app.add_option("--explain", raw.explain, "Explain one flow, or all of them")
      ->expected(0, 1)
      ->type_name("[FLOW_ID]");
  app.add_option("--expect", options.expect,
                 "Print nothing; status 0 if some flow speaks this, 10 if none does")
      ->type_name("NAME");
  app.add_option("--write-channels", options.channels_folder,
                 "Write what each channel carries, opened, to files in this folder")
      ->type_name("DIR");
  app.add_flag("--follow", options.follow, "Show a flow as soon as it is labelled; wait for more input");
  app.add_flag("-n", raw.no_names, "Do not resolve names (never done; accepted from habit)");
  app.add_flag("-v,--verbose", options.verbosity, "Say more on standard error");
  app.add_flag("-q,--quiet", options.quiet, "No summary and no progress");
  app.add_option("--color", raw.colour, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

void add_engine_options(CLI::App& app, Options& options, RawWords& raw) {
  app.add_option("--signatures", options.signature_folders, "Folder with signatures of your own")
      ->allow_extra_args(false)
      ->type_name("DIR");
  app.add_option("--threads", options.threads, "Threads that label flows")->check(CLI::Range(1, 256));
  app.add_option("--memory", options.memory_mebibytes, "End flows early rather than use more than this")
      ->check(CLI::Range(64, 1 << 24))
      ->type_name("MIB");
  app.add_flag("--no-cache", raw.no_cache, "Compile the signatures afresh");
  app.add_flag("--behaviour", options.behaviour, "Also say what the lengths of TLS records suggest");
  app.add_flag("--vlan", options.by_vlan, "Keep flows of different VLANs apart");
  app.add_flag("--version", raw.version, "Show the versions of the program and its libraries");
}

struct Subcommands {
  CLI::App* explain;
  CLI::App* signatures;
  CLI::App* schema;
  CLI::App* protocols;
  std::vector<std::pair<CLI::App*, Command>> of_signatures;
};

Subcommands add_subcommands(CLI::App& app, Options& options, RawWords& raw) {
  Subcommands all{};
  all.explain = app.add_subcommand("explain", "Explain one flow: channels, evidence, what was ruled out");
  all.explain->add_option("FLOW_ID", raw.explain_id, "flow_id of the flow's record")->required();
  all.explain->fallthrough();
  all.schema = app.add_subcommand("schema", "Print the JSON Schema of the flow record");
  all.protocols = app.add_subcommand("protocols", "List what can be recognised, and what that rests on");
  all.protocols->add_option("-o,--output", options.protocols_format, "table, json, markdown or mdoc")
      ->check(CLI::IsMember({"table", "json", "markdown", "mdoc"}))
      ->type_name("FORMAT");
  all.protocols->add_option("--signatures", options.signature_folders, "Folder with signatures of your own")
      ->allow_extra_args(false)
      ->type_name("DIR");
  all.signatures = app.add_subcommand("signatures", "Look after signatures");
  all.signatures->require_subcommand(1);
  all.signatures->fallthrough();
  const auto add = [&](const char* name, const char* help, Command command, bool takes_names) {
    CLI::App* sub = all.signatures->add_subcommand(name, help);
    sub->fallthrough();
    if (takes_names) sub->add_option("NAME", options.names, "signature names, files or folders");
    all.of_signatures.emplace_back(sub, command);
  };
  add("list", "List the signatures", Command::signatures_list, false);
  add("show", "Show signatures in full", Command::signatures_show, true);
  add("check", "Check signature files: file, line and column of each mistake",
      Command::signatures_check, true);
  add("test", "Run signatures over their captures and over all others", Command::signatures_test, true);
  return all;
}

/// Leading words that are files or folders were meant for -r ("-r a.pcap b.pcap").
void split_words(Options& options, const RawWords& raw) {
  bool still_files = !options.files.empty();
  for (const std::string& word : raw.words) {
    std::error_code ignored;
    still_files = still_files && std::filesystem::exists(word, ignored);
    if (still_files) {
      options.files.push_back(word);
    } else {
      options.filter += (options.filter.empty() ? "" : " ") + word;
    }
  }
}

Result<void> read_outputs(Options& options, const RawWords& raw) {
  for (const std::string& text : raw.outputs) {
    const size_t colon = text.find(':');
    Output output{text.substr(0, colon), colon == std::string::npos ? "" : text.substr(colon + 1)};
    if (output.format != "table" && output.format != "json") {
      return failure("-o " + text, "'" + output.format + "' is no output format",
                     "table and json are");
    }
    options.outputs.push_back(std::move(output));
  }
  if (options.outputs.empty()) options.outputs.push_back({"table", ""});
  return {};
}

bool wants_colour(const std::string& choice) {
  if (choice != "auto") return choice == "always";
  return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

Result<void> add_key_log_of_environment(Options& options) {
  const char* const file = std::getenv("SSLKEYLOGFILE");
  if (file == nullptr || *file == '\0') {
    return failure("--keylog-env", "SSLKEYLOGFILE is not set");
  }
  options.key_logs.emplace_back(file);
  return {};
}

Command command_of(const Options& options, const RawWords& raw, const Subcommands& sub) {
  if (raw.version) return Command::version;
  if (raw.list_interfaces) return Command::list_interfaces;
  if (sub.schema->parsed()) return Command::schema;
  if (sub.protocols->parsed()) return Command::protocols;
  if (sub.explain->parsed() || options.flow_id) return Command::explain;
  for (const auto& [app, command] : sub.of_signatures) {
    if (app->parsed()) return command;
  }
  return Command::classify;
}

Result<void> read_explain(Options& options, const RawWords& raw, bool given, bool subcommand) {
  if (subcommand) options.flow_id = raw.explain_id;
  if (!given) return {};
  if (raw.explain.empty() || raw.explain[0].empty()) {
    options.explain_all = true;
    return {};
  }
  const std::string& text = raw.explain[0];
  uint64_t id = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), id);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    return failure("--explain " + text, "a flow is named by its flow_id, a number");
  }
  options.flow_id = id;
  return {};
}

Result<void> check_inputs(const Options& options) {
  const bool reads = options.command == Command::classify || options.command == Command::explain;
  if (!reads) return {};
  if (options.files.empty() && options.interfaces.empty()) {
    return failure("", "nothing to read", "give -r FILE or -i IFACE; see parlance --help");
  }
  if (!options.files.empty() && !options.interfaces.empty()) {
    return failure("", "-r and -i exclude each other");
  }
  if (!options.filter.empty() && !options.filter_file.empty()) {
    return failure("-F " + options.filter_file, "a filter is given in words, too",
                   "use one of the two");
  }
  return {};
}

}  // namespace

Result<Options> parse(int argc, const char* const* argv) {
  Options options;
  RawWords raw;
  CLI::App app("Tells what protocol messaging traffic really speaks, and proves it.", "parlance");
  app.footer("parlance -r chat.pcapng              label the flows of a capture\n"
             "parlance -i eth0 tcp port 5222       listen, with a filter\n"
             "parlance explain 17 -r chat.pcapng   why flow 17 is labelled so\n"
             "parlance -r chat.pcapng --keylog keys.log\n"
             "                                     label what is inside TLS, too\n"
             "See parlance(1).");
  app.get_formatter()->column_width(34);
  add_input_options(app, options, raw);
  add_key_options(app, options, raw);
  add_output_options(app, options, raw);
  add_engine_options(app, options, raw);
  const Subcommands sub = add_subcommands(app, options, raw);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    options.command = Command::help;
    options.message = app.help();
    return options;
  } catch (const CLI::ParseError& error) {
    return failure("", error.what(), "see parlance --help");
  }

  split_words(options, raw);
  if (auto read = read_outputs(options, raw); !read) return tl::make_unexpected(read.error());
  const bool explained = app.count("--explain") > 0;
  if (auto read = read_explain(options, raw, explained, sub.explain->parsed()); !read) {
    return tl::make_unexpected(read.error());
  }
  if (raw.key_log_of_environment) {
    if (auto added = add_key_log_of_environment(options); !added) {
      return tl::make_unexpected(added.error());
    }
  }
  options.checksums = raw.checksums == "all"    ? Checksums::all
                      : raw.checksums == "none" ? Checksums::none
                                                : Checksums::automatic;
  options.promiscuous = !raw.no_promiscuous;
  options.cache = !raw.no_cache;
  options.colour = wants_colour(raw.colour);
  options.progress = !options.quiet && isatty(STDERR_FILENO) == 1;
  options.command = command_of(options, raw, sub);
  if (auto checked = check_inputs(options); !checked) return tl::make_unexpected(checked.error());
  return options;
}

}  // namespace parlance::cli
