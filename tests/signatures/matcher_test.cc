#include "signatures/matcher.h"

#include <gtest/gtest.h>

#include "signatures/loader.h"

namespace parlance {
namespace {

const LoaderContext kContext = {[](std::string_view) { return true; }, {}};

/// A set of one signature, its patterns and rules in TOML.
std::unique_ptr<SignatureSet> set_of(const std::string& body, const std::string& carriers = "tcp") {
  const std::string text =
      "schema = 1\nname = \"probe\"\ntitle = \"Probe\"\nclass = \"open\"\ncarried_by = [\"" +
      carriers + "\"]\n" + body;
  Loaded loaded = load_signature_text(text, "probe.toml", kContext);
  for (const Error& error : loaded.errors) ADD_FAILURE() << error.text();
  return *SignatureSet::build(std::move(loaded.signatures), "");
}

std::string pattern(const std::string& id, const std::string& rest) {
  return "[[pattern]]\nid = \"" + id + "\"\nsays = \"x\"\n" + rest + "\n";
}
std::string rule(const std::string& rest) {
  return "[[rule]]\nstrength = \"hint\"\n" + rest + "\n";
}

/// The ids of the patterns that a stream meets, cut into pieces.
std::vector<std::string> met_in_stream(const SignatureSet& set, std::string_view text, size_t piece,
                                       Direction direction = Direction::to_server) {
  Scanner scanner(set);
  StreamScan scan;
  Hits hits;
  for (size_t at = 0; at < text.size(); at += piece) {
    scan.scan(scanner, as_bytes(text.substr(at, piece)), direction, hits);
  }
  std::vector<std::string> ids;
  for (const Hit& hit : hits)
    ids.push_back(set.pattern(hit.pattern).id + (hit.wrong_way ? "!" : ""));
  return ids;
}

using Ids = std::vector<std::string>;

TEST(Matcher, a_stream_is_matched_alike_however_it_is_cut) {
  const auto set = set_of(pattern("far", "in = \"stream\"\nregex = 'needle'") +
                          pattern("first", "in = \"stream\"\nat = 0\nhex = \"68 61 ?? 73\"") +
                          rule("all = [\"far\", \"first\"]"));
  const std::string text = "hays and a needle";
  for (size_t piece = 1; piece <= text.size(); ++piece) {
    EXPECT_EQ(met_in_stream(*set, text, piece), (Ids{"first", "far"})) << piece;
  }
}

TEST(Matcher, an_anchored_pattern_matches_nowhere_else) {
  const auto set = set_of(pattern("at2", "in = \"stream\"\nat = 2\ntext = \"AB\"") +
                          pattern("window", "in = \"stream\"\nat = [1, 3]\ntext = \"YZ\"") +
                          rule("any = [\"at2\", \"window\"]"));
  EXPECT_EQ(met_in_stream(*set, "xxAB", 4), Ids{"at2"});
  EXPECT_EQ(met_in_stream(*set, "xAB", 4), Ids{});
  EXPECT_EQ(met_in_stream(*set, "xxxYZ", 5), Ids{"window"});
  EXPECT_EQ(met_in_stream(*set, "xxxxYZ", 6), Ids{});
}

TEST(Matcher, a_hit_of_the_other_direction_is_marked) {
  const auto set = set_of(pattern("hello", "in = \"stream\"\nfrom = \"client\"\ntext = \"HELLO\"") +
                          rule("all = [\"hello\"]"));
  EXPECT_EQ(met_in_stream(*set, "HELLO", 5, Direction::to_client), Ids{"hello!"});
}

TEST(Matcher, offsets_are_those_of_the_stream) {
  const auto set =
      set_of(pattern("far", "in = \"stream\"\nregex = 'nee+dle'") + rule("all = [\"far\"]"));
  Scanner scanner(*set);
  StreamScan scan;
  Hits hits;
  scan.scan(scanner, as_bytes("0123nee"), Direction::to_server, hits);
  scan.scan(scanner, as_bytes("dle!"), Direction::to_server, hits);
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].start, 4u);
  EXPECT_EQ(hits[0].end, 10u);
}

TEST(Matcher, suffixes_match_on_label_boundaries_only) {
  const auto set = set_of(pattern("name", "in = \"tls.sni\"\nsuffix = [\"whatsapp.net\"]") +
                          rule("all = [\"name\"]"));
  Scanner scanner(*set);
  const auto matches = [&](const char* name) {
    Hits hits;
    scanner.scan_field("tls.sni", as_bytes(name), Direction::to_server, hits);
    return hits.size() == 1;
  };
  EXPECT_TRUE(matches("whatsapp.net"));
  EXPECT_TRUE(matches("G.WhatsApp.Net."));
  EXPECT_FALSE(matches("notwhatsapp.net"));
  EXPECT_FALSE(matches("whatsapp.net.example.org"));
  EXPECT_FALSE(matches(""));
}

/// The rules that fire as patterns 0, 1, 2 … are met.
std::vector<RuleId> fired_by(const SignatureSet& set, std::vector<PatternId> met, Carrier carrier) {
  RuleState state;
  std::vector<RuleId> fired;
  for (const PatternId each : met) state.meet(set, each, carrier, fired);
  return fired;
}

TEST(RuleState, all_any_and_none_mean_what_they_say) {
  const std::string three = pattern("a", "in = \"stream\"\ntext = \"aaaa\"") +
                            pattern("b", "in = \"stream\"\ntext = \"bbbb\"") +
                            pattern("c", "in = \"stream\"\ntext = \"cccc\"");
  const auto set = set_of(three + rule("all = [\"a\", \"b\"]\nnone = [\"c\"]") +
                          rule("all = [\"a\"]\nany = [\"b\", \"c\"]"));
  EXPECT_EQ(fired_by(*set, {0}, Carrier::tcp), std::vector<RuleId>{});
  EXPECT_EQ(fired_by(*set, {0, 1}, Carrier::tcp), (std::vector<RuleId>{0, 1}));
  EXPECT_EQ(fired_by(*set, {2, 0, 1}, Carrier::tcp), std::vector<RuleId>{1});
  EXPECT_EQ(fired_by(*set, {0, 1, 1, 0}, Carrier::tcp), (std::vector<RuleId>{0, 1})) << "once each";
}

TEST(RuleState, a_signature_is_passed_over_where_it_cannot_stand) {
  const auto set =
      set_of(pattern("a", "in = \"stream\"\ntext = \"aaaa\"") + rule("all = [\"a\"]"), "websocket");
  EXPECT_EQ(fired_by(*set, {0}, Carrier::tcp), std::vector<RuleId>{});
  EXPECT_EQ(fired_by(*set, {0}, Carrier::websocket), std::vector<RuleId>{0});
}

TEST(RuleState, a_rule_over_fields_holds_wherever_the_field_is_met) {
  const auto set = set_of(
      pattern("name", "in = \"tls.sni\"\nsuffix = [\"a.example\"]") + rule("all = [\"name\"]"),
      "websocket");
  EXPECT_EQ(fired_by(*set, {0}, Carrier::tcp), std::vector<RuleId>{0});
}

}  // namespace
}  // namespace parlance
