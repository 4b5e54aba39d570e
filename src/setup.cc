#include "setup.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "capture/versions.h"
#include "protocols/parser.h"
#include "protocols/support/versions.h"
#include "signatures/cache.h"
#include "signatures/signature_cache.h"

namespace parlance {
namespace {

namespace fs = std::filesystem;

bool is_inside(const fs::path& path, const fs::path& folder) {
  std::error_code ignored;
  const fs::path real = fs::weakly_canonical(folder, ignored);
  return !real.empty() &&
         std::mismatch(real.begin(), real.end(), path.begin(), path.end()).first == real.end();
}

/// The signatures that belong to this program: those it was installed with, wherever that was moved
/// to since; those of the sources when it runs from where it was built.
std::string own_signatures() {
  if (const char* chosen = std::getenv("PARLANCE_SIGNATURES")) return chosen;
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  if (program.empty()) return PARLANCE_SIGNATURES_INSTALLED;
  const fs::path beside = program.parent_path().parent_path() / PARLANCE_SIGNATURES_BESIDE;
  if (fs::is_directory(beside, ignored)) return beside;
  const fs::path sources = fs::path(PARLANCE_SIGNATURES_SOURCE).parent_path();
  if (is_inside(program, sources) || is_inside(program, PARLANCE_BUILD_FOLDER)) {
    return PARLANCE_SIGNATURES_SOURCE;
  }
  return PARLANCE_SIGNATURES_INSTALLED;
}

std::string cache_folder(const cli::Options& options) {
  if (!options.cache) return {};
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    return std::string(cache) + "/parlance";
  }
  const char* home = std::getenv("HOME");
  return home == nullptr || *home != '/' ? std::string() : std::string(home) + "/.cache/parlance";
}

size_t terminal_width() {
  winsize size{};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  return known ? size.ws_col : 0;
}

std::vector<report::AccountNote> account_notes(const SignatureSet& set) {
  std::vector<report::AccountNote> notes;
  for (const Signature& each : set.signatures()) {
    if (!each.account.empty()) notes.push_back({each.account, each.app});
  }
  return notes;
}

std::unique_ptr<report::Reporter> reporter_of(const cli::Options& options, const SignatureSet& signatures,
                                              const cli::Output& wanted, report::Output& output) {
  if (wanted.format == "json") return report::make_json_reporter(output);
  report::TableOptions table;
  table.colour = options.colour && wanted.file.empty();
  table.summary = !options.quiet;
  table.width = wanted.file.empty() ? terminal_width() : 0;
  table.accounts = account_notes(signatures);
  return report::make_table_reporter(output, table);
}

}  // namespace

std::vector<std::string> signature_folders(const cli::Options& options) {
  std::vector<std::string> folders = {own_signatures()};
  folders.insert(folders.end(), options.signature_folders.begin(), options.signature_folders.end());
  return folders;
}

LoaderContext loader_context() {
  return {[](std::string_view name) { return find_parser(name) != nullptr; }, {}};
}

Result<std::unique_ptr<SignatureSet>> load_signature_set(const cli::Options& options,
                                                         std::vector<Error>& mistakes) {
  // Who works on signatures is answered from the files themselves.
  const bool from_files = options.command == cli::Command::signatures_test;
  Loaded loaded = load_signatures_cached(signature_folders(options), loader_context(),
                                         from_files ? std::string() : cache_folder(options));
  mistakes = std::move(loaded.errors);
  if (!mistakes.empty()) {
    return failure("signatures", fmt::format("{} mistake(s)", mistakes.size()),
                   "see parlance signatures check");
  }
  return SignatureSet::build(std::move(loaded.signatures), cache_folder(options));
}

Result<std::vector<OpenOutput>> open_outputs(const cli::Options& options, const SignatureSet& signatures) {
  std::vector<OpenOutput> all;
  const bool explains = options.flow_id.has_value() || options.explain_all;
  if (!options.expect.empty() && !explains) return all;
  for (const cli::Output& wanted : options.outputs) {
    auto opened = report::Output::open(wanted.file);
    if (!opened) return tl::make_unexpected(opened.error());
    OpenOutput next;
    next.output = std::make_unique<report::Output>(std::move(*opened));
    next.reporter = explains && wanted.format == "table"
                        ? report::make_explain_reporter(*next.output, options.colour)
                        : reporter_of(options, signatures, wanted, *next.output);
    all.push_back(std::move(next));
  }
  return all;
}

std::string version_text() {
  return fmt::format("parlance {}\nHyperscan {}\n{}{}fmt {}.{}.{}\n", PARLANCE_VERSION,
                     hyperscan_version(), capture::library_versions(), parser_library_versions(),
                     FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100);
}

}  // namespace parlance
