#include "signatures/loader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <toml++/toml.h>
#include <unistd.h>

#include "base/text.h"
#include "signatures/cache.h"
#include "signatures/expression.h"

namespace parlance {
namespace {

namespace fs = std::filesystem;

constexpr double kStrongBits = 24;    // below this, chance meets a pattern too often
constexpr double kAnywhereBits = 13;  // 8 KiB are searched: as many places to be met by chance

constexpr std::array<std::string_view, 17> kCardKeys = {
    "schema",   "revision", "name",  "title",       "class",   "app",  "account",     "carried_by", "references",
    "captures", "agreed",   "hosts", "verified_on", "pattern", "rule", "mistaken_for",
    "also_speaks"};
constexpr std::array<std::string_view, 4> kHostsKeys = {"suffix", "source", "date", "fields"};
constexpr std::array<std::string_view, 11> kPatternKeys = {
    "id", "in", "from", "at", "regex", "hex", "text", "suffix", "ignore_case", "says", "note"};
constexpr std::array<std::string_view, 6> kRuleKeys = {"strength", "all",    "any",
                                                       "none",     "verify", "note"};

constexpr std::array<std::string_view, 4> kStrengthNames = {"", "hint", "strong", "proof"};
constexpr std::array<std::string_view, 5> kVerifiedNames = {
    "", "names only", "vectors only", "real client, local server", "real capture"};
constexpr std::array<std::string_view, 5> kClassNames = {"xmpp", "websocket", "proprietary", "open",
                                                         "other"};
constexpr std::array<std::string_view, kCarriers> kCarrierNames = {
    "tcp", "udp", "tls", "websocket", "http", "quic"};

/// A field in which host names stand, and what is said when one of them is met. `{}`: the title.
struct HostField {
  std::string_view field, id, says, note;
};
constexpr std::string_view kOnlyAName = "says whose server it is, not which protocol is spoken";
constexpr std::array<HostField, 6> kHostFields = {{
    {"tls.sni", "server-name", "the TLS server name is one of {}", kOnlyAName},
    {"tls.certificate", "certificate-name", "a name in the server's certificate is one of {}",
     "certificates of shared front ends name several services"},
    {"dns.name", "resolved-name", "a DNS answer gave the server's address for a name of {}",
     "the address may be shared with other services"},
    {"http.host", "http-host", "the HTTP host is one of {}", kOnlyAName},
    {"proxy.host", "proxy-host", "the host that a proxy was asked for is one of {}", kOnlyAName},
    {"xmpp.domain", "xmpp-domain", "the domain of an XMPP stream is one of {}", kOnlyAName},
}};

template <size_t N>
int index_in(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

template <size_t N>
std::string joined(const std::array<std::string_view, N>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Names go into records as they are.
bool is_plain_name(std::string_view name) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return name.find_first_not_of(kLetters) == std::string_view::npos;
}

/// Reads one file; gathers every mistake in it.
class FileReader {
 public:
  FileReader(const std::string& file, const LoaderContext& context, std::vector<Error>& errors)
      : file_(file), context_(context), errors_(errors) {}

  Signature read(const toml::table& table, std::string description) {
    signature_.file = file_;
    signature_.description = std::move(description);
    check_keys(table, kCardKeys, "a signature");
    read_card(table);
    read_each(table, "pattern", [this](const toml::table& each) { read_pattern(each); });
    read_each(table, "rule", [this](const toml::table& each) { read_rule(each); });
    read_hosts(table);
    check_whole(table);
    return std::move(signature_);
  }

 private:
  // ---- saying what is wrong ----
  void complain(const toml::source_region& at, std::string what, std::string advice = {}) {
    errors_.push_back({fmt::format("{}:{}:{}", file_, at.begin.line, at.begin.column),
                       std::move(what), std::move(advice)});
  }
  void complain(const toml::node& at, std::string what, std::string advice = {}) {
    complain(at.source(), std::move(what), std::move(advice));
  }

  template <size_t N>
  void check_keys(const toml::table& table, const std::array<std::string_view, N>& known,
                  const char* of) {
    for (const auto& [key, node] : table) {
      if (index_in(known, key.str()) < 0) {
        complain(key.source(), fmt::format("'{}' is no key of {}", key.str(), of),
                 "known keys: " + joined(known));
      }
    }
  }

  // ---- values ----
  std::string text_of(const toml::table& table, std::string_view key, bool required) {
    const toml::node* node = table.get(key);
    if (node == nullptr) {
      if (required) complain(table, fmt::format("'{}' is missing", key));
      return {};
    }
    const auto value = node->value_exact<std::string>();
    if (!value) complain(*node, fmt::format("'{}' must be a text", key));
    return value.value_or("");
  }

  std::vector<std::string> texts_of(const toml::table& table, std::string_view key) {
    std::vector<std::string> texts;
    const toml::node* node = table.get(key);
    if (node == nullptr) return texts;
    const toml::array* array = node->as_array();
    if (array == nullptr) {
      complain(*node, fmt::format("'{}' must be a list of texts", key));
      return texts;
    }
    for (const toml::node& each : *array) {
      const auto value = each.value_exact<std::string>();
      if (!value) complain(each, fmt::format("'{}' must be a list of texts", key));
      texts.push_back(value.value_or(""));
    }
    return texts;
  }

  /// The node of the list's entry at `index`, as texts_of() gave it.
  static const toml::node& entry(const toml::table& table, std::string_view key, size_t index) {
    return *table.get(key)->as_array()->get(index);
  }

  /// The index of a word among `names`, or -1 and a complaint.
  template <size_t N>
  int choice_of(const toml::node& node, std::string_view key, std::string_view value,
                const std::array<std::string_view, N>& names) {
    const int index = index_in(names, value);
    if (index < 0) {
      complain(node, fmt::format("'{}' is no {}", value, key), "one of: " + joined(names));
    }
    return index;
  }

  template <class Read>
  void read_each(const toml::table& table, std::string_view key, Read read_one) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr || !array->is_homogeneous(toml::node_type::table)) {
      complain(*node, fmt::format("write [[{}]]", key));
      return;
    }
    if (array->size() > kMostPatterns) {
      complain(*node, fmt::format("more than {} of [[{}]]", kMostPatterns, key));
      return;
    }
    for (const toml::node& each : *array) read_one(*each.as_table());
  }

  // ---- the card ----
  void read_card(const toml::table& table) {
    if (const auto schema = table["schema"].value<int64_t>(); schema != 1) {
      complain(table.get("schema") ? *table.get("schema") : table, "'schema' must be 1");
    }
    read_revision(table);
    signature_.name = text_of(table, "name", true);
    if (const toml::node* node = table.get("name");
        node != nullptr && signature_.name != fs::path(file_).stem().string()) {
      complain(*node, fmt::format("the name '{}' is not the file's", signature_.name));
    } else if (!is_plain_name(signature_.name)) {
      complain(*node, "a name has lower-case letters, digits and hyphens only");
    }
    signature_.title = text_of(table, "title", true);
    signature_.app = text_of(table, "app", false);
    read_account(table);
    read_also_speaks(table);
    signature_.references = texts_of(table, "references");
    signature_.captures = texts_of(table, "captures");
    if (const std::string name = text_of(table, "class", true); !name.empty()) {
      const int index = choice_of(*table.get("class"), "class", name, kClassNames);
      if (index >= 0) signature_.protocol_class = static_cast<ProtocolClass>(index);
    }
    signature_.agreed = strength_of(table, "agreed", false);
    if (const std::string word = text_of(table, "verified_on", false); !word.empty()) {
      const int index = choice_of(*table.get("verified_on"), "verification", word, kVerifiedNames);
      if (index >= 0) signature_.verified = static_cast<Verified>(index);
    }
    read_carriers(table);
    check_captures(table);
  }

  void read_account(const toml::table& table) {
    signature_.account = text_of(table, "account", false);
    if (signature_.account.empty()) return;
    const toml::node& node = *table.get("account");
    if (signature_.app.empty()) complain(node, "'account' is of an application: 'app' is missing");
    const size_t dot = signature_.account.find('.');
    const bool is_note = dot > 0 && dot != std::string::npos && dot + 1 < signature_.account.size();
    if (!is_note) complain(node, fmt::format("'{}' is no note of a record", signature_.account), "write object.member");
  }

  void read_also_speaks(const toml::table& table) {
    signature_.also_speaks = texts_of(table, "also_speaks");
    if (!signature_.also_speaks.empty() && signature_.app.empty()) {
      complain(*table.get("also_speaks"), "'also_speaks' is of an application: 'app' is missing");
    }
    if (!context_.is_signature) return;
    for (size_t i = 0; i < signature_.also_speaks.size(); ++i) {
      const std::string& name = signature_.also_speaks[i];
      if (context_.is_signature(name)) continue;
      complain(entry(table, "also_speaks", i), fmt::format("there is no signature '{}'", name));
    }
  }

  void read_revision(const toml::table& table) {
    const toml::node* node = table.get("revision");
    if (node == nullptr) return;
    const auto value = node->value_exact<int64_t>();
    if (!value || *value < 1 || *value > 1'000'000) {
      complain(*node, "'revision' must be a number from 1 on");
    } else {
      signature_.revision = static_cast<int>(*value);
    }
  }

  void read_carriers(const toml::table& table) {
    if (!table.contains("carried_by")) {
      signature_.carriers =
          1 << static_cast<int>(Carrier::tcp) | 1 << static_cast<int>(Carrier::tls);
      return;
    }
    const std::vector<std::string> names = texts_of(table, "carried_by");
    if (names.empty()) complain(*table.get("carried_by"), "'carried_by' names no carrier");
    for (size_t i = 0; i < names.size(); ++i) {
      const toml::node& node = entry(table, "carried_by", i);
      const int index = choice_of(node, "carrier", names[i], kCarrierNames);
      if (index >= 0) signature_.carriers = static_cast<uint8_t>(signature_.carriers | 1 << index);
    }
  }

  void check_captures(const toml::table& table) {
    if (context_.captures_folder.empty()) return;
    for (size_t i = 0; i < signature_.captures.size(); ++i) {
      const std::string base = context_.captures_folder + "/" + signature_.captures[i];
      std::error_code ignored;
      if (!fs::exists(base + ".pcap", ignored) && !fs::exists(base + ".pcapng", ignored)) {
        complain(entry(table, "captures", i),
                 fmt::format("there is no capture '{}'", signature_.captures[i]),
                 "it must stand in " + context_.captures_folder);
      }
    }
  }

  // ---- patterns ----
  void read_pattern(const toml::table& table) {
    check_keys(table, kPatternKeys, "a pattern");
    Pattern pattern;
    pattern.line = table.source().begin.line;
    pattern.column = table.source().begin.column;
    pattern.id = text_of(table, "id", true);
    if (!is_plain_name(pattern.id)) {
      complain(*table.get("id"), "an id has lower-case letters, digits and hyphens only");
    }
    pattern.buffer = text_of(table, "in", true);
    pattern.says = text_of(table, "says", true);
    read_case(table, pattern);
    read_from(table, pattern);
    read_window(table, pattern);
    read_expression(table, pattern);
    if (has_pattern(pattern.id)) {
      complain(table, fmt::format("there is a pattern '{}' already", pattern.id));
    }
    if (pattern.is_field() && pattern.buffer.find('.') == std::string::npos &&
        !pattern.buffer.empty()) {
      complain(*table.get("in"), fmt::format("'{}' is no buffer", pattern.buffer),
               "stream, message, or a field such as tls.sni");
    }
    places_.push_back(table.source());
    signature_.patterns.push_back(std::move(pattern));
  }

  void read_case(const toml::table& table, Pattern& pattern) {
    const toml::node* node = table.get("ignore_case");
    if (node == nullptr) return;
    const auto value = node->value_exact<bool>();
    if (!value) complain(*node, "'ignore_case' must be true or false");
    pattern.ignore_case = value.value_or(false);
    if (pattern.ignore_case && (table.contains("hex") || table.contains("suffix"))) {
      complain(*node, "'ignore_case' is for regex and text",
               "names are compared in lower case anyway");
    }
  }

  void read_from(const toml::table& table, Pattern& pattern) {
    static constexpr std::array<std::string_view, 3> kNames = {"client", "server", "either"};
    const std::string name = text_of(table, "from", false);
    if (name.empty()) return;
    const int index = choice_of(*table.get("from"), "direction", name, kNames);
    if (index >= 0) pattern.from = static_cast<From>(index);
  }

  void read_window(const toml::table& table, Pattern& pattern) {
    const toml::node* node = table.get("at");
    if (node == nullptr) return;
    std::optional<int64_t> first = node->value_exact<int64_t>(), last = first;
    if (const toml::array* array = node->as_array(); array != nullptr && array->size() == 2) {
      first = array->get(0)->value_exact<int64_t>();
      last = array->get(1)->value_exact<int64_t>();
    }
    if (pattern.is_field()) {
      complain(*node, "'at' is for stream and message", "write ^ in the regex of a field");
    } else if (!first || !last || *first < 0 || *last < *first) {
      complain(*node, "'at' must be an offset or [first, last]");
    } else if (*last > kWidestWindow) {
      complain(*node, fmt::format("'at' reaches beyond offset {}", kWidestWindow),
               "leave it out to search everywhere");
    } else {
      pattern.at = Window{static_cast<uint32_t>(*first), static_cast<uint32_t>(*last)};
    }
  }

  void read_expression(const toml::table& table, Pattern& pattern) {
    static constexpr std::array<std::string_view, 4> kKinds = {"regex", "hex", "text", "suffix"};
    int given = 0;
    for (size_t i = 0; i < kKinds.size(); ++i) {
      if (!table.contains(kKinds[i])) continue;
      ++given;
      pattern.kind = static_cast<PatternKind>(i);
    }
    if (given != 1) {
      complain(table, fmt::format("pattern '{}' needs exactly one of regex, hex, text, suffix",
                                  pattern.id));
      return;
    }
    const std::string_view key = kKinds[static_cast<size_t>(pattern.kind)];
    const toml::node& node = *table.get(key);
    pattern.line = node.source().begin.line;
    pattern.column = node.source().begin.column;
    if (pattern.kind == PatternKind::suffix) return read_suffixes(table, pattern);
    const std::string value = text_of(table, key, true);
    if (value.empty()) return complain(node, fmt::format("'{}' is empty", key));
    if (pattern.kind == PatternKind::regex && !is_fit(node, pattern, value)) return;
    if (pattern.kind == PatternKind::regex) pattern.expression = value;
    if (pattern.kind == PatternKind::text) pattern.expression = expression_of_text(value);
    if (pattern.kind == PatternKind::hex) {
      const auto made = expression_of_hex(value);
      if (!made) return complain(node, "'hex' must be pairs of hexadecimal digits or ??");
      pattern.expression = *made;
    }
    pattern.fixed_bits = fixed_bits_of(pattern.expression, pattern.ignore_case);
    if (auto widths = check_expression(pattern, file_)) {
      pattern.widths = *widths;
    } else {
      errors_.push_back(widths.error());
    }
  }

  /// What Hyperscan would take without a word, and never find.
  bool is_fit(const toml::node& node, const Pattern& pattern, const std::string& regex) {
    if (regex.find('\0') != std::string::npos) {
      complain(node, "a regex cannot hold a NUL", "write \\x00");
      return false;
    }
    if (pattern.buffer == "stream" && asks_for_end(regex)) {
      complain(node, "a stream has no end to look for");
      return false;
    }
    return true;
  }

  void read_suffixes(const toml::table& table, Pattern& pattern) {
    pattern.suffixes = texts_of(table, "suffix");
    if (pattern.suffixes.empty()) complain(*table.get("suffix"), "'suffix' names nothing");
    for (size_t i = 0; i < pattern.suffixes.size(); ++i) {
      std::string& each = pattern.suffixes[i];
      each = to_lower(each);
      if (each.find('.') == std::string::npos || each.front() == '.' || each.back() == '.') {
        complain(entry(table, "suffix", i), fmt::format("'{}' is no host name of two labels", each),
                 "write it without a dot at its ends");
      }
    }
    if (!pattern.is_field()) {
      complain(*table.get("suffix"), "'suffix' is for fields, which hold one name",
               "use regex or text in stream and message");
    }
  }

  // ---- host names ----
  /// A pattern for each field in which names stand, and a rule that takes it for a hint.
  void read_hosts(const toml::table& table) {
    const toml::node* node = table.get("hosts");
    if (node == nullptr) return;
    if (!node->is_table()) return complain(*node, "write [hosts]");
    const toml::table& hosts = *node->as_table();
    check_keys(hosts, kHostsKeys, "[hosts]");
    read_origin(hosts);
    if (!hosts.contains("suffix")) return complain(hosts, "'suffix' is missing");
    Pattern names;
    names.kind = PatternKind::suffix;
    names.buffer = kHostFields[0].field;
    names.line = hosts.get("suffix")->source().begin.line;
    names.column = hosts.get("suffix")->source().begin.column;
    read_suffixes(hosts, names);
    const std::vector<std::string> wanted = texts_of(hosts, "fields");
    check_host_fields(hosts, wanted);
    for (const HostField& each : kHostFields) {
      const bool is_wanted = std::find(wanted.begin(), wanted.end(), each.field) != wanted.end();
      if (wanted.empty() || is_wanted) add_host_field(hosts, each, names);
    }
  }

  void read_origin(const toml::table& hosts) {
    const std::string source = text_of(hosts, "source", true);
    const toml::node* date = hosts.get("date");
    if (date == nullptr) return complain(hosts, "'date' is missing");
    const auto day = date->value_exact<toml::date>();
    if (!day) return complain(*date, "'date' must be a day", "write it as 2026-11-26");
    signature_.hosts_source =
        fmt::format("{} ({}-{:02}-{:02})", source, day->year, day->month, day->day);
  }

  void check_host_fields(const toml::table& hosts, const std::vector<std::string>& wanted) {
    std::array<std::string_view, kHostFields.size()> known;
    for (size_t i = 0; i < known.size(); ++i) known[i] = kHostFields[i].field;
    for (size_t i = 0; i < wanted.size(); ++i) {
      choice_of(entry(hosts, "fields", i), "field of host names", wanted[i], known);
    }
  }

  void add_host_field(const toml::table& hosts, const HostField& field, Pattern names) {
    names.id = field.id;
    names.buffer = field.field;
    names.says = fmt::format(fmt::runtime(field.says), signature_.title);
    if (has_pattern(names.id)) {
      return complain(hosts, fmt::format("[hosts] makes a pattern '{}', and there is one", names.id));
    }
    Rule rule;
    rule.any = {static_cast<uint16_t>(signature_.patterns.size())};
    rule.note = field.note;
    used_.insert(names.id);
    places_.push_back(hosts.source());
    signature_.patterns.push_back(std::move(names));
    signature_.rules.push_back(std::move(rule));
  }

  bool has_pattern(std::string_view id) const {
    return std::any_of(signature_.patterns.begin(), signature_.patterns.end(),
                       [&](const Pattern& each) { return each.id == id; });
  }

  // ---- rules ----
  void read_rule(const toml::table& table) {
    check_keys(table, kRuleKeys, "a rule");
    Rule rule;
    rule.strength = strength_of(table, "strength", true);
    rule.all = patterns_of(table, "all");
    rule.any = patterns_of(table, "any");
    rule.none = patterns_of(table, "none");
    rule.verify = text_of(table, "verify", false);
    rule.note = text_of(table, "note", false);
    check_rule(table, rule);
    signature_.rules.push_back(std::move(rule));
  }

  Strength strength_of(const toml::table& table, std::string_view key, bool required) {
    const std::string name = text_of(table, key, required);
    if (name.empty()) return Strength::none;
    const int index = choice_of(*table.get(key), "strength", name, kStrengthNames);
    return index < 0 ? Strength::none : static_cast<Strength>(index);
  }

  std::vector<uint16_t> patterns_of(const toml::table& table, std::string_view key) {
    std::vector<uint16_t> indexes;
    const std::vector<std::string> ids = texts_of(table, key);
    for (size_t i = 0; i < ids.size(); ++i) {
      const std::string& id = ids[i];
      const auto found = std::find_if(signature_.patterns.begin(), signature_.patterns.end(),
                                      [&](const Pattern& each) { return each.id == id; });
      if (found == signature_.patterns.end()) {
        complain(entry(table, key, i), fmt::format("there is no pattern '{}'", id));
        continue;
      }
      indexes.push_back(static_cast<uint16_t>(found - signature_.patterns.begin()));
      used_.insert(id);
    }
    return indexes;
  }

  void check_rule(const toml::table& table, const Rule& rule) {
    if (rule.all.empty() && rule.any.empty()) complain(table, "a rule needs 'all' or 'any'");
    if (!rule.verify.empty()) {
      if (context_.is_parser && !context_.is_parser(rule.verify)) {
        complain(*table.get("verify"), fmt::format("there is no parser '{}'", rule.verify));
      }
      return;
    }
    if (rule.strength == Strength::proof) {
      complain(*table.get("strength"), "patterns alone are no proof",
               "name a parser in 'verify', or claim strong");
    }
    if (rule.strength == Strength::strong) check_strong(table, rule);
  }

  /// What a match says that is not owed to the number of places where it might have been.
  static double worth_of(const Pattern& pattern) {
    double spent = pattern.is_field() ? 0 : kAnywhereBits;
    if (pattern.at) spent = std::log2(pattern.at->last - pattern.at->first + 1);
    return std::max(0.0, pattern.fixed_bits - spent);
  }

  /// Fields are what one side says of itself or of the other, but for the one that both agreed on.
  static bool is_name(const Pattern& pattern) {
    return pattern.is_field() && pattern.buffer != "tls.alpn_server";
  }

  void check_strong(const toml::table& table, const Rule& rule) {
    double bits = 0, least = rule.any.empty() ? 0 : 1e9;
    bool names_only = true;
    for (const uint16_t i : rule.all) bits += worth_of(signature_.patterns[i]);
    for (const uint16_t i : rule.any) least = std::min(least, worth_of(signature_.patterns[i]));
    for (const auto* group : {&rule.all, &rule.any}) {
      for (const uint16_t i : *group) names_only = names_only && is_name(signature_.patterns[i]);
    }
    if (names_only) {
      complain(*table.get("strength"), "a rule over fields alone is a hint",
               "a name says whose server it is, no more");
    } else if (bits + least < kStrongBits) {
      complain(*table.get("strength"),
               fmt::format("strong needs {} fixed bits, this rule has {:.0f}", kStrongBits,
                           std::floor(bits + least)),
               "a pattern that may start anywhere has 13 fewer than it says");
    }
  }

  void check_whole(const toml::table& table) {
    if (signature_.rules.empty()) complain(table, "a signature needs a rule");
    for (size_t i = 0; i < signature_.patterns.size(); ++i) {
      const std::string& id = signature_.patterns[i].id;
      if (!used_.contains(id)) complain(places_[i], fmt::format("no rule uses pattern '{}'", id));
    }
  }

  const std::string& file_;
  const LoaderContext& context_;
  std::vector<Error>& errors_;
  Signature signature_;
  std::vector<toml::source_region> places_;  ///< of the patterns
  std::set<std::string> used_;
};

/// The comment at the top of a file, without its marks and without the file's own name.
std::string description_of(std::string_view text) {
  std::string description;
  const std::string copy(text);
  std::istringstream lines(copy);
  for (std::string line; std::getline(lines, line) && !line.empty() && line[0] == '#';) {
    std::string_view words = line;
    words = trim(words.substr(1));
    if (words.starts_with("signatures/")) continue;
    if (!description.empty()) description += ' ';
    description += words;
  }
  return description;
}

/// The whole of a file. They are many and small, and read at each start: no stream is made for
/// each.
std::optional<std::string> content_of(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::string text;
  std::array<char, 8192> room;
  ssize_t got = 0;
  while ((got = read(file, room.data(), room.size())) > 0) {
    text.append(room.data(), static_cast<size_t>(got));
  }
  close(file);
  if (got < 0) return std::nullopt;
  return text;
}

}  // namespace

std::string_view name_of(Verified verified) {
  return kVerifiedNames[static_cast<size_t>(verified)];
}

Loaded load_signature_text(std::string_view text, const std::string& file,
                           const LoaderContext& context) {
  Loaded loaded;
  try {
    const toml::table table = toml::parse(text, file);
    Signature signature =
        FileReader(file, context, loaded.errors).read(table, description_of(text));
    if (loaded.errors.empty()) loaded.signatures.push_back(std::move(signature));
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    loaded.errors.push_back(
        {fmt::format("{}:{}:{}", file, at.line, at.column), std::string(error.description()), {}});
  }
  return loaded;
}

std::vector<SignatureFile> read_signature_files(const std::vector<std::string>& folders,
                                                std::vector<Error>& errors) {
  std::map<std::string, std::string> paths;  // by name, so that a later folder replaces
  for (const std::string& folder : folders) {
    std::error_code error;
    fs::directory_iterator entries(folder, error);
    if (error) {
      errors.push_back(
          {folder, "this folder of signatures cannot be read: " + error.message(), {}});
      continue;
    }
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      const fs::path& path = entries->path();
      if (path.extension() == ".toml") paths[path.stem().string()] = path.string();
    }
  }
  std::vector<SignatureFile> files;
  files.reserve(paths.size());
  for (auto& [name, path] : paths) {
    auto text = content_of(path);
    files.push_back({std::move(path), std::move(text)});
  }
  return files;
}

std::set<std::string, std::less<>> names_of(const std::vector<SignatureFile>& files) {
  std::set<std::string, std::less<>> names;
  for (const SignatureFile& each : files) names.insert(fs::path(each.path).stem().string());
  return names;
}

Loaded load_signature_files(const std::vector<SignatureFile>& files, const LoaderContext& context) {
  const std::set<std::string, std::less<>> names = names_of(files);
  LoaderContext among = context;
  if (!among.is_signature) {
    among.is_signature = [&names](std::string_view name) { return names.contains(name); };
  }
  Loaded all;
  for (const SignatureFile& file : files) {
    if (!file.text) {
      all.errors.push_back({file.path, "this file cannot be read", {}});
      continue;
    }
    Loaded one = load_signature_text(*file.text, file.path, among);
    std::move(one.signatures.begin(), one.signatures.end(), std::back_inserter(all.signatures));
    std::move(one.errors.begin(), one.errors.end(), std::back_inserter(all.errors));
  }
  return all;
}

Loaded load_signatures(const std::vector<std::string>& folders, const LoaderContext& context) {
  std::vector<Error> errors;
  const std::vector<SignatureFile> files = read_signature_files(folders, errors);
  Loaded all = load_signature_files(files, context);
  all.errors.insert(all.errors.begin(), errors.begin(), errors.end());
  return all;
}

}  // namespace parlance
