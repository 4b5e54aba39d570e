#include "signatures/cache.h"

#include <climits>
#include <cstdlib>

#include <fmt/format.h>
#include <hs/hs.h>

#include "base/byte_reader.h"
#include "signatures/cache_file.h"

namespace parlance {
namespace {

constexpr std::string_view kMagic = "parlance-databases-3\n";
constexpr std::string_view kExtension = ".hsdb";

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

CacheFile file_of(const std::vector<DatabasePlan>& plans, const std::string& folder) {
  hs_platform_info_t platform{};
  hs_populate_platform(&platform);
  Fingerprint key;
  key.add(hs_version()).add(platform.tune).add(platform.cpu_features);
  for (const DatabasePlan& plan : plans) {
    key.add(mode_of(plan.streaming)).add(plan.expressions.size());
    for (const auto& each : plan.expressions) {
      key.add(each.id).add(flags_of(*each.pattern)).add(expression_of(*each.pattern));
    }
  }
  return {folder, key.text(), kExtension, kMagic};
}

/// Databases are hundreds of kilobytes, all of which is written when they are loaded.
void* allocate_database(size_t octets) {
  constexpr size_t kLarge = 65536;
  void* memory = std::malloc(octets);
  if (memory != nullptr && octets >= kLarge) provide_pages(memory, octets);
  return memory;
}

std::vector<Database> load(const CacheFile& file, size_t count) {
  const CachedOctets cached = read_cache(file);
  hs_set_database_allocator(allocate_database, std::free);
  ByteReader reader(cached.content());
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

void store(const CacheFile& file, const std::vector<Database>& databases) {
  std::string serialised;
  for (const Database& database : databases) {
    char* octets = nullptr;
    size_t length = 0;
    if (hs_serialize_database(database.get(), &octets, &length) != HS_SUCCESS) return;
    serialised += be64(length);
    serialised.append(octets, length);
    std::free(octets);
  }
  write_cache(file, serialised);
}

}  // namespace

Result<std::vector<Database>> compile_or_load(const std::vector<DatabasePlan>& plans,
                                              const std::string& cache_folder) {
  const CacheFile file = file_of(plans, cache_folder);
  if (!cache_folder.empty()) {
    auto databases = load(file, plans.size());
    if (databases.size() == plans.size()) return databases;
  }
  std::vector<Database> databases;
  for (const DatabasePlan& plan : plans) {
    auto database = compile(plan);
    if (!database) return tl::make_unexpected(database.error());
    databases.push_back(std::move(*database));
  }
  if (!cache_folder.empty()) store(file, databases);
  return databases;
}

bool needs_start_of_match(const Pattern& pattern) {
  return !pattern.at && pattern.widths.fixed() == 0;
}

Result<MatchWidths> check_expression(const Pattern& pattern, const std::string& file) {
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
  const bool is_bounded = info->max_width != UINT_MAX;
  const MatchWidths widths{info->min_width - at.first, is_bounded ? info->max_width - at.last : 0};
  std::free(info);
  if (widths.shortest == 0) {
    return failure(fmt::format("{}:{}:{}", file, pattern.line, pattern.column),
                   fmt::format("pattern '{}' matches even nothing", pattern.id));
  }
  return widths;
}

std::string hyperscan_version() {
  return hs_version();
}

}  // namespace parlance
