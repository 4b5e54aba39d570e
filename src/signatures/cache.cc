#include "signatures/cache.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <hs/hs.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/byte_reader.h"

namespace parlance {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "parlance-signatures-2\n";
constexpr std::string_view kExtension = ".hsdb";
constexpr size_t kCacheOctets = size_t{256} * 1024 * 1024;

// ---- expressions
// ----------------------------------------------------------------------------------

std::string expression_of(const Pattern& pattern) {
  if (!pattern.at) return pattern.expression;
  const Window& at = *pattern.at;
  if (at.last == 0) return "^(?:" + pattern.expression + ")";
  return fmt::format("^.{{{},{}}}(?:{})", at.first, at.last, pattern.expression);
}

/// Start-of-match costs state and excludes SINGLEMATCH. Only a pattern that may stand anywhere and
/// has matches of several lengths needs it.
unsigned flags_of(const Pattern& pattern) {
  unsigned flags = HS_FLAG_DOTALL;
  if (pattern.ignore_case) flags |= HS_FLAG_CASELESS;
  return flags | (needs_start_of_match(pattern) ? HS_FLAG_SOM_LEFTMOST : HS_FLAG_SINGLEMATCH);
}

struct CompileErrorDeleter {
  void operator()(hs_compile_error_t* error) const { hs_free_compile_error(error); }
};
using CompileError = std::unique_ptr<hs_compile_error_t, CompileErrorDeleter>;

Failure refusal(const Pattern& pattern, const std::string& file, const char* message) {
  return failure(fmt::format("{}:{}:{}", file, pattern.line, pattern.column),
                 fmt::format("pattern '{}': Hyperscan says: {}", pattern.id, message));
}

unsigned mode_of(bool streaming) {
  return streaming ? HS_MODE_STREAM | HS_MODE_SOM_HORIZON_SMALL : HS_MODE_BLOCK;
}

Result<Database> compile(const DatabasePlan& plan) {
  std::vector<std::string> texts;
  for (const auto& each : plan.expressions) texts.push_back(expression_of(*each.pattern));
  std::vector<const char*> expressions;
  std::vector<unsigned> flags, ids;
  for (size_t i = 0; i < texts.size(); ++i) {
    expressions.push_back(texts[i].c_str());
    flags.push_back(flags_of(*plan.expressions[i].pattern));
    ids.push_back(plan.expressions[i].id);
  }
  if (hs_valid_platform() != HS_SUCCESS) {
    return failure("Hyperscan", "this processor has no SSSE3, which it needs");
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* raw_error = nullptr;
  const hs_error_t status = hs_compile_multi(
      expressions.data(), flags.data(), ids.data(), static_cast<unsigned>(ids.size()),
      mode_of(plan.streaming), nullptr, &database, &raw_error);
  const CompileError error(raw_error);
  if (status == HS_SUCCESS) return Database(database);
  if (error && error->expression >= 0) {
    const auto& culprit = plan.expressions[static_cast<size_t>(error->expression)];
    return refusal(*culprit.pattern, culprit.file, error->message);
  }
  return failure("signatures", error ? error->message : "Hyperscan cannot compile them");
}

// ---- the file
// ---------------------------------------------------------------------------------------

/// FNV-1a, 64 bits: names a set of patterns.
uint64_t fnv(std::string_view text, uint64_t hash) {
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

/// Tells damage from what was written; eight octets a step, because databases are large.
/// Hyperscan's own checksum passes over the end of a database.
uint64_t checksum(std::string_view text) {
  uint64_t sum = text.size();
  ByteReader reader(as_bytes(text));
  const auto mix = [&](uint64_t value) {
    sum = (sum ^ value) * 0x9e3779b97f4a7c15;
    sum ^= sum >> 32;
  };
  while (reader.remaining() >= 8) mix(reader.be64());
  while (!reader.at_end()) mix(reader.u8());
  return sum;
}

std::string key_of(const std::vector<DatabasePlan>& plans) {
  std::ostringstream text;
  hs_platform_info_t platform{};
  hs_populate_platform(&platform);
  text << kMagic << hs_version() << ' ' << platform.tune << ' ' << platform.cpu_features << '\n';
  for (const DatabasePlan& plan : plans) {
    text << mode_of(plan.streaming) << '\n';
    for (const auto& each : plan.expressions) {
      const std::string expression = expression_of(*each.pattern);
      text << each.id << ' ' << flags_of(*each.pattern) << ' ' << expression.size() << ' '
           << expression << '\n';
    }
  }
  return fmt::format("{:016x}{:016x}", fnv(text.str(), 0xcbf29ce484222325),
                     fnv(text.str(), 0x9ae16a3b2f90404f));
}

/// The content of a file; nothing if it cannot be read, or if others may write it: Hyperscan runs
/// what is in it.
std::string content_of_own(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return {};
  std::string content;
  struct stat status {};
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
      (status.st_mode & (S_IWGRP | S_IWOTH)) == 0 &&
      static_cast<uint64_t>(status.st_size) <= kCacheOctets) {
    content.resize(static_cast<size_t>(status.st_size));
    if (read(file, content.data(), content.size()) != status.st_size) content.clear();
  }
  close(file);
  return content;
}

std::vector<Database> load(const std::string& path, const std::string& key, size_t count) {
  const std::string text = content_of_own(path);
  ByteReader reader(as_bytes(text));
  if (as_text(reader.bytes(kMagic.size())) != kMagic) return {};
  if (as_text(reader.bytes(key.size())) != key) return {};
  if (const uint64_t sum = reader.be64(); sum != checksum(as_text(reader.rest()))) return {};
  std::vector<Database> databases;
  for (size_t i = 0; i < count; ++i) {
    const Bytes serialised = reader.bytes(reader.be64());
    hs_database_t* database = nullptr;
    if (!reader.ok() || hs_deserialize_database(as_text(serialised).data(), serialised.size(),
                                                &database) != HS_SUCCESS) {
      return {};
    }
    databases.emplace_back(database);
  }
  return databases;
}

std::string be64(uint64_t value) {
  std::string octets;
  for (int shift = 56; shift >= 0; shift -= 8) octets += static_cast<char>(value >> shift);
  return octets;
}

/// Each change of the signatures leaves a file behind: only the newest are kept.
void drop_oldest(const std::string& folder) {
  constexpr size_t kFiles = 8;
  using Aged = std::pair<fs::file_time_type, fs::path>;
  std::vector<Aged> files;
  std::error_code error;
  for (fs::directory_iterator each(folder, error), end; !error && each != end;
       each.increment(error)) {
    std::error_code gone;
    const auto time = each->last_write_time(gone);
    if (!gone && each->path().extension() == kExtension) files.emplace_back(time, each->path());
  }
  std::sort(files.begin(), files.end(), std::greater<>());
  for (size_t i = kFiles; i < files.size(); ++i) fs::remove(files[i].second, error);
}

/// Written beside its place and renamed, so that a reader never sees half of it. Whatever fails:
/// the next start compiles again.
void store(const std::string& folder, const std::string& path, const std::string& key,
           const std::vector<Database>& databases) {
  std::string serialised;
  for (const Database& database : databases) {
    char* octets = nullptr;
    size_t length = 0;
    if (hs_serialize_database(database.get(), &octets, &length) != HS_SUCCESS) return;
    serialised += be64(length);
    serialised.append(octets, length);
    std::free(octets);
  }
  const std::string content = std::string(kMagic) + key + be64(checksum(serialised)) + serialised;
  std::error_code error;
  if (fs::create_directories(folder, error)) {
    fs::permissions(folder, fs::perms::owner_all, error);
  }
  std::string temporary = path + ".XXXXXX";  // mkstemp() makes files that only the owner may use
  const int file = mkstemp(temporary.data());
  if (file < 0) return;
  const bool written =
      write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  if (close(file) != 0 || !written || rename(temporary.c_str(), path.c_str()) != 0) {
    unlink(temporary.c_str());
  }
  drop_oldest(folder);
}

}  // namespace

Result<std::vector<Database>> compile_or_load(const std::vector<DatabasePlan>& plans,
                                              const std::string& cache_folder) {
  const std::string key = key_of(plans);
  const std::string path = cache_folder + "/" + key + std::string(kExtension);
  if (!cache_folder.empty()) {
    auto databases = load(path, key, plans.size());
    if (databases.size() == plans.size()) return databases;
  }
  std::vector<Database> databases;
  for (const DatabasePlan& plan : plans) {
    auto database = compile(plan);
    if (!database) return tl::make_unexpected(database.error());
    databases.push_back(std::move(*database));
  }
  if (!cache_folder.empty()) store(cache_folder, path, key, databases);
  return databases;
}

bool needs_start_of_match(const Pattern& pattern) {
  return !pattern.at && pattern.width == 0;
}

Result<uint32_t> check_expression(const Pattern& pattern, const std::string& file) {
  hs_expr_info_t* info = nullptr;
  hs_compile_error_t* raw_error = nullptr;
  const std::string text = expression_of(pattern);
  const unsigned flags = HS_FLAG_DOTALL | (pattern.ignore_case ? HS_FLAG_CASELESS : 0u);
  const hs_error_t status = hs_expression_info(text.c_str(), flags, &info, &raw_error);
  const CompileError error(raw_error);
  if (status != HS_SUCCESS) {
    return refusal(pattern, file, error ? error->message : "it cannot be compiled");
  }
  const Window at = pattern.at.value_or(Window{});
  const uint32_t least = info->min_width - at.first, most = info->max_width - at.last;
  std::free(info);
  if (least == 0) {
    return failure(fmt::format("{}:{}:{}", file, pattern.line, pattern.column),
                   fmt::format("pattern '{}' matches even nothing", pattern.id));
  }
  return least == most ? least : 0;
}

std::string hyperscan_version() {
  return hs_version();
}

}  // namespace parlance
