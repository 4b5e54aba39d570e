#include "signatures/lead_filter.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <hs/hs.h>

#include "signatures/loader.h"
#include "support/checkout.h"

namespace parlance {
namespace {

using Random = std::mt19937;

size_t below(Random& random, size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random); }
char any_octet(Random& random) { return static_cast<char>(below(random, 256)); }

/// Hyperscan's word on whether a buffer begins with a match.
class Judge {
 public:
  Judge(const std::string& expression, bool ignore_case) {
    const unsigned flags =
        HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH | (ignore_case ? HS_FLAG_CASELESS : 0u);
    hs_compile_error_t* error = nullptr;
    hs_compile(("^(?:" + expression + ")").c_str(), flags, HS_MODE_BLOCK, nullptr, &database_, &error);
    if (error != nullptr) ADD_FAILURE() << expression << ": " << error->message;
    hs_free_compile_error(error);
    if (database_ != nullptr) hs_alloc_scratch(database_, &scratch_);
  }
  ~Judge() {
    hs_free_scratch(scratch_);
    hs_free_database(database_);
  }
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  bool matches(const std::string& buffer) const {
    bool matched = false;
    const auto on_match = [](unsigned, unsigned long long, unsigned long long, unsigned, void* context) {
      *static_cast<bool*>(context) = true;
      return 1;
    };
    if (database_ == nullptr) return false;
    hs_scan(database_, buffer.data(), static_cast<unsigned>(buffer.size()), 0, scratch_, on_match, &matched);
    return matched;
  }

 private:
  hs_database_t* database_ = nullptr;
  hs_scratch_t* scratch_ = nullptr;
};

/// Says what an expression may mean. It may be wrong, for Hyperscan has the last word; it shares nothing
/// with the code under test.
class Speaker {
 public:
  Speaker(const std::string& expression, Random& random) : text_(expression), random_(random) {}
  std::string say() {
    std::string said = branches();
    while (at_ < text_.size()) said += branches();
    return said;
  }

 private:
  bool more() const { return at_ < text_.size(); }
  bool take(std::string_view what) {
    if (text_.compare(at_, what.size(), what) != 0) return false;
    at_ += what.size();
    return true;
  }
  char next() { return more() ? text_[at_++] : '\0'; }

  std::string branches() {
    std::vector<std::string> all = {sequence()};
    while (take("|")) all.push_back(sequence());
    take(")");
    return all[below(random_, all.size())];
  }
  std::string sequence() {
    std::string said;
    while (more() && text_[at_] != '|' && text_[at_] != ')') {
      const size_t begin = at_;
      std::string last = part();
      const size_t times = repetition();
      const size_t end = at_;
      const size_t kept = times == 0 || last.empty() ? 0 : last.size() - std::min(last.size(), quoted_);
      said += last.substr(0, kept);  // of \Q…\E only the last octet is repeated
      for (size_t i = 0; i < times; ++i) {
        said += last.substr(kept);
        at_ = begin;
        last = part();
      }
      at_ = end;
    }
    return said;
  }
  size_t repetition() {
    size_t least = 1, most = 1;
    if (take("*")) {
      least = 0, most = 4;
    } else if (take("+")) {
      most = 4;
    } else if (take("?")) {
      least = 0;
    } else if (more() && text_[at_] == '{' && at_ + 1 < text_.size() && isdigit(text_[at_ + 1]) != 0) {
      ++at_;
      least = most = number();
      if (take(",")) most = more() && text_[at_] != '}' ? number() : least + 3;
      take("}");
    } else {
      return 1;
    }
    take("?");
    return least + below(random_, most - least + 1);
  }
  size_t number() {
    size_t value = 0;
    while (more() && isdigit(text_[at_]) != 0) value = value * 10 + static_cast<size_t>(next() - '0');
    return value;
  }
  std::string part() {
    quoted_ = SIZE_MAX;
    if (take("(?#")) {
      at_ = text_.find(')', at_) + 1;
      return {};
    }
    if (take("(")) {
      if (take("?")) {
        while (more() && std::string_view(":)>").find(text_[at_]) == std::string_view::npos) ++at_;
        if (next() == ')') return {};
      }
      return branches();
    }
    if (take("\\E")) return {};
    if (take("\\o{")) {
      int value = 0;
      while (more() && text_[at_] != '}') value = 8 * value + next() - '0';
      take("}");
      return {static_cast<char>(value)};
    }
    if (take("\\Q")) {
      const size_t end = std::min(text_.find("\\E", at_), text_.size());
      const std::string said = text_.substr(at_, end - at_);
      at_ = std::min(end + 2, text_.size());
      quoted_ = 1;
      return said;
    }
    if (take("[")) {
      const std::string members = class_members();
      return {members[below(random_, members.size())]};
    }
    if (take("^") || take("$")) return {};
    if (take(".")) return {any_octet(random_)};
    const std::string octets = one();
    return octets.empty() ? octets : std::string{octets[below(random_, octets.size())]};
  }
  /// The octets that one literal or escape may be.
  std::string one() {
    const char c = next();
    if (c != '\\') return {c};
    const char escape = next();
    const auto all_that = [](auto fits) {
      std::string octets;
      for (int octet = 0; octet < 256; ++octet) {
        if (fits(octet)) octets += static_cast<char>(octet);
      }
      return octets;
    };
    switch (escape) {
      case 'd': return "0123456789";
      case 'D': return all_that([](int octet) { return isdigit(octet) == 0; });
      case 's': return " \t\n\r\f";
      case 'S': return all_that([](int octet) { return octet > 127 || isspace(octet) == 0; });
      case 'w': return "azAZ09_";
      case 'W': return all_that([](int octet) { return octet > 127 || (isalnum(octet) == 0 && octet != '_'); });
      case 'h': return " \t";
      case 'v': return "\n\r";
      case 'n': return "\n";
      case 'r': return "\r";
      case 't': return "\t";
      case 'f': return "\f";
      case 'a': return "\a";
      case 'e': return "\x1b";
      case 'c': return {static_cast<char>(next() & 0x1f)};
      case 'b': case 'B': case 'A': case 'z': case 'Z': case 'E': return {};
      case 'x': return {hexadecimal()};
      default: break;
    }
    if (isdigit(escape) == 0) return {escape};
    int value = escape - '0';  // at most three octal digits
    for (int digits = 1; digits < 3 && more() && text_[at_] >= '0' && text_[at_] <= '7'; ++digits) {
      value = 8 * value + next() - '0';
    }
    return {static_cast<char>(value)};
  }
  char hexadecimal() {
    const bool braces = take("{");
    std::string digits;
    while (more() && isxdigit(text_[at_]) != 0 && digits.size() < 2) digits += next();
    if (braces) take("}");
    return static_cast<char>(strtol(digits.c_str(), nullptr, 16));
  }
  std::string class_members() {
    const bool negated = take("^");
    std::set<char> members;
    for (bool first = true; more() && (first || text_[at_] != ']'); first = false) {
      if (take("[:")) {
        const std::string name = text_.substr(at_, text_.find(":]", at_) - at_);
        at_ += name.size() + 2;
        if (name == "alpha") members.insert({'a', 'b', 'k', 'Z'});
        if (name == "digit") members.insert({'0', '5', '9'});
        continue;
      }
      const std::string octets = one();
      members.insert(octets.begin(), octets.end());
      if (octets.size() != 1 || !more() || text_[at_] != '-' || text_.substr(at_ + 1, 1) == "]") continue;
      ++at_;
      const int last = static_cast<uint8_t>(one()[0]);
      for (int octet = static_cast<uint8_t>(octets[0]); octet <= last; ++octet) {
        members.insert(static_cast<char>(octet));
      }
    }
    take("]");
    if (!negated) return {members.begin(), members.end()};
    std::string others;
    for (int octet = 0; octet < 256; ++octet) {
      if (!members.contains(static_cast<char>(octet))) others += static_cast<char>(octet);
    }
    return others;
  }

  std::string text_;
  Random& random_;
  size_t at_ = 0;
  size_t quoted_ = SIZE_MAX;  ///< how much of the last part a repetition repeats
};

/// Octets put together from those that an expression is written with: they need no understanding.
std::string jumble(const std::string& expression, Random& random) {
  std::string buffer;
  for (size_t left = 1 + below(random, 6); left > 0; --left) {
    buffer += below(random, 8) == 0 ? any_octet(random) : expression[below(random, expression.size())];
  }
  return buffer;
}

/// A buffer that has a fair chance to match.
std::string buffer_for(const std::string& expression, bool ignore_case, Random& random) {
  if (below(random, 4) == 0) return jumble(expression, random);
  std::string spoken = expression;
  if (spoken.starts_with("(?x")) std::erase(spoken, ' ');
  std::string buffer = Speaker(spoken, random).say();
  for (char& c : buffer) {
    if (ignore_case && isalpha(static_cast<uint8_t>(c)) != 0 && below(random, 2) == 0) c ^= 0x20;
  }
  if (!buffer.empty() && below(random, 4) == 0) buffer[below(random, buffer.size())] = any_octet(random);
  if (!buffer.empty() && below(random, 8) == 0) {
    const size_t from = below(random, buffer.size());
    buffer += buffer.substr(from);
  }
  for (size_t more = below(random, 3) == 0 ? below(random, 30) : 0; more > 0; --more) buffer += any_octet(random);
  return buffer;
}

bool is_candidate(const LeadFilter& filter, size_t group, std::string_view octets) {
  bool visited = false;
  filter.visit_candidates(as_bytes(octets), [&](size_t each) { visited = visited || each == group; });
  return visited;
}

std::string shown(const std::string& octets) {
  std::string text;
  for (const char c : octets) {
    char hex[5];
    snprintf(hex, sizeof hex, "\\x%02x", static_cast<uint8_t>(c));
    text += c >= 0x20 && c < 0x7f ? std::string(1, c) : std::string(hex);
  }
  return text;
}

/// A pattern in a filter, which may hold others as well.
struct Filtered {
  const LeadFilter& filter;
  size_t group;
  std::string expression;
  bool ignore_case = false;
};

/// Where the lead is said to tell everything, a candidate that is long enough is a match.
class LeadOracle {
 public:
  LeadOracle(const Filtered& pattern, const Judge& judge)
      : expression_(pattern.expression),
        judge_(judge),
        width_(width_told_by_lead(pattern.expression, pattern.ignore_case)),
        group_(alone_.add(lead_sets_of(pattern.expression, pattern.ignore_case))) {}

  void expect_right(const std::string& buffer) const {
    if (width_ == 0 || buffer.size() < width_) return;
    EXPECT_EQ(is_candidate(alone_, group_, buffer), judge_.matches(buffer)) << expression_ << " and " << shown(buffer);
  }

 private:
  const std::string& expression_;
  const Judge& judge_;
  LeadFilter alone_;
  size_t width_, group_;
};

/// Whatever begins with a match is a candidate, and so is all that may still become it.
void expect_no_match_is_lost(const Filtered& pattern, int buffers) {
  const Judge judge(pattern.expression, pattern.ignore_case);
  const LeadOracle oracle(pattern, judge);
  Random random(7);
  int matches = 0;
  for (int i = 0; i < buffers; ++i) {
    const std::string buffer = buffer_for(pattern.expression, pattern.ignore_case, random);
    oracle.expect_right(buffer);
    if (!judge.matches(buffer)) continue;
    ++matches;
    ASSERT_TRUE(is_candidate(pattern.filter, pattern.group, buffer))
        << pattern.expression << " matches " << shown(buffer);
    for (size_t length = 1; length <= std::min(kLeadOctets, buffer.size()); ++length) {
      ASSERT_TRUE(is_candidate(pattern.filter, pattern.group, std::string_view(buffer).substr(0, length)))
          << pattern.expression << " matches " << shown(buffer) << ", of which " << length << " are there";
    }
  }
  EXPECT_GT(matches, buffers / 50) << pattern.expression << ": nothing was tried";
}

void expect_no_match_is_lost(const std::string& expression, bool ignore_case = false) {
  LeadFilter filter;
  const size_t group = filter.add(lead_sets_of(expression, ignore_case));
  expect_no_match_is_lost({filter, group, expression, ignore_case}, 400);
}

TEST(LeadFilter, no_match_of_our_own_signatures_is_lost) {
  const Loaded loaded = load_signatures({test::source_folder() + "/signatures"}, {});
  LeadFilter all;
  std::vector<Filtered> patterns;
  for (const Signature& signature : loaded.signatures) {
    for (const Pattern& each : signature.patterns) {
      if (each.is_field() || each.at != Window{0, 0}) continue;
      const size_t group = all.add(lead_sets_of(each.expression, each.ignore_case));
      patterns.push_back({all, group, each.expression, each.ignore_case});
    }
  }
  EXPECT_GT(patterns.size(), 50u);
  for (const Filtered& each : patterns) expect_no_match_is_lost(each, 200);
}

TEST(LeadFilter, no_match_is_lost_whatever_an_expression_is_made_of) {
  for (const char* expression : {
           "abc", "a.c", "[abc]x", "[^abc]x", "[]a]x", "[^]a]x", "[a\\]b]x", "[a-]x", "[-a]x", "[a-f0-9]{4}z",
           "[\\x00-\\x1f]\\xff", "[\\d.]+:", "[^\\d]x", "[\\w-]x", "[\\s\\d]x", "[[]x", "[a[b]x",
           "\\d\\D\\s\\S\\w\\W", "\\h\\H\\v\\V", "\\.\\[\\$\\^\\|\\\\", "\\n\\r\\t\\f\\a\\e\\x41\\x0",
           "a|bc", "a|bc|def", "(?:a|bc)d", "(a|b(c|d)e)f", "a(?:|bc)d", "(?:|a)b", "(?:a||b)c", "(|a)(|b)c",
           "ab?c", "ab*c", "ab+c", "ab{0,1}c", "(?:ab){0,1}c", "ab{3}c", "ab{2,4}c", "ab{2,}c", "ab{0,2}c", "ab{1}c",
           "ab??c", "ab*?c", "ab+?c", "ab{2,4}?c", "(?:ab)?c", "(?:ab)*c", "(?:ab)+c", "(?:ab){2}c",
           "(?:ab){2,3}c", "(?:ab|c){2,}d", "(?:a?b?)+c", "(?:a*)?b", "((a|b)?c)*d", "(?:(?:ab)?c)?d",
           "a?b?c?d?e", "(?:a{0,3}b){2}c", "a{30}b", "a{20,30}b", ".{23}a", ".{24}a", ".{22}ab", "a{24}b", "a{23}b",
           "[ab]{0,40}c", "\\Qa.b\\Ec", "\\Qab\\E+c", "\\Qab\\E?c", "\\Qab\\E{2}c", "\\Qa\\Eb", "\\Q\\Eab",
           "\\Qa+b\\E", "(?:\\Qa|b)\\E|c)d", "(?i)abc", "(?i:ab)c", "a(?i)b|c", "(?x)a b c", "(?x: a b )c",
           "(?s)a.c", "(?-s)a.c", "(?<name>a)b", "(?P<name>ab)c", "{a}", "a{b}", "a{,3}b", "a{x}b",
           "a$", "^abc", "(?:^a|b)c", "a(?#one)b", "a(?#one|(two)b", "\\bab\\b", "\\Aab", "ab\\z", "a\\Z", "a\\b-",
           "a\\n?$", "\\x{41}b", "[\\x{41}]b", "[[:alpha:]]1", "[[:alpha:]_]1", "\\0\\12\\1013", "[\\0\\12]b",
           "\\.\\/\\-\\ \\#", "(?:a{3}){2}b",
       }) {
    expect_no_match_is_lost(expression);
    expect_no_match_is_lost(expression, true);
  }
}

TEST(LeadFilter, escapes_that_are_longer_than_they_look_lose_nothing) {
  for (const char* expression : {"\\cAb", "a\\cAb|c", "\\0123b", "\\08b", "\\1013b", "\\o{0}b", "\\o{101}b"}) {
    expect_no_match_is_lost(expression);
  }
}

TEST(LeadFilter, a_repetition_behind_what_takes_no_octet_is_that_of_the_octet_before) {
  for (const char* expression : {"a\\Q\\E+b", "a\\E+b", "\\Qab\\E\\E+c", "a(?#x)?b", "a(?#x)b", "(?#(a)b"}) {
    expect_no_match_is_lost(expression);
  }
}

TEST(LeadFilter, what_hardly_anybody_writes_loses_nothing_either) {
  const std::pair<const char*, const char*> kMatches[] = {{"[\\Qa]\\E]b", "]b"},  {"[^\\Qa-c\\E]b", "bb"},
                                                          {"[a\\Eb]c", "bc"},    {"[^a\\Eb]c", "xc"},
                                                          {"[[:]b[c]d", ":bcd"}, {"a{1,2,3}b", "a{1,2,3}b"},
                                                          {"a\\E{2}b", "aab"}};
  for (const auto& [expression, buffer] : kMatches) {
    LeadFilter filter;
    const size_t group = filter.add(lead_sets_of(expression, false));
    EXPECT_TRUE(Judge(expression, false).matches(buffer)) << expression;
    EXPECT_TRUE(is_candidate(filter, group, buffer)) << expression;
  }
}

TEST(LeadFilter, classes_that_are_not_understood_lose_nothing_when_they_are_negated) {
  for (const char* expression : {"[^[:digit:]]a", "[^[:alpha:]x]a", "[^\\x{41}]a", "[^\\101]a", "[^\\cA]a",
                                 "[^[:^alpha:]]a", "[^\\p{Lu}]a", "[^\\x{41}-\\x{5a}]a",
                                 "[^a[:digit:]b]+x"}) {
    expect_no_match_is_lost(expression);
  }
}

TEST(LeadFilter, each_octet_that_hyperscan_takes_is_in_the_set) {
  for (const char* expression : {"\\d", "\\D", "\\s", "\\S", "\\w", "\\W", "\\h", "\\H", "\\v", "\\V", ".", "\\pL", "\\PL",
                                 "[\\s]", "[^\\s]", "[\\S]", "[^\\S]", "[\\h]", "[^\\h]", "[\\v]", "[^\\v]", "[^\\w]",
                                 "[\\b]", "[^\\b]", "[a-\\xff]", "[!--]", "[^a-z]", "k", "[k-s]", "[^K]", "\\xe9"}) {
    for (const bool ignore_case : {false, true}) {
      const Judge judge(expression, ignore_case);
      const OctetSet set = lead_sets_of(expression, ignore_case)[0];
      for (int octet = 0; octet < 256; ++octet) {
        if (!judge.matches(std::string(1, static_cast<char>(octet)))) continue;
        EXPECT_TRUE(set[static_cast<size_t>(octet)]) << expression << " takes " << octet;
      }
    }
  }
}

/// The members of a set; "*" if it has all.
std::string members(const OctetSet& set) {
  if (set.all()) return "*";
  std::string octets;
  for (size_t octet = 0; octet < 256; ++octet) {
    if (set[octet]) octets += static_cast<char>(octet);
  }
  return octets;
}

/// The sets up to the first that is followed by nothing but full ones.
std::vector<std::string> leads(const std::string& expression, bool ignore_case = false) {
  std::vector<std::string> all;
  for (const OctetSet& each : lead_sets_of(expression, ignore_case)) all.push_back(members(each));
  while (!all.empty() && all.back() == "*") all.pop_back();
  return all;
}

using Leads = std::vector<std::string>;

TEST(LeadFilter, knows_which_expressions_are_anchored) {
  for (const char* expression : {"^abc", "^(?:a|b)c", "^a|^b", "^(a|(b|c))|^d[|]e", "^[]|]", "^[^]|]", "^a\\|b",
                                 "^[\\]|]"}) {
    EXPECT_TRUE(is_anchored(expression)) << expression;
  }
  for (const char* expression : {"", "abc", "(?:^|a)b", "^a|b", "^a|", "|^a", "^[a]|b", "^(a)|b", "(?m)^a", "^\\Q(\\E|a",
                                 "^(?#()|a", "\\^a", "^[]a]|b", "^[\\]]|b", "^[[:alpha:]|]",
                                 "^*a", "\\b^a"}) {
    EXPECT_FALSE(is_anchored(expression)) << expression;
  }
}

TEST(LeadFilter, no_match_of_anchored_fields_of_our_own_signatures_is_lost) {
  const Loaded loaded = load_signatures({test::source_folder() + "/signatures"}, {});
  size_t anchored = 0;
  for (const Signature& signature : loaded.signatures) {
    for (const Pattern& each : signature.patterns) {
      if (!each.is_field() || each.kind == PatternKind::suffix || !is_anchored(each.expression)) continue;
      ++anchored;
      expect_no_match_is_lost(each.expression, each.ignore_case);
    }
  }
  EXPECT_GT(anchored, 50u);
}

TEST(LeadSets, say_everything_of_an_expression_that_is_a_set_for_each_place) {
  EXPECT_EQ(width_told_by_lead("abc", false), 3u);
  EXPECT_EQ(width_told_by_lead("[\\x00-\\x3f].{3}\\x21\\x12\\xa4\\x42", false), 8u);
  EXPECT_EQ(width_told_by_lead("[^a]\\.{2}\\n", false), 4u);
  EXPECT_EQ(width_told_by_lead(".{24}", false), 24u);
}

TEST(LeadSets, do_not_say_everything_of_any_other) {
  for (const char* expression : {"ab|cd", "(?:ab)", "(?i)ab", "ab?", "ab{1,2}", "ab*", "a$", "^a", "a\\b-", ".{25}", "a\\d",
                                 "\\x{41}", "[\\s]", "\\Qab\\E", "\\pL", "[[:alpha:]]", "\\101", "a\\z", ""}) {
    EXPECT_EQ(width_told_by_lead(expression, false), 0u) << expression;
  }
  EXPECT_EQ(width_told_by_lead("[^K]", true), 0u) << "nor where case is passed over";
}

TEST(LeadSets, have_the_octets_of_each_place) {
  EXPECT_EQ(leads("abc"), (Leads{"a", "b", "c"}));
  EXPECT_EQ(leads("a.c"), (Leads{"a", "*", "c"}));
  EXPECT_EQ(leads("[a-c]x"), (Leads{"abc", "x"}));
  EXPECT_EQ(leads("aB", true), (Leads{"Aa", "Bb"}));
  EXPECT_EQ(leads("(?i)a1"), (Leads{"Aa", "1"}));
  EXPECT_EQ(leads("\\x00\\xff"), (Leads{std::string(1, '\0'), "\xff"}));
  EXPECT_EQ(leads("\\Qa.\\E"), (Leads{"a", "."}));
}

TEST(LeadSets, have_the_octets_of_all_ways_through) {
  EXPECT_EQ(leads("(?:ab|cd)e"), (Leads{"ac", "bd", "e"}));
  EXPECT_EQ(leads("ab?c"), (Leads{"a", "bc"})) << "what follows the c is not known";
  EXPECT_EQ(leads("ab{2}c"), (Leads{"a", "b", "b", "c"}));
  EXPECT_EQ(leads("ab{1,2}c"), (Leads{"a", "b", "bc"}));
  EXPECT_EQ(leads("a{0}bc"), (Leads{"b", "c"}));
  EXPECT_EQ(leads("a|bcd"), Leads{"ab"}) << "behind the a stands anything";
  EXPECT_EQ(leads("a+").size(), 1u);
  EXPECT_EQ(leads("a*b"), Leads{"ab"});
}

TEST(LeadSets, say_nothing_where_they_do_not_know) {
  EXPECT_EQ(leads("(?x)a b"), Leads{});
  EXPECT_EQ(leads("(?:ab){2}c"), (Leads{"a", "b"})) << "a group that is repeated is seen once";
  EXPECT_EQ(leads(""), Leads{});
  EXPECT_EQ(leads(std::string(40, 'a')), Leads(kLeadOctets, "a"));
}

TEST(LeadFilter, an_empty_filter_has_no_candidates_and_an_empty_buffer_all) {
  LeadFilter filter;
  const auto candidates = [&](std::string_view octets) {
    std::vector<size_t> groups;
    filter.visit_candidates(as_bytes(octets), [&](size_t group) { groups.push_back(group); });
    return groups;
  };
  EXPECT_EQ(candidates("abc"), std::vector<size_t>{});
  filter.add(lead_sets_of("abc", false));
  filter.add(lead_sets_of("a.d", false));
  EXPECT_EQ(candidates(""), (std::vector<size_t>{0, 1}));
  EXPECT_EQ(candidates("a"), (std::vector<size_t>{0, 1}));
  EXPECT_EQ(candidates("ab"), (std::vector<size_t>{0, 1}));
  EXPECT_EQ(candidates("abc"), std::vector<size_t>{0});
  EXPECT_EQ(candidates("abd and more"), std::vector<size_t>{1});
  EXPECT_EQ(candidates("b"), std::vector<size_t>{});
}

TEST(LeadFilter, patterns_beyond_the_last_group_share_those_that_are_there) {
  LeadFilter filter;
  for (size_t i = 0; i < 300; ++i) {
    const std::string text = "p" + std::to_string(i) + ";";
    EXPECT_EQ(filter.add(lead_sets_of(text, false)), i % LeadFilter::kGroups);
  }
  for (size_t i = 0; i < 300; ++i) {
    const std::string text = "p" + std::to_string(i) + ";";
    EXPECT_TRUE(is_candidate(filter, i % LeadFilter::kGroups, text)) << text;
  }
}

}  // namespace
}  // namespace parlance
