#include "signatures/matcher.h"

#include <algorithm>
#include <utility>

#include <hs/hs.h>

#include "base/text.h"
#include "signatures/cache.h"

namespace parlance {
namespace {

/// Collects what Hyperscan reports during one scan.
struct Collector {
  const SignatureSet& set;
  Direction direction;
  Hits& hits;
  std::vector<PatternId>& reported;  ///< patterns that are not to be reported again
};

bool is_wrong_way(From from, Direction direction) {
  if (from == From::either) return false;
  return (from == From::client) != (direction == Direction::to_server);
}

/// Where a match starts. Hyperscan is asked for it only where nothing else tells.
uint64_t start_of(const Pattern& pattern, uint64_t from, uint64_t to) {
  if (pattern.width != 0) return to - std::min<uint64_t>(to, pattern.width);
  if (pattern.at) return std::min<uint64_t>(to, pattern.at->first);
  return std::min(from, to);  // HS_OFFSET_PAST_HORIZON is larger than any
}

int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned, void* context) {
  auto& collector = *static_cast<Collector*>(context);
  const Pattern& pattern = collector.set.pattern(id);
  if (needs_start_of_match(pattern)) {
    auto& reported = collector.reported;
    if (std::find(reported.begin(), reported.end(), id) != reported.end()) return 0;
    reported.push_back(id);
  }
  const bool wrong_way = is_wrong_way(pattern.from, collector.direction);
  collector.hits.push_back({id, start_of(pattern, from, to), to, wrong_way});
  return 0;
}

/// Hyperscan gives no order to matches that end together.
void put_in_order(Hits& hits, size_t first) {
  std::sort(hits.begin() + static_cast<ptrdiff_t>(first), hits.end(),
            [](const Hit& a, const Hit& b) {
              return a.end != b.end ? a.end < b.end : a.pattern < b.pattern;
            });
}

}  // namespace

void DatabaseDeleter::operator()(hs_database* database) const {
  hs_free_database(database);
}

// ---- the set ------------------------------------------------------------------------------------

Result<std::unique_ptr<SignatureSet>> SignatureSet::build(std::vector<Signature> signatures,
                                                          const std::string& cache_folder) {
  auto set = std::make_unique<SignatureSet>();
  set->signatures_ = std::move(signatures);
  set->number_everything();
  set->collect_suffixes();
  if (auto compiled = set->compile(cache_folder); !compiled) {
    return tl::make_unexpected(compiled.error());
  }
  return set;
}

void SignatureSet::number_everything() {
  for (SignatureId id = 0; id < signatures_.size(); ++id) {
    const Signature& signature = signatures_[id];
    names_.try_emplace(signature.name, id);
    const auto first = static_cast<PatternId>(patterns_.size());
    const auto patterns =
        static_cast<uint16_t>(signature.patterns.size());  // the loader bounds both
    const auto rules = static_cast<uint16_t>(signature.rules.size());
    for (uint16_t i = 0; i < patterns; ++i) patterns_.push_back({id, i, {}});
    for (uint16_t i = 0; i < rules; ++i) {
      const Rule& rule = signature.rules[i];
      bool fields_only = true;
      for (const auto* group : {&rule.all, &rule.any}) {
        for (const uint16_t pattern : *group) {
          patterns_[first + pattern].rules.push_back(static_cast<RuleId>(rules_.size()));
          fields_only = fields_only && signature.patterns[pattern].is_field();
        }
      }
      rules_.push_back({id, i, first, fields_only && rule.verify.empty()});
    }
  }
}

void SignatureSet::collect_suffixes() {
  for (PatternId id = 0; id < patterns_.size(); ++id) {
    const Pattern& each = pattern(id);
    if (!each.is_field()) continue;
    FieldSearch& search = fields_[each.buffer];
    for (const std::string& suffix : each.suffixes) search.suffixes[suffix].push_back(id);
  }
}

std::vector<PatternId> SignatureSet::patterns_in(std::string_view buffer) const {
  std::vector<PatternId> ids;
  for (PatternId id = 0; id < patterns_.size(); ++id) {
    if (pattern(id).buffer == buffer && pattern(id).kind != PatternKind::suffix) ids.push_back(id);
  }
  return ids;
}

Result<void> SignatureSet::compile(const std::string& cache_folder) {
  std::vector<DatabasePlan> plans;
  std::vector<Database*> targets;
  const auto plan = [&](std::string_view buffer, bool streaming, Database& target) {
    DatabasePlan next{streaming, {}};
    for (const PatternId id : patterns_in(buffer)) {
      next.expressions.push_back({id, &pattern(id), signature(signature_of_pattern(id)).file});
    }
    if (next.expressions.empty()) return;
    plans.push_back(std::move(next));
    targets.push_back(&target);
  };
  plan("stream", true, stream_);
  plan("message", false, message_);
  std::vector<std::string> names;
  for (const auto& [name, search] : fields_) names.push_back(name);
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) plan(name, false, fields_.find(name)->second.database);

  auto databases = compile_or_load(plans, cache_folder);
  if (!databases) return tl::make_unexpected(databases.error());
  for (size_t i = 0; i < targets.size(); ++i) *targets[i] = std::move((*databases)[i]);
  return {};
}

const Signature* SignatureSet::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &signatures_[found->second];
}

const Signature* SignatureSet::for_parser(std::string_view parser) const {
  if (const Signature* same = find(parser)) return same;
  for (const Signature& each : signatures_) {
    for (const Rule& rule : each.rules) {
      if (rule.verify == parser) return &each;
    }
  }
  return nullptr;
}

const Pattern& SignatureSet::pattern(PatternId id) const {
  return signatures_[patterns_[id].signature].patterns[patterns_[id].index];
}

const Rule& SignatureSet::rule(RuleId id) const {
  return signatures_[rules_[id].signature].rules[rules_[id].index];
}

// ---- scanning -----------------------------------------------------------------------------------

Scanner::Scanner(const SignatureSet& set) : set_(set) {
  // hs_alloc_scratch() makes room for all databases that it is called with. Should it fail, the
  // scratch stays as it is, scans return at once, and nothing is found.
  const auto grow = [&](const Database& database) {
    if (database) hs_alloc_scratch(database.get(), &scratch_);
  };
  grow(set.stream_);
  grow(set.message_);
  for (const auto& [name, search] : set.fields_) grow(search.database);
}

Scanner::~Scanner() {
  for (hs_stream* stream : idle_) hs_close_stream(stream, nullptr, nullptr, nullptr);
  hs_free_scratch(scratch_);
}

void Scanner::scan_block(const Database& database, Bytes octets, Direction direction, Hits& hits) {
  if (!database) return;
  reported_.clear();
  Collector collector{set_, direction, hits, reported_};
  const size_t first = hits.size();
  hs_scan(database.get(), as_text(octets).data(), static_cast<unsigned>(octets.size()), 0, scratch_,
          on_match, &collector);
  put_in_order(hits, first);
}

void Scanner::scan_message(Bytes message, Direction direction, Hits& hits) {
  scan_block(set_.message_, message, direction, hits);
}

void Scanner::scan_field(std::string_view buffer, Bytes value, Direction direction, Hits& hits) {
  const auto found = set_.fields_.find(buffer);
  if (found == set_.fields_.end()) return;
  const auto& search = found->second;
  scan_block(search.database, value, direction, hits);
  constexpr size_t kNameOctets = 255;  // RFC 1035 section 2.3.4, and one for a final dot
  if (search.suffixes.empty() || value.size() > kNameOctets) return;
  const std::string lower = to_lower(as_text(value));
  std::string_view name = lower;
  if (name.ends_with('.')) name.remove_suffix(1);
  // The longest suffix wins: "a.b.c", then "b.c", then "c".
  for (size_t at = 0; at != std::string_view::npos;) {
    if (const auto hit = search.suffixes.find(name.substr(at)); hit != search.suffixes.end()) {
      for (const PatternId id : hit->second) {
        hits.push_back({id, at, name.size(), is_wrong_way(set_.pattern(id).from, direction)});
      }
      return;
    }
    const size_t dot = name.find('.', at);
    at = dot == std::string_view::npos ? dot : dot + 1;
  }
}

hs_stream* Scanner::take_stream() {
  if (!idle_.empty()) {
    hs_stream* stream = idle_.back();
    idle_.pop_back();
    return stream;
  }
  hs_stream* stream = nullptr;
  if (set_.stream_ && hs_open_stream(set_.stream_.get(), 0, &stream) != HS_SUCCESS) return nullptr;
  return stream;
}

void Scanner::give_back(hs_stream* stream) {
  constexpr size_t kIdleStreams = 1024;
  if (idle_.size() < kIdleStreams &&
      hs_reset_stream(stream, 0, nullptr, nullptr, nullptr) == HS_SUCCESS) {
    idle_.push_back(stream);
  } else {
    hs_close_stream(stream, nullptr, nullptr, nullptr);
  }
}

StreamScan::~StreamScan() {
  close();
}

StreamScan::StreamScan(StreamScan&& other) noexcept
    : scanner_(other.scanner_),
      stream_(std::exchange(other.stream_, nullptr)),
      reported_(std::move(other.reported_)) {}

StreamScan& StreamScan::operator=(StreamScan&& other) noexcept {
  std::swap(scanner_, other.scanner_);
  std::swap(stream_, other.stream_);
  reported_.swap(other.reported_);
  return *this;
}

void StreamScan::scan(Scanner& scanner, Bytes octets, Direction direction, Hits& hits) {
  if (stream_ == nullptr) {
    scanner_ = &scanner;
    stream_ = scanner.take_stream();
    if (stream_ == nullptr) return;
  }
  Collector collector{scanner.set_, direction, hits, reported_};
  const size_t first = hits.size();
  hs_scan_stream(stream_, as_text(octets).data(), static_cast<unsigned>(octets.size()), 0,
                 scanner.scratch_, on_match, &collector);
  put_in_order(hits, first);
}

void StreamScan::close() {
  if (stream_ != nullptr) scanner_->give_back(std::exchange(stream_, nullptr));
  reported_.clear();
}

// ---- rules --------------------------------------------------------------------------------------

bool RuleState::has_met(PatternId pattern) const {
  return std::find(met_.begin(), met_.end(), pattern) != met_.end();
}

void RuleState::meet(const SignatureSet& set, PatternId pattern, Carrier carrier,
                     std::vector<RuleId>& fired) {
  if (has_met(pattern)) return;
  met_.push_back(pattern);
  for (const RuleId rule : set.patterns_[pattern].rules) {
    const bool stands = set.rules_[rule].fields_only ||
                        set.signatures_[set.rules_[rule].signature].stands_on(carrier);
    if (!stands || std::find(fired_.begin(), fired_.end(), rule) != fired_.end()) continue;
    if (!holds(set, rule)) continue;
    fired_.push_back(rule);
    fired.push_back(rule);
  }
}

bool RuleState::holds(const SignatureSet& set, RuleId id) const {
  const Rule& rule = set.rule(id);
  const PatternId first = set.rules_[id].first_pattern;
  const auto met = [&](uint16_t pattern) { return has_met(first + pattern); };
  return std::all_of(rule.all.begin(), rule.all.end(), met) &&
         (rule.any.empty() || std::any_of(rule.any.begin(), rule.any.end(), met)) &&
         std::none_of(rule.none.begin(), rule.none.end(), met);
}

}  // namespace parlance
