#include "signatures/matcher.h"

#include <algorithm>
#include <map>
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
  if (const uint32_t width = pattern.widths.fixed(); width != 0) return to - std::min<uint64_t>(to, width);
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

/// True of a pattern whose matches all begin where the buffer does.
bool begins_buffer(const Pattern& pattern) { return pattern.at && pattern.at->last == 0; }

/// What is inside TLS is what else stands on TCP: one search does for both.
bool may_stand_on(const Signature& signature, Carrier carrier) {
  if (carrier != Carrier::tcp) return signature.stands_on(carrier);
  return signature.stands_on(Carrier::tcp) || signature.stands_on(Carrier::tls);
}

/// Hyperscan gives no order to matches that end together, and a companion may be met in the database of each
/// of its leading patterns.
void put_in_order(Hits& hits, size_t first) {
  if (hits.size() < first + 2) return;
  const auto begin = hits.begin() + static_cast<ptrdiff_t>(first);
  std::sort(begin, hits.end(), [](const Hit& a, const Hit& b) {
    return a.end != b.end ? a.end < b.end : a.pattern < b.pattern;
  });
  const auto is_same = [](const Hit& a, const Hit& b) { return a.end == b.end && a.pattern == b.pattern; };
  hits.erase(std::unique(begin, hits.end(), is_same), hits.end());
}

}  // namespace

void DatabaseDeleter::operator()(hs_database* database) const {
  hs_free_database(database);
}

void ScratchDeleter::operator()(hs_scratch* scratch) const {
  hs_free_scratch(scratch);
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
    for (uint16_t i = 0; i < patterns; ++i) {
      const Pattern& each = signature.patterns[i];
      patterns_.push_back({id, i, {}, !each.is_field() && begins_buffer(each)});
    }
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

std::vector<PatternId> SignatureSet::patterns_of_field(std::string_view buffer) const {
  std::vector<PatternId> ids;
  for (PatternId id = 0; id < patterns_.size(); ++id) {
    if (pattern(id).buffer == buffer && pattern(id).kind != PatternKind::suffix) ids.push_back(id);
  }
  return ids;
}

std::optional<LeadSets> SignatureSet::leads_of_field(const std::vector<PatternId>& ids) const {
  LeadSets leads{};
  for (const PatternId id : ids) {
    const Pattern& each = pattern(id);
    if (!is_anchored(each.expression)) return std::nullopt;
    const LeadSets sets = lead_sets_of(each.expression, each.ignore_case);
    for (size_t place = 0; place < kLeadOctets; ++place) leads[place] |= sets[place];
  }
  return leads;
}

/// True of a message's pattern that may stand anywhere but decides nothing alone: each rule that names it
/// also asks for one at the start, so it need not be looked for where none can be.
bool SignatureSet::is_companion(PatternId id) const {
  if (pattern(id).buffer != "message" || patterns_[id].at_start) return false;
  const auto excludes = [&](const Rule& rule) {
    return std::find(rule.none.begin(), rule.none.end(), patterns_[id].index) != rule.none.end();
  };
  const std::vector<Rule>& all_rules = signature(signature_of_pattern(id)).rules;
  if (std::any_of(all_rules.begin(), all_rules.end(), excludes)) return false;
  const auto asks_for_start = [&](RuleId of) {
    const auto& all = rule(of).all;
    return std::any_of(all.begin(), all.end(), [&](uint16_t each) {
      const PatternId other = rules_[of].first_pattern + each;
      return pattern(other).buffer == "message" && patterns_[other].at_start &&
             pattern(other).from == pattern(id).from;
    });
  };
  const auto& rules = patterns_[id].rules;
  return !rules.empty() && std::all_of(rules.begin(), rules.end(), asks_for_start);
}

/// How far a search for patterns goes that all begin where the buffer does.
uint64_t SignatureSet::end_of_matches(const std::vector<PatternId>& at_start) const {
  uint64_t end = 0;
  for (const PatternId id : at_start) {
    const uint32_t longest = pattern(id).widths.longest;
    if (longest == 0) return UINT64_MAX;
    end = std::max<uint64_t>(end, longest);
  }
  return end;
}

std::optional<SignatureSet::LeadMatch> SignatureSet::lead_match_of(
    const std::vector<PatternId>& group) const {
  if (group.size() != 1) return std::nullopt;
  const Pattern& only = pattern(group.front());
  const size_t width = width_told_by_lead(only.expression, only.ignore_case);
  if (width == 0) return std::nullopt;
  return LeadMatch{group.front(), width};
}

bool SignatureSet::asks_for(RuleId id, PatternId pattern) const {
  const auto& all = rule(id).all;
  return std::any_of(all.begin(), all.end(), [&](uint16_t each) {
    return rules_[id].first_pattern + each == pattern;
  });
}

/// The companions that rules ask for beside a pattern.
std::vector<PatternId> SignatureSet::companions_of(PatternId id) const {
  std::vector<PatternId> companions;
  const Signature& of = signature(signature_of_pattern(id));
  const PatternId first = id - patterns_[id].index;
  for (PatternId other = first; other < first + of.patterns.size(); ++other) {
    const auto& rules = patterns_[other].rules;
    const bool beside = std::any_of(rules.begin(), rules.end(),
                                    [&](RuleId each) { return asks_for(each, id); });
    if (beside && is_companion(other)) companions.push_back(other);
  }
  return companions;
}

/// Collects what is to be compiled. Kinds of channel that have the same patterns share a database.
class SignatureSet::Planner {
 public:
  explicit Planner(const SignatureSet& set) : set_(set) {}

  /// The index of the database of these patterns; kNone if there are none.
  static constexpr size_t kNone = SIZE_MAX;
  size_t add(bool streaming, const std::vector<PatternId>& ids) {
    if (ids.empty()) return kNone;
    const auto [known, is_new] = known_.try_emplace({streaming, ids}, plans_.size());
    if (is_new) {
      DatabasePlan& plan = plans_.emplace_back();
      plan.streaming = streaming;
      for (const PatternId id : ids) {
        const std::string& file = set_.signature(set_.signature_of_pattern(id)).file;
        plan.expressions.push_back({id, &set_.pattern(id), file});
      }
    }
    return known->second;
  }
  const std::vector<DatabasePlan>& plans() const { return plans_; }

 private:
  const SignatureSet& set_;
  std::vector<DatabasePlan> plans_;
  std::map<std::pair<bool, std::vector<PatternId>>, size_t> known_;
};

Result<void> SignatureSet::compile(const std::string& cache_folder) {
  Planner planner(*this);
  std::vector<Part*> parts;
  const auto plan = [&](bool streaming, Carrier carrier, Search& search) {
    std::vector<std::vector<PatternId>> at_start;
    std::vector<PatternId> anywhere;
    for (PatternId id = 0; id < patterns_.size(); ++id) {
      const Pattern& each = pattern(id);
      if (each.buffer != (streaming ? "stream" : "message") ||
          !may_stand_on(signature(signature_of_pattern(id)), carrier)) {
        continue;
      }
      if (patterns_[id].at_start) {
        const size_t group = search.leads.add(lead_sets_of(each.expression, each.ignore_case));
        if (group == at_start.size()) at_start.emplace_back();
        at_start[group].push_back(id);
        const std::vector<PatternId> companions = companions_of(id);
        at_start[group].insert(at_start[group].end(), companions.begin(), companions.end());
      } else if (!is_companion(id)) {
        anywhere.push_back(id);
      }
    }
    search.at_start.resize(at_start.size());
    for (size_t group = 0; group < at_start.size(); ++group) {
      Part& part = search.at_start[group];
      part.number = planner.add(streaming, at_start[group]);
      part.end = end_of_matches(at_start[group]);
      part.lead = lead_match_of(at_start[group]);
      parts.push_back(&part);
    }
    search.anywhere.number = planner.add(streaming, anywhere);
    parts.push_back(&search.anywhere);
  };
  for (const Carrier carrier : {Carrier::tcp, Carrier::udp, Carrier::websocket, Carrier::http, Carrier::quic}) {
    plan(true, carrier, stream_searches_[static_cast<size_t>(carrier)]);
    plan(false, carrier, message_searches_[static_cast<size_t>(carrier)]);
  }
  std::map<std::string, FieldSearch*> in_order;
  for (auto& [name, search] : fields_) in_order.emplace(name, &search);
  for (const auto& [name, search] : in_order) {
    const std::vector<PatternId> ids = patterns_of_field(name);
    search->part.number = planner.add(false, ids);
    search->leads = leads_of_field(ids);
    parts.push_back(&search->part);
  }

  auto databases = compile_or_load(planner.plans(), cache_folder);
  if (!databases) return tl::make_unexpected(databases.error());
  databases_ = std::move(*databases);
  scratch_ = make_scratch();
  for (Part* part : parts) {
    if (part->number != Planner::kNone) part->database = databases_[part->number].get();
  }
  return {};
}

/// hs_alloc_scratch() makes room for all databases that it is called with. Null if there is no memory for it.
Scratch SignatureSet::make_scratch() const {
  hs_scratch* scratch = nullptr;
  for (const Database& each : databases_) {
    if (hs_alloc_scratch(each.get(), &scratch) == HS_SUCCESS) continue;
    hs_free_scratch(scratch);
    return nullptr;
  }
  return Scratch(scratch);
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

constexpr size_t kNameOctets = 255;  // RFC 1035 section 2.3.4, and one for a final dot

// Without scratch scans return at once, and nothing is found.
Scanner::Scanner(const SignatureSet& set) : set_(set), idle_(set.databases_.size()) {
  lower_.reserve(kNameOctets);
  hs_scratch* copy = nullptr;
  if (set.scratch_ && hs_clone_scratch(set.scratch_.get(), &copy) == HS_SUCCESS) scratch_.reset(copy);
}

Scanner::~Scanner() {
  for (const auto& streams : idle_) {
    for (hs_stream* stream : streams) hs_close_stream(stream, nullptr, nullptr, nullptr);
  }
}

void Scanner::scan_block(const hs_database* database, Bytes octets, Direction direction,
                         Hits& hits) {
  if (database == nullptr) return;
  reported_.clear();
  Collector collector{set_, direction, hits, reported_};
  hs_scan(database, as_text(octets).data(), static_cast<unsigned>(octets.size()), 0, scratch_.get(),
          on_match, &collector);
}

/// True if the filter, which let the octets through, said all there is to say. Adds the match to `hits`.
bool Scanner::is_told_by_lead(const SignatureSet::Part& part, Bytes octets, Direction direction,
                              Hits& hits) const {
  if (!part.lead || octets.size() < part.lead->width) return false;
  const PatternId id = part.lead->pattern;
  hits.push_back({id, 0, part.lead->width, is_wrong_way(set_.pattern(id).from, direction)});
  return true;
}

void Scanner::scan_message(Carrier carrier, Bytes message, Direction direction, Hits& hits) {
  const auto& search = set_.message_search(carrier);
  const size_t first = hits.size();
  search.leads.visit_candidates(message, [&](size_t group) {
    const SignatureSet::Part& part = search.at_start[group];
    if (is_told_by_lead(part, message, direction, hits)) return;
    scan_block(part.database, message, direction, hits);
  });
  scan_block(search.anywhere.database, message, direction, hits);
  put_in_order(hits, first);
}

void Scanner::scan_field(std::string_view buffer, Bytes value, Direction direction, Hits& hits) {
  const auto found = set_.fields_.find(buffer);
  if (found == set_.fields_.end()) return;
  const auto& search = found->second;
  const size_t first = hits.size();
  if (!search.leads || may_match(*search.leads, value)) {
    scan_block(search.part.database, value, direction, hits);
  }
  put_in_order(hits, first);
  if (search.suffixes.empty() || value.size() > kNameOctets) return;
  lower_.clear();
  append_lower(lower_, as_text(value));
  std::string_view name = lower_;
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

void Scanner::scan_port(uint16_t port, Hits& hits) {
  if (silent_ports_.empty()) silent_ports_.resize(size_t{UINT16_MAX} + 1);
  if (silent_ports_[port]) return;
  const size_t before = hits.size();
  const std::string text = std::to_string(port);
  scan_field("server.port", as_bytes(text), Direction::to_server, hits);
  silent_ports_[port] = hits.size() == before;
}

hs_stream* Scanner::take_stream(const SignatureSet::Part& part) {
  if (part.database == nullptr) return nullptr;
  auto& idle = idle_[part.number];
  if (!idle.empty()) {
    hs_stream* stream = idle.back();
    idle.pop_back();
    return stream;
  }
  hs_stream* stream = nullptr;
  return hs_open_stream(part.database, 0, &stream) == HS_SUCCESS ? stream : nullptr;
}

void Scanner::give_back(hs_stream* stream, size_t number) {
  constexpr size_t kIdleStreams = 1024;
  if (idle_[number].size() < kIdleStreams &&
      hs_reset_stream(stream, 0, nullptr, nullptr, nullptr) == HS_SUCCESS) {
    idle_[number].push_back(stream);
  } else {
    hs_close_stream(stream, nullptr, nullptr, nullptr);
  }
}

StreamScan::~StreamScan() {
  close();
}

StreamScan::StreamScan(StreamScan&& other) noexcept { *this = std::move(other); }

StreamScan& StreamScan::operator=(StreamScan&& other) noexcept {
  std::swap(scanner_, other.scanner_);
  std::swap(scanned_, other.scanned_);
  streams_.swap(other.streams_);
  reported_.swap(other.reported_);
  return *this;
}

void StreamScan::begin(Scanner& scanner, const SignatureSet::Search& search, Bytes octets,
                       Direction direction, Hits& hits) {
  scanner_ = &scanner;
  search.leads.visit_candidates(octets, [&](size_t group) {
    const SignatureSet::Part& part = search.at_start[group];
    if (!scanner.is_told_by_lead(part, octets, direction, hits)) open(part);
  });
  open(search.anywhere);
}

void StreamScan::open(const SignatureSet::Part& part) {
  if (hs_stream* stream = scanner_->take_stream(part)) streams_.push_back({stream, part.number, part.end});
}

/// Most patterns say how long they may be; behind that they need not be looked for.
void StreamScan::close_finished() {
  const auto finished = std::partition(streams_.begin(), streams_.end(),
                                       [&](const Stream& each) { return each.end > scanned_; });
  for (auto each = finished; each != streams_.end(); ++each) scanner_->give_back(each->stream, each->number);
  streams_.erase(finished, streams_.end());
}

void StreamScan::scan(Scanner& scanner, Carrier carrier, Bytes octets, Direction direction,
                      Hits& hits) {
  if (octets.empty()) return;
  const size_t first = hits.size();
  if (scanner_ == nullptr) begin(scanner, scanner.set_.stream_search(carrier), octets, direction, hits);
  Collector collector{scanner.set_, direction, hits, reported_};
  for (const Stream& each : streams_) {
    hs_scan_stream(each.stream, as_text(octets).data(), static_cast<unsigned>(octets.size()), 0,
                   scanner.scratch_.get(), on_match, &collector);
  }
  put_in_order(hits, first);
  scanned_ += octets.size();
  close_finished();
}

void StreamScan::close() {
  for (const Stream& each : streams_) scanner_->give_back(each.stream, each.number);
  streams_.clear();
  scanner_ = nullptr;
  scanned_ = 0;
  reported_.clear();
}

// ---- rules --------------------------------------------------------------------------------------

bool RuleState::knows(uint32_t item) const {
  return std::find(known_.begin(), known_.end(), item) != known_.end();
}

bool RuleState::has_met(PatternId pattern) const { return knows(pattern); }

void RuleState::meet(const SignatureSet& set, PatternId pattern, Carrier carrier,
                     std::vector<RuleId>& fired) {
  if (has_met(pattern)) return;
  known_.push_back(pattern);
  for (const RuleId rule : set.patterns_[pattern].rules) {
    const bool stands = set.rules_[rule].fields_only ||
                        set.signatures_[set.rules_[rule].signature].stands_on(carrier);
    if (!stands || knows(rule | kRule) || !holds(set, rule)) continue;
    known_.push_back(rule | kRule);
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
