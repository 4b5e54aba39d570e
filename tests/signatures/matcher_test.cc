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
    scan.scan(scanner, Carrier::tcp, as_bytes(text.substr(at, piece)), direction, hits);
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

TEST(Matcher, every_split_in_two_gives_what_one_scan_gives) {
  const auto set =
      set_of(pattern("any", "in = \"stream\"\nregex = 'k[a-z]{2,5}!'") +
             pattern("fixed", "in = \"stream\"\nregex = '[0-9]{4}-[0-9]{2}'") +
             pattern("case", "in = \"stream\"\nignore_case = true\ntext = \"StReAm\"") +
             pattern("window", "in = \"stream\"\nat = [0, 8]\nregex = 'o+k'") +
             pattern("start", "in = \"stream\"\nat = 3\nregex = '\\x00.{2,4}z'") +
             rule("any = [\"any\", \"fixed\", \"case\", \"window\", \"start\"]"));
  const std::string text("ook\0abz 1999-12-31 STREAM kkkabc! 2000-01 stream", 48);
  const auto hits_of = [&](size_t split) {
    Scanner scanner(*set);
    StreamScan scan;
    Hits hits;
    scan.scan(scanner, Carrier::tcp, as_bytes(text).first(split), Direction::to_client, hits);
    scan.scan(scanner, Carrier::tcp, as_bytes(text).subspan(split), Direction::to_client, hits);
    std::string all;
    for (const Hit& hit : hits) {
      all += set->pattern(hit.pattern).id + " " + std::to_string(hit.start) + "-" +
             std::to_string(hit.end) + "\n";
    }
    return all;
  };
  for (size_t split = 0; split <= text.size(); ++split) {
    EXPECT_EQ(hits_of(split), "window 0-3\nstart 3-7\nfixed 8-15\ncase 19-25\nany 26-33\n")
        << split;
  }
}

TEST(Matcher, a_pattern_at_the_start_is_met_as_far_as_it_may_go) {
  const auto set = set_of(pattern("bounded", "in = \"stream\"\nat = 0\nregex = 'a.{3,6}z'") +
                          pattern("endless", "in = \"stream\"\nat = 0\nregex = 'a.*Z'") +
                          rule("any = [\"bounded\", \"endless\"]"));
  const std::string filling(300, '-');
  for (size_t piece = 1; piece < 12; ++piece) {
    EXPECT_EQ(met_in_stream(*set, "a------z" + filling + "Z", piece), (Ids{"bounded", "endless"})) << piece;
    EXPECT_EQ(met_in_stream(*set, "a-------z" + filling + "Z", piece), Ids{"endless"}) << piece;
  }
}

TEST(Matcher, a_pattern_that_its_first_octets_decide_is_met_like_any_other) {
  const auto streams = set_of(pattern("fixed", "in = \"stream\"\nfrom = \"client\"\nat = 0\nregex = 'a[bc].'") +
                              rule("all = [\"fixed\"]"));
  for (size_t piece = 1; piece < 5; ++piece) {
    EXPECT_EQ(met_in_stream(*streams, "abx-", piece), Ids{"fixed"}) << piece;
    EXPECT_EQ(met_in_stream(*streams, "adx-", piece), Ids{}) << piece;
  }
  EXPECT_EQ(met_in_stream(*streams, "ab", 2), Ids{}) << "an octet is missing";
  EXPECT_EQ(met_in_stream(*streams, "abx", 3, Direction::to_client), Ids{"fixed!"}) << "the wrong way";

  const auto messages = set_of(pattern("fixed", "in = \"message\"\nat = 0\nregex = 'a[bc].'") +
                                   rule("all = [\"fixed\"]"), "udp");
  Scanner scanner(*messages);
  Hits hits;
  for (const char* message : {"ab", "ad-", "xab-"}) {
    scanner.scan_message(Carrier::udp, as_bytes(std::string_view(message)), Direction::to_server, hits);
  }
  EXPECT_TRUE(hits.empty());
  scanner.scan_message(Carrier::udp, as_bytes("acxyz"), Direction::to_server, hits);
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].start, 0u);
  EXPECT_EQ(hits[0].end, 3u);
}

TEST(Matcher, a_pattern_is_reported_once_in_a_stream) {
  const auto set =
      set_of(pattern("many", "in = \"stream\"\nregex = 'ab+'") + rule("all = [\"many\"]"));
  EXPECT_EQ(met_in_stream(*set, "abbbb abb ab", 1), Ids{"many"});
}

TEST(Matcher, a_search_that_was_closed_begins_anew) {
  const auto set = set_of(pattern("start", "in = \"stream\"\nat = 0\ntext = \"HELLO\"") +
                          pattern("many", "in = \"stream\"\nregex = 'lo+'") +
                          rule("all = [\"start\", \"many\"]"));
  Scanner scanner(*set);
  StreamScan scan;
  for (int round = 0; round < 3; ++round) {
    Hits hits;
    scan.scan(scanner, Carrier::tcp, as_bytes("HELLO loo"), Direction::to_server, hits);
    EXPECT_EQ(hits.size(), 2u) << round;
    scan.close();
  }
}

TEST(Matcher, a_search_may_be_moved) {
  const auto set =
      set_of(pattern("far", "in = \"stream\"\ntext = \"needle\"") + rule("all = [\"far\"]"));
  Scanner scanner(*set);
  StreamScan first;
  Hits hits;
  first.scan(scanner, Carrier::tcp, as_bytes("nee"), Direction::to_server, hits);
  StreamScan second(std::move(first));
  StreamScan third;
  third = std::move(second);
  third.scan(scanner, Carrier::tcp, as_bytes("dle"), Direction::to_server, hits);
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].start, 0u);
}

TEST(Matcher, each_message_is_searched_for_itself) {
  const auto set = set_of(pattern("whole", "in = \"message\"\nat = 0\nregex = 'o\\n?$'") +
                              pattern("part", "in = \"message\"\ntext = \"inside\"") +
                              rule("any = [\"whole\", \"part\"]"),
                          "udp");
  Scanner scanner(*set);
  const auto met = [&](std::string_view message) {
    Hits hits;
    scanner.scan_message(Carrier::udp, as_bytes(message), Direction::to_server, hits);
    Ids ids;
    for (const Hit& hit : hits) ids.push_back(set->pattern(hit.pattern).id);
    return ids;
  };
  EXPECT_EQ(met("o"), Ids{"whole"});
  EXPECT_EQ(met("o\n"), Ids{"whole"});
  EXPECT_EQ(met("or"), Ids{});
  EXPECT_EQ(met("is it inside?"), Ids{"part"});
  EXPECT_EQ(met("ins"), Ids{});
  EXPECT_EQ(met("ide"), Ids{});
  EXPECT_EQ(met(""), Ids{});
}

TEST(Matcher, a_dot_matches_every_octet) {
  const auto set = set_of(pattern("dots", "in = \"stream\"\nat = 0\nhex = \"41 ?? ?? 42\"") +
                          rule("all = [\"dots\"]"));
  EXPECT_EQ(met_in_stream(*set, std::string_view("A\n\0B", 4), 4), Ids{"dots"});
  EXPECT_EQ(met_in_stream(*set,
                          "A\xff\xfe"
                          "B",
                          4),
            Ids{"dots"});
}

TEST(Matcher, a_set_without_patterns_finds_nothing) {
  const auto set = *SignatureSet::build({}, "");
  EXPECT_EQ(met_in_stream(*set, "anything", 3), Ids{});
  Scanner scanner(*set);
  Hits hits;
  scanner.scan_message(Carrier::udp, as_bytes("x"), Direction::to_server, hits);
  scanner.scan_field("tls.sni", as_bytes("x"), Direction::to_server, hits);
  EXPECT_TRUE(hits.empty());
}

TEST(Matcher, a_thousand_patterns_are_told_apart) {
  std::string body, ids;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = "p" + std::to_string(i);
    body += pattern(id, "in = \"stream\"\ntext = \"<" + id + ">\"");
    ids += (i == 0 ? "\"" : ", \"") + id + "\"";
  }
  const auto set = set_of(body + rule("any = [" + ids + "]"));
  EXPECT_EQ(met_in_stream(*set, "<p999> <p1> <p10>", 5), (Ids{"p999", "p1", "p10"}));
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
  scan.scan(scanner, Carrier::tcp, as_bytes("0123nee"), Direction::to_server, hits);
  scan.scan(scanner, Carrier::tcp, as_bytes("dle!"), Direction::to_server, hits);
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].start, 4u);
  EXPECT_EQ(hits[0].end, 10u);
}

/// The patterns that a message meets, each time that one is met.
Ids met_in_message(const SignatureSet& set, Carrier carrier, std::string_view message) {
  Scanner scanner(set);
  Hits hits;
  scanner.scan_message(carrier, as_bytes(message), Direction::to_server, hits);
  Ids ids;
  for (const Hit& hit : hits) ids.push_back(set.pattern(hit.pattern).id);
  return ids;
}

TEST(Matcher, a_pattern_of_another_carrier_is_not_met) {
  const std::string body = pattern("stream", "in = \"stream\"\ntext = \"WORDS\"") +
                           pattern("start", "in = \"stream\"\nat = 0\ntext = \"WO\"") +
                           pattern("message", "in = \"message\"\ntext = \"WORDS\"") +
                           pattern("first", "in = \"message\"\nat = 0\ntext = \"WO\"") +
                           rule("any = [\"stream\", \"start\", \"message\", \"first\"]");
  constexpr Carrier kAll[] = {Carrier::tcp, Carrier::udp, Carrier::tls, Carrier::websocket, Carrier::http};
  for (const Carrier of : kAll) {
    const auto set = set_of(body, std::string(name_of(of)));
    for (const Carrier on : kAll) {
      const auto base = [](Carrier each) { return each == Carrier::tls ? Carrier::tcp : each; };
      const bool same = base(of) == base(on);  // TCP and TLS are searched for together
      EXPECT_EQ(met_in_message(*set, on, "WORDS"), same ? (Ids{"first", "message"}) : Ids{})
          << name_of(of) << " " << name_of(on);
      Scanner scanner(*set);
      StreamScan scan;
      Hits hits;
      scan.scan(scanner, on, as_bytes("WORDS"), Direction::to_server, hits);
      EXPECT_EQ(hits.size(), same ? 2u : 0u) << name_of(of) << " " << name_of(on);
    }
  }
}

TEST(Matcher, a_companion_is_looked_for_only_where_its_leading_pattern_may_stand) {
  const auto set = set_of(pattern("lead", "in = \"message\"\nat = 0\nregex = 'L[0-9]'") +
                              pattern("beside", "in = \"message\"\ntext = \"beside\"") +
                              pattern("alone", "in = \"message\"\ntext = \"alone\"") +
                              rule("all = [\"lead\", \"beside\"]") + rule("any = [\"alone\"]"),
                          "udp");
  const auto met = [&](std::string_view message) { return met_in_message(*set, Carrier::udp, message); };
  EXPECT_EQ(met("L1 beside alone"), (Ids{"lead", "beside", "alone"}));
  EXPECT_EQ(met("x L1 beside alone"), Ids{"alone"});
  EXPECT_EQ(met("beside"), Ids{});
  EXPECT_EQ(met(""), Ids{});
}

TEST(Matcher, a_companion_that_decides_something_alone_is_looked_for_everywhere) {
  const auto set = set_of(pattern("lead", "in = \"message\"\nat = 0\ntext = \"LEAD\"") +
                              pattern("beside", "in = \"message\"\ntext = \"beside\"") +
                              rule("all = [\"lead\", \"beside\"]") + rule("any = [\"beside\"]"),
                          "udp");
  EXPECT_EQ(met_in_message(*set, Carrier::udp, "it stands beside"), Ids{"beside"});
}

TEST(Matcher, a_companion_that_another_rule_excludes_is_looked_for_everywhere) {
  const auto set = set_of(pattern("lead", "in = \"message\"\nat = 0\ntext = \"LEAD\"") +
                              pattern("beside", "in = \"message\"\ntext = \"beside\"") +
                              pattern("other", "in = \"message\"\ntext = \"other\"") +
                              rule("all = [\"lead\", \"beside\"]") +
                              rule("all = [\"other\"]\nnone = [\"beside\"]"),
                          "udp");
  EXPECT_EQ(met_in_message(*set, Carrier::udp, "beside the other"), (Ids{"beside", "other"}));
}

TEST(Matcher, a_companion_of_two_leading_patterns_is_met_once) {
  const auto set = set_of(pattern("wide", "in = \"message\"\nat = 0\nregex = 'L.'") +
                              pattern("narrow", "in = \"message\"\nat = 0\nregex = 'L[0-9]x'") +
                              pattern("beside", "in = \"message\"\ntext = \"beside\"") +
                              pattern("some", "in = \"message\"\nregex = 'so+me'") +
                              rule("all = [\"wide\", \"beside\", \"some\"]") +
                              rule("all = [\"narrow\", \"beside\", \"some\"]"),
                          "udp");
  EXPECT_EQ(met_in_message(*set, Carrier::udp, "L1x beside beside sooome some"),
            (Ids{"wide", "narrow", "beside", "some"}));
  EXPECT_EQ(met_in_message(*set, Carrier::udp, "L beside some"), (Ids{"wide", "beside", "some"}));
}

/// More than there are groups of leading patterns.
TEST(Matcher, hundreds_of_anchored_patterns_are_all_met) {
  constexpr int kMany = 300;
  for (const std::string buffer : {"stream", "message"}) {
    std::string body, rules;
    for (int i = 0; i < kMany; ++i) {
      const std::string number = std::to_string(i);
      body += pattern("p" + number, "in = \"" + buffer + "\"\nat = 0\ntext = \"<" + number + ">\"");
      rules += rule("all = [\"p" + number + "\", \"beside\"]");
    }
    const auto set =
        set_of(body + pattern("beside", "in = \"" + buffer + "\"\nregex = 'besi+de'") + rules, "udp");
    for (int i = 0; i < kMany; ++i) {
      const std::string number = std::to_string(i);
      const std::string text = "<" + number + "> besiide";
      const Ids both = {"p" + number, "beside"};
      if (buffer == "message") {
        EXPECT_EQ(met_in_message(*set, Carrier::udp, text), both);
        continue;
      }
      for (const size_t first : {size_t{1}, size_t{2}, text.size()}) {
        Scanner scanner(*set);
        StreamScan scan;
        Hits hits;
        scan.scan(scanner, Carrier::udp, as_bytes(text).first(first), Direction::to_server, hits);
        scan.scan(scanner, Carrier::udp, as_bytes(text).subspan(first), Direction::to_server, hits);
        Ids ids;
        for (const Hit& hit : hits) ids.push_back(set->pattern(hit.pattern).id);
        EXPECT_EQ(ids, both) << first;
      }
    }
    EXPECT_EQ(met_in_message(*set, Carrier::udp, "<300> besiide").size(), 0u);
  }
}

/// How many patterns of a field a value meets.
size_t met_in_field(const SignatureSet& set, std::string_view value) {
  Scanner scanner(set);
  Hits hits;
  scanner.scan_field("tls.sni", as_bytes(value), Direction::to_server, hits);
  return hits.size();
}

TEST(Matcher, suffixes_match_on_label_boundaries_only) {
  const auto set = set_of(pattern("name", "in = \"tls.sni\"\nsuffix = [\"whatsapp.net\"]") +
                          rule("all = [\"name\"]"));
  EXPECT_EQ(met_in_field(*set, "whatsapp.net"), 1u);
  EXPECT_EQ(met_in_field(*set, "G.WhatsApp.Net."), 1u);
  EXPECT_EQ(met_in_field(*set, "notwhatsapp.net"), 0u);
  EXPECT_EQ(met_in_field(*set, "whatsapp.net.example.org"), 0u);
  EXPECT_EQ(met_in_field(*set, "net"), 0u);
  EXPECT_EQ(met_in_field(*set, ""), 0u);
  EXPECT_EQ(met_in_field(*set, "."), 0u);
  EXPECT_EQ(met_in_field(*set, ".."), 0u);
  EXPECT_EQ(met_in_field(*set, std::string(300, 'a') + ".whatsapp.net"), 0u) << "no host name";
}

TEST(Matcher, the_longest_suffix_wins) {
  const auto set = set_of(pattern("wide", "in = \"tls.sni\"\nsuffix = [\"a.example\"]") +
                          pattern("narrow", "in = \"tls.sni\"\nsuffix = [\"chat.a.example\"]") +
                          rule("any = [\"wide\", \"narrow\"]"));
  Scanner scanner(*set);
  Hits hits;
  scanner.scan_field("tls.sni", as_bytes("x.chat.a.example"), Direction::to_server, hits);
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(set->pattern(hits[0].pattern).id, "narrow");
  EXPECT_EQ(hits[0].start, 2u);
}

TEST(Matcher, a_field_is_searched_for_expressions_too) {
  const auto set =
      set_of(pattern("exact", "in = \"tls.sni\"\nregex = '^xmpp$'\nignore_case = true") +
             rule("all = [\"exact\"]"));
  EXPECT_EQ(met_in_field(*set, "XMPP"), 1u);
  EXPECT_EQ(met_in_field(*set, "xmpp.example"), 0u);
}

TEST(SignatureSet, finds_signatures_by_name_and_by_parser) {
  const auto set = set_of(pattern("a", "in = \"stream\"\ntext = \"aaaa\"") +
                          rule("all = [\"a\"]\nverify = \"probe_tcp\""));
  ASSERT_NE(set->find("probe"), nullptr);
  EXPECT_EQ(set->find("prob"), nullptr);
  EXPECT_EQ(set->for_parser("probe_tcp"), set->find("probe"));
  EXPECT_EQ(set->for_parser("nobody"), nullptr);
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

TEST(RuleState, a_parser_is_not_started_where_its_protocol_cannot_stand) {
  const auto set = set_of(pattern("name", "in = \"tls.sni\"\nsuffix = [\"a.example\"]") +
                              rule("all = [\"name\"]\nverify = \"probe\""),
                          "websocket");
  EXPECT_EQ(fired_by(*set, {0}, Carrier::tcp), std::vector<RuleId>{});
}

TEST(RuleState, a_rule_over_fields_holds_wherever_the_field_is_met) {
  const auto set = set_of(
      pattern("name", "in = \"tls.sni\"\nsuffix = [\"a.example\"]") + rule("all = [\"name\"]"),
      "websocket");
  EXPECT_EQ(fired_by(*set, {0}, Carrier::tcp), std::vector<RuleId>{0});
}

}  // namespace
}  // namespace parlance
