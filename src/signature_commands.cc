#include "signature_commands.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "pipeline.h"
#include "setup.h"

namespace parlance {
namespace {

namespace fs = std::filesystem;

int report_mistakes(const std::vector<Error>& mistakes) {
  for (const Error& each : mistakes) fmt::print(stderr, "{}\n", each.text());
  return mistakes.empty() ? cli::kFine : cli::kBadSignatures;
}

std::string carriers_of(const Signature& signature) {
  std::string names;
  for (const Carrier each :
       {Carrier::tcp, Carrier::udp, Carrier::tls, Carrier::websocket, Carrier::http, Carrier::quic}) {
    if (!signature.stands_on(each)) continue;
    names += (names.empty() ? "" : ",") + std::string(name_of(each));
  }
  return names;
}

/// The strengths that a signature's rules can give, strongest first.
std::string strengths_of(const Signature& signature) {
  std::set<Strength, std::greater<>> strengths;
  for (const Rule& rule : signature.rules) strengths.insert(rule.strength);
  std::string names;
  for (const Strength each : strengths) {
    names += (names.empty() ? "" : ",") + std::string(name_of(each));
  }
  return names;
}

std::string ids_of(const Signature& signature, const std::vector<uint16_t>& patterns) {
  std::vector<std::string> ids;
  ids.reserve(patterns.size());
  for (const uint16_t each : patterns) ids.push_back(signature.patterns[each].id);
  return fmt::format("{}", fmt::join(ids, ", "));
}

void show_pattern(const Pattern& pattern) {
  static constexpr const char* kFrom[] = {"client", "server", "either"};
  fmt::print("  pattern {}  in {}, from {}", pattern.id, pattern.buffer,
             kFrom[static_cast<size_t>(pattern.from)]);
  if (pattern.at) fmt::print(", at {}-{}", pattern.at->first, pattern.at->last);
  if (pattern.kind == PatternKind::suffix) {
    fmt::print("\n    names {}\n", fmt::join(pattern.suffixes, " "));
  } else {
    fmt::print(", {:.0f} fixed bits\n    {}\n", pattern.fixed_bits, pattern.expression);
  }
  fmt::print("    {}\n", pattern.says);
}

void show_rule(const Signature& signature, const Rule& rule) {
  fmt::print("  rule {}", name_of(rule.strength));
  if (!rule.all.empty()) fmt::print("  all of: {}", ids_of(signature, rule.all));
  if (!rule.any.empty()) fmt::print("  any of: {}", ids_of(signature, rule.any));
  if (!rule.none.empty()) fmt::print("  none of: {}", ids_of(signature, rule.none));
  if (!rule.verify.empty()) fmt::print("  verified by: {}", rule.verify);
  fmt::print("\n");
  if (!rule.note.empty()) fmt::print("    {}\n", rule.note);
}

bool is_wanted(const cli::Options& options, const std::string& name) {
  return options.names.empty() ||
         std::find(options.names.begin(), options.names.end(), name) != options.names.end();
}

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

/// Remembers which protocols stand in the stacks of a capture's flows.
class MetNames final : public report::Reporter {
 public:
  explicit MetNames(std::set<std::string>& names) : names_(names) {}
  Result<void> flow(const FlowRecord& record) override {
    names_.insert(record.verdict.stack.begin(), record.verdict.stack.end());
    return {};
  }
  Result<void> finish(const report::Totals&) override { return {}; }

 private:
  std::set<std::string>& names_;
};

/// Where the captures of a folder of signatures are: pcaps/ beside signatures/.
std::string captures_beside(const std::string& signature_file) {
  return fs::path(signature_file).parent_path().parent_path() / "pcaps";
}

std::vector<fs::path> captures_in(const std::string& folder) {
  std::vector<fs::path> captures;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; ++entry) {
    const std::string extension = entry->path().extension();
    if (extension == ".pcap" || extension == ".pcapng") captures.push_back(entry->path());
  }
  std::sort(captures.begin(), captures.end());
  return captures;
}

/// What opens a capture, in files beside it that are named like it.
cli::Options keys_beside(const fs::path& capture) {
  const auto beside = [&](const char* extension) { return fs::path(capture).replace_extension(extension); };
  std::error_code ignored;
  cli::Options options;
  if (fs::exists(beside(".keys"), ignored)) options.key_logs.push_back(beside(".keys"));
  if (fs::exists(beside(".rsa-key.pem"), ignored)) options.rsa_keys.push_back(beside(".rsa-key.pem"));
  if (std::ifstream file(beside(".mtproxy-secret")); file) file >> options.mtproxy_secrets.emplace_back();
  return options;
}

/// Whether the truth file of a capture speaks of a protocol.
bool is_in_truth(const fs::path& capture, const std::string& name) {
  const std::string text = text_of(fs::path(capture).replace_extension(".toml"));
  return text.find('"' + name + '"') != std::string::npos;
}

/// 1 if a signature was not met where it must be, or met where nobody says that it is.
size_t compare(const Signature& signature, const fs::path& capture, const std::set<std::string>& met) {
  const bool is_met = met.contains(signature.name);
  const bool is_named = std::find(signature.captures.begin(), signature.captures.end(),
                                  capture.stem()) != signature.captures.end();
  if (is_named && !is_met) {
    fmt::print("{}: not found in {}\n", signature.name, capture.string());
    return 1;
  }
  if (is_met && !is_named && !is_in_truth(capture, signature.name)) {
    fmt::print("{}: found in {}, where its truth file does not know it\n", signature.name,
               capture.string());
    return 1;
  }
  return 0;
}

/// The names that what is checked may name: of the files that are checked, and of all others.
std::set<std::string, std::less<>> names_known(const cli::Options& options) {
  std::vector<std::string> folders = signature_folders(options);
  std::set<std::string, std::less<>> names;
  std::error_code ignored;
  for (const std::string& each : options.names) {
    if (fs::is_directory(each, ignored)) folders.push_back(each);
    names.insert(fs::path(each).stem().string());
  }
  std::vector<Error> errors;  // said when they are read in earnest
  names.merge(names_of(read_signature_files(folders, errors)));
  return names;
}

}  // namespace

int list_signatures(const cli::Options& options) {
  const Loaded loaded = load_signatures(signature_folders(options), loader_context());
  fmt::print("{:<20} {:<12} {:<28} {:<18} {}\n", "NAME", "CLASS", "CARRIED BY", "EVIDENCE", "TITLE");
  for (const Signature& each : loaded.signatures) {
    fmt::print("{:<20} {:<12} {:<28} {:<18} {}\n", each.name, name_of(each.protocol_class),
               carriers_of(each), strengths_of(each), each.title);
  }
  return report_mistakes(loaded.errors);
}

int show_signatures(const cli::Options& options) {
  const Loaded loaded = load_signatures(signature_folders(options), loader_context());
  size_t shown = 0;
  for (const Signature& each : loaded.signatures) {
    if (!is_wanted(options, each.name)) continue;
    ++shown;
    fmt::print("{}  {}\n  {}\n  class {}, carried by {}, revision {}\n", each.name, each.title,
               each.description, name_of(each.protocol_class), carriers_of(each), each.revision);
    for (const Pattern& pattern : each.patterns) show_pattern(pattern);
    for (const Rule& rule : each.rules) show_rule(each, rule);
    for (const std::string& reference : each.references) fmt::print("  see {}\n", reference);
    if (!each.hosts_source.empty()) fmt::print("  names from {}\n", each.hosts_source);
    if (each.verified != Verified::unsaid) fmt::print("  verified on: {}\n", name_of(each.verified));
  }
  if (shown == 0) {
    fmt::print(stderr, "parlance: no signature has that name (see parlance signatures list)\n");
    return cli::kUsage;
  }
  return report_mistakes(loaded.errors);
}

int check_signatures(const cli::Options& options) {
  const std::set<std::string, std::less<>> names = names_known(options);
  LoaderContext context = loader_context();
  context.is_signature = [&names](std::string_view name) { return names.contains(name); };
  std::vector<std::string> folders;
  Loaded all;
  for (const std::string& name : options.names) {
    std::error_code ignored;
    if (fs::is_directory(name, ignored)) {
      folders.push_back(name);
      continue;
    }
    if (!fs::is_regular_file(name, ignored)) {
      all.errors.push_back({name, "there is no such signature file", {}});
      continue;
    }
    Loaded one = load_signature_text(text_of(name), name, context);
    std::move(one.errors.begin(), one.errors.end(), std::back_inserter(all.errors));
    std::move(one.signatures.begin(), one.signatures.end(), std::back_inserter(all.signatures));
  }
  if (options.names.empty()) folders = signature_folders(options);
  Loaded rest = load_signatures(folders, context);
  std::move(rest.errors.begin(), rest.errors.end(), std::back_inserter(all.errors));
  std::move(rest.signatures.begin(), rest.signatures.end(), std::back_inserter(all.signatures));

  const size_t count = all.signatures.size();
  if (all.errors.empty()) {
    if (auto set = SignatureSet::build(std::move(all.signatures), ""); !set) {
      all.errors.push_back(set.error());
    }
  }
  if (all.errors.empty()) fmt::print("{} signatures, no mistakes\n", count);
  return report_mistakes(all.errors);
}

int test_signatures(const cli::Options& options) {
  std::vector<Error> mistakes;
  const auto set = load_signature_set(options, mistakes);
  if (!set) {
    if (mistakes.empty()) mistakes.push_back(set.error());
    return report_mistakes(mistakes);
  }
  std::set<std::string> folders;
  for (const Signature& each : (*set)->signatures()) folders.insert(captures_beside(each.file));
  size_t captures = 0, wrong = 0;
  for (const std::string& folder : folders) {
    for (const fs::path& capture : captures_in(folder)) {
      std::set<std::string> met;
      const auto ran = run_file(capture, **set, std::make_unique<MetNames>(met), keys_beside(capture));
      if (!ran) return report_mistakes({ran.error()});
      ++captures;
      for (const Signature& each : (*set)->signatures()) {
        if (is_wanted(options, each.name)) wrong += compare(each, capture, met);
      }
    }
  }
  fmt::print("{} captures, {} not as they should be\n", captures, wrong);
  return wrong == 0 ? cli::kFine : cli::kBadSignatures;
}

}  // namespace parlance
